# Jobs at half price: hand in, come back, and the same command prints the results; what an expired or
# cancelled job answered is kept; a run that is killed at any step goes on.
server_start
i=0; while [ $i -lt 8 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
head -n 2 leads.jsonl >twins && cat twins >>leads.jsonl
for model in openai anthropic gemini openrouter; do
    echo "== $model"
    rm -rf data
    winnow classify lead-intent leads.jsonl --model $model -q -f jsonl --batch 2>&1 | tail -n 1 | sed 's/·.*//'
    winnow batch | sed 's/ [a-z_A-Z]* *8 requests/ STATE 8 requests/'
    winnow classify lead-intent leads.jsonl --model $model -q -f jsonl --batch 2>&1 | tail -n 1 | sed 's/·.*//'
    winnow batch fetch | grep -c "8 answered, 0 not"
    server_post /control '{"reset":true}' >/dev/null
    winnow classify lead-intent leads.jsonl --model $model -q -f jsonl --batch 2>err >out.jsonl
    echo "exit $?, $(grep -c '"cached":true' out.jsonl) results, $(server_get /stats | grep -o '"requests":[0-9]*')"
done
for how in expire cancel; do
    echo "== $how"
    rm -rf data
    sed "s/We are 3/$([ $how = expire ] && echo '[[expire]]') We are 3/" leads.jsonl >some.jsonl
    winnow classify lead-intent some.jsonl --model openai -q -f jsonl --batch >/dev/null 2>&1
    [ $how = cancel ] && winnow batch cancel b0001 | sed 's/  */ /g'
    [ $how = expire ] && { winnow batch fetch >/dev/null; winnow batch fetch | sed 's/  */ /g'; }
    server_post /control '{"reset":true}' >/dev/null
    winnow classify lead-intent some.jsonl --model openai --how generate -q -f jsonl 2>err >out.jsonl
    echo "exit $?, $(grep -c '"cached":true' out.jsonl) from the batch and their twins, $(grep -c . out.jsonl) results, $(server_get /stats | grep -o '"requests":[0-9]*') for the rest"
done
echo "== the limit of a run: what fits is handed in, and no more"
rm -rf data
winnow classify lead-intent leads.jsonl --model openai -q -f jsonl --batch --max-cost 0.003 2>&1 | sed 's/^About [0-9]* items/About N items/; s/ · .*//; s/\$0\.[0-9]*/$N/g'
winnow batch | sed 's/  */ /g; s/\$[0-9.]* at/$N at/' | awk '$5 > 2 && $5 < 8 { $5 = "some" } 1'
echo "== the limit of a day: a batch holds what it may cost until it is settled, from run to run"
rm -rf data
winnow classify lead-intent leads.jsonl --model openai -q -f jsonl --batch >/dev/null 2>&1
sed 's/show us/sell us/' leads.jsonl >others.jsonl
export WINNOW_MAX_COST_DAY=0.005
winnow classify lead-intent others.jsonl --model openai --how generate -q -f jsonl 2>&1 >/dev/null | sed -n 's/\$[0-9.e-]*/$N/g; 1,2p'
winnow batch fetch >/dev/null; winnow batch fetch | sed 's/  */ /g'
winnow classify lead-intent others.jsonl --model openai --how generate -q -f jsonl --limit 2 >/dev/null 2>&1
echo "settled: exit $?"
unset WINNOW_MAX_COST_DAY
echo "== a dry run tells the price of a batch"
rm -rf data
for how in "--how generate" --batch; do
    winnow classify lead-intent leads.jsonl --model openai -q --dry-run $how 2>&1 | sed 's/.*about \$\([0-9.]*\);.*/\1/'
done | awk 'NR == 1 { d = $1 } NR == 2 { print ($1 > d * 0.45 && $1 < d * 0.55 ? "half of a direct run" : d " and " $1) }'
server_get /stats | grep -o '"batches[^,]*' # nothing was asked
echo "== nothing is lost when it cannot be handed in"
rm -rf data
OPENAI_BASE_URL=http://127.0.0.1:1/v1 WINNOW_TRIES=1 winnow classify lead-intent leads.jsonl --model openai -q --batch 2>&1 >/dev/null | grep -v "cause\|^in"
winnow batch | sed 's/  */ /g'
winnow batch fetch >/dev/null; winnow batch fetch >/dev/null; winnow batch fetch | sed 's/  */ /g'
winnow batch fetch b0009
echo "exit $?"
echo "== what does not go"
winnow classify lead-intent leads.jsonl --model openai -q --batch --no-cache
echo "exit $?"
server_stop

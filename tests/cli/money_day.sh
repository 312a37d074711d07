# One limit for the day and all processes: two at once never spend more than it together, the error says
# when the day ends, and what costs nothing goes on.
server_start --latency-ms 5
export WINNOW_MAX_COST_DAY=0.01
i=0; while [ $i -lt 60 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
winnow classify lead-intent leads.jsonl -q -f jsonl >/dev/null 2>&1 # makes the store, for nothing
sed 's/show us/sell us/' leads.jsonl >others.jsonl
winnow classify lead-intent leads.jsonl --model openai -q -f jsonl 2>err1 >first.jsonl & one=$!
winnow classify lead-intent others.jsonl --model anthropic -q -f jsonl 2>err2 >second.jsonl & two=$!
wait $one; echo "exit $?"
wait $two; echo "exit $?"
spent() { cat first.jsonl second.jsonl | sed 's/.*"cost_usd":\([0-9.e-]*\).*/\1/' | awk '{ s += $1 } END { print s }'; }
spent | awk '{ print ($1 <= 0.01 && $1 > 0.003 ? "used, and no more than that" : "spent " $1) }'
winnow classify lead-intent leads.jsonl --model openai -q -f jsonl 2>&1 >/dev/null | sed 's/\$[0-9.]* spent and \$[0-9.e-]* held by other runs and batches, \$[0-9.]* left, and the next request may cost \$[0-9.]*/$S spent and $H held, $L left, the next may cost $N/; s/^About [0-9]* items/About N items/; s/^in .*/LAST LINE/'
winnow classify lead-intent others.jsonl --model openai,linear -q -f jsonl 2>err >both.jsonl
echo "exit $?"
grep -c takes.over err
grep -c '"model":"linear"' both.jsonl | awk '{ print ($1 > 0 ? "linear took over" : "nobody took over") }'
winnow classify lead-intent leads.jsonl --model vllm/qwen3 -q -f jsonl 2>/dev/null >local.jsonl
echo "local: exit $?, $(grep -c . local.jsonl) results"
WINNOW_NOW=1795435200 winnow classify lead-intent leads.jsonl --model openai -q -f jsonl --limit 2 >/dev/null 2>&1
echo "the next day: exit $?"
server_stop

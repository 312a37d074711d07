# A provider that is down is left alone, asked again by one probe, and stood in for where another is named; an
# item has a time of its own; what costs nothing stops for no budget.
server_start
i=0; while [ $i -lt 60 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
winnow classify lead-intent leads.jsonl --model linear -q >/dev/null 2>&1 # learns the task once
asked() { server_get /stats | grep -o "\"$1[^,}]*" | sed 's/.*: *//' | awk '{ n += $1 } END { print n + 0 }'; }
say() { sed 's/^in \(.*\) · cache.*/in \1/; /^model:/d; /^trust:/d; /^waits for/d; /^learning/d' err; }

echo "== the next one takes over while the first is down"
server_post /control '{"reset":true,"faults":[{"fault":"503","provider":"openai"}]}' >/dev/null
winnow classify lead-intent leads.jsonl --model openai,anthropic -f jsonl >out.jsonl 2>err
echo "exit $?, $(grep -c '"model":"anthropic/' out.jsonl) by anthropic"
[ "$(asked openai/)" -le 24 ] && echo "the first was asked no more than what was in flight" || echo "asked $(asked openai/) times"
say

echo "== it recovers: a probe finds out, and the run goes on with it"
rm -rf data/winnow/winnow.db*
server_post /control '{"reset":true,"faults":[{"fault":"503","provider":"openai","times":8}]}' >/dev/null
WINNOW_CIRCUIT=0.2 winnow classify lead-intent leads.jsonl --model openai --how decide -f jsonl >out.jsonl 2>err
echo "exit $?, $(grep -c '"model":"openai/' out.jsonl) by openai"
say

echo "== an item that gets no answer in its time fails, and the others do not"
rm -rf data/winnow/winnow.db*
echo '{"message":"Could you show us the planner? [[fault:429/seconds]]"}' >late.jsonl
head -n 5 leads.jsonl >>late.jsonl
server_post /control '{"reset":true,"faults":[]}' >/dev/null
WINNOW_DEADLINE=2 WINNOW_TRIES=20 winnow classify lead-intent late.jsonl --model openai --how decide -f jsonl >out.jsonl 2>err
echo "exit $?"
sed -n 's/.*"route":"\(failed\)".*"error":"\([^"]*\)".*/\1: \2/p' out.jsonl
say

echo "== the few at the end that it does not serve have failed; and when nothing else is asked, it may be down"
rm -rf data/winnow/winnow.db*
head -n 20 leads.jsonl >few.jsonl
head -n 8 leads.jsonl | sed 's/planner/& [[fault:503@openai]]/' >>few.jsonl
server_post /control '{"reset":true,"faults":[]}' >/dev/null
for n in 1 2; do
    WINNOW_CIRCUIT=0.1 WINNOW_TRIES=3 winnow classify lead-intent few.jsonl --model openai --how decide -q -f jsonl >out.jsonl 2>err
    echo "exit $?"
    say | grep -v 'five times'
done

echo "== nine in a row that it does not serve are no outage: those behind them tell"
rm -rf data/winnow/winnow.db*
{ head -n 20 few.jsonl; head -n 9 leads.jsonl | sed 's/planner/& [[fault:503@openai]]/'; tail -n 20 leads.jsonl; } >row.jsonl
WINNOW_CIRCUIT=0.05 WINNOW_TRIES=3 winnow classify lead-intent row.jsonl --model openai --how decide -q -f jsonl -j 4 >out.jsonl 2>err
echo "exit $?"
say | grep -v 'five times'

echo "== the equal ones that waited for an answer to its request ask themselves"
rm -rf data/winnow/winnow.db*
head -n 5 leads.jsonl | sed p >pairs.jsonl
server_post /control '{"reset":true,"latency_ms":200,"faults":[{"fault":"503","provider":"openai","first":1}]}' >/dev/null
WINNOW_CIRCUIT=1.5 WINNOW_DEADLINE=1 winnow classify lead-intent pairs.jsonl --model openai --how decide -f jsonl -j 16 >out.jsonl 2>err
say | sed -n 's/^\(in [0-9]*\) = .*/\1/p' # a lucky retry may close the circuit before

echo "== what was on its way to a model that turns out to be out fails with its reason"
sed 's/planner/& [[fault:refusal@openai]]/' leads.jsonl >refused.jsonl
tail -n 1 leads.jsonl >>refused.jsonl
server_post /control '{"reset":true,"latency_ms":20,"faults":[]}' >/dev/null
for n in 1 2 3 4 5; do # which ones were on their way is chance
    rm -rf data/winnow/winnow.db*
    ANTHROPIC_API_KEY=test-revoked winnow classify lead-intent refused.jsonl --model openai,anthropic --how generate -f jsonl -j 8 >out.jsonl 2>err
    echo "exit $?"
    grep '"route":"failed"' out.jsonl | sed 's/.*"error":"\([^"]*\)".*/\1/' | sort -u
    say | sed 's/^\(in [0-9]*\) = .*/\1/'
done | sort | uniq -c | sed 's/^ *//'
server_post /control '{"latency_ms":0}' >/dev/null

echo "== a limit is for what costs something"
rm -rf data/winnow/winnow.db*
for model in linear vllm/qwen3; do
    winnow classify lead-intent leads.jsonl --model $model --max-cost 0.000001 -q -f jsonl 2>/dev/null >out.jsonl
    echo "$model: exit $?, $(grep -c . out.jsonl) results"
done
server_stop

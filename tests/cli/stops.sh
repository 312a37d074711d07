# A bad key, no credit, a spent quota: the run stops once, with what to do, and nothing is lost; where
# another model is named, it takes over.
server_start
i=0; while [ $i -lt 30 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
for key in wrong test-revoked test-nocredit test-quota test-perday; do
    for model in openai anthropic gemini openrouter; do
        echo "== $key $model"
        OPENAI_API_KEY=$key ANTHROPIC_API_KEY=$key GOOGLE_API_KEY=$key OPENROUTER_API_KEY=$key \
            winnow classify lead-intent leads.jsonl --model $model -q >/dev/null
        echo "exit $?"
    done
done
echo "== the next one takes over"
OPENAI_API_KEY=test-quota winnow classify lead-intent leads.jsonl --model openai,anthropic -q -f jsonl 2>err >out.jsonl
echo "exit $?"
grep -c '"model":"anthropic/' out.jsonl
grep -c . err
server_stop

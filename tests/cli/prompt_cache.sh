# A provider's own prompt cache: one request goes first and writes the prefix, the others read it; hits and
# savings are told, and the cost is reckoned at the price of what was cached.
server_start --latency-ms 20
server_post /control '{"prompt_cache":true,"keep":100}' >/dev/null
i=0; while [ $i -lt 8 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
# Gemini keeps prefixes from 4096 tokens on.
cp -R tasks/lead-intent tasks/long && sed -i 's/"name": "lead-intent"/"name": "long"/' tasks/long/task.json
perl -e 'print "A lead is somebody who may buy. " x 400' >>tasks/long/system.md
for model in openai/gpt-6-luna anthropic/claude-haiku-5-5 gemini/gemini-3.1-flash-lite openrouter/openai/gpt-6-luna \
    openrouter/anthropic/claude-haiku-5.5; do
    echo "== $model"
    server_post /control '{"reset":true}' >/dev/null
    winnow classify long leads.jsonl --model $model --how generate -f jsonl -o out.jsonl 2>err
    grep 'prompt cache' err
    # One item paid for the whole text, and the others for what is their own.
    sed -n 's/.*"cost_usd":\([0-9.]*\).*/\1/p' out.jsonl | sort | uniq -c
done
echo "== a second run, from winnow's own cache: nothing is asked"
winnow classify long leads.jsonl --model anthropic/claude-haiku-5-5 --how generate -f jsonl 2>&1 >/dev/null | grep 'prompt cache\|^in'
echo "== a prefix that is too short is not kept, and nothing is told"
printf '{{questions}}\n' >tasks/support-ticket/system.md
server_post /control '{"reset":true}' >/dev/null
winnow classify support-ticket leads.jsonl --map text=message --model openai/gpt-6-luna --how generate -f jsonl 2>&1 >/dev/null | grep -c 'prompt cache'
server_stop

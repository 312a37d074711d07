# What a provider taught us is kept, shown by `winnow models`, and used by the next run.
server_start
i=0; while [ $i -lt 10 ]; do echo "{\"message\":\"We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
winnow models | grep -c "Learned"
winnow models | grep '^Also'
winnow classify lead-intent leads.jsonl --model openai -q >/dev/null 2>&1
# llama.cpp serves no decisions with this model: the first item finds out, the next run knows
winnow classify lead-intent leads.jsonl --model llamacpp/qwen3 --how decide -q >/dev/null 2>&1
winnow models | sed -n '/Learned/,$p' | sed 's/[0-9]* in flight/N in flight/'
server_post /control '{"reset":true}' >/dev/null
winnow classify lead-intent leads.jsonl --model llamacpp/qwen3 --how decide --refresh -q >/dev/null 2>&1
server_get /stats | grep -o '"llamacpp[^,}]*'
echo "== the user's own limits count where they are lower than the provider's"
winnow models | grep -o 'openai/gpt-6-luna .*requests' | sed 's/  */ /g; s/[0-9]* in flight/N in flight/'
WINNOW_LIMITS="openai=90/0,anthropic/claude-haiku-5-5=1" winnow classify lead-intent leads.jsonl --model openai --limit 3 --refresh -q >/dev/null 2>&1
winnow models | grep -o 'openai/gpt-6-luna .*requests' | sed 's/  */ /g; s/[0-9]* in flight/N in flight/'
WINNOW_LIMITS="openai=many" winnow classify lead-intent leads.jsonl --model openai -q
echo "exit $?"
server_stop

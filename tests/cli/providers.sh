# Each provider's wire format against the strict test server: the same items, no request refused.
server_start
cat >leads.jsonl <<'END'
{"message": "Could you show us the planner next week? We are 40 lift technicians at Reuter Lifts."}
{"message": "I want my money back, this is a disgrace."}
END
for model in openai gemini anthropic openrouter openrouter/anthropic/claude-haiku-5.5 ollama/qwen3 llamacpp/qwen3 vllm/qwen3 \
    lmstudio/qwen3 local/qwen3; do
    for task in lead-intent email-triage support-ticket document-fields; do
        winnow classify $task leads.jsonl --map text=message --model $model -q -f jsonl >out.jsonl 2>err ||
            { echo "$model $task: exit $?"; cat err; grep -o '"error":.*' out.jsonl; }
        grep -c '"route":"failed"' out.jsonl | sed "s|^|$model $task failed |" | grep -v ' 0$'
    done
    sed 's/.*"source":\("[a-z]*"\|null\).*/\1/' out.jsonl | sort -u | sed "s|^|$model answers by |"
done
server_get /stats | sed 's/.*"paths"//' | grep -o '"[^"]* [45][0-9][0-9]":[0-9]*'
echo "$(server_get /stats | grep -o '"repeated_bodies":[0-9]*')"
server_stop

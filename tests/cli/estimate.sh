# What --dry-run says before a run, and what the run then costs: within 10 % for every task and provider,
# with samples, with equal items and packed, before anything was learned of the provider.
server_start
i=0; while [ $i -lt 12 ]; do
    echo "{\"message\":\"Could you show us the planner? We are $i people at Reuter Lifts and need a quote by Friday, budget about $i thousand euros.\"}"
    i=$((i + 1))
done >items.jsonl
head -n 4 items.jsonl >>items.jsonl.twins && cat items.jsonl.twins >>items.jsonl
for model in openai gemini anthropic openrouter openrouter/anthropic/claude-haiku-5.5; do
    for task in lead-intent email-triage support-ticket document-fields; do
        for more in '--samples 0' '--samples 2' '--pack 8'; do
            rm -rf data
            set -- $task items.jsonl --map text=message --model $model $more
            said=$(winnow classify "$@" -q --dry-run 2>&1 | sed -n 's/.*about \$\([0-9.]*\);.*/\1/p')
            cost=$(winnow classify "$@" --json 2>&1 >/dev/null | sed -n '$s/.*"cost_usd":\([0-9.]*\).*/\1/p')
            awk -v said="$said" -v cost="$cost" -v of="$model $task $more" 'BEGIN {
                if (cost <= 0 || said < cost * .9 || said > cost * 1.1) print of ": said $" said ", cost $" cost }'
        done
    done
done
echo "every estimate was within 10 %"
server_stop

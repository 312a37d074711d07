# Every kind of failure at every provider: none becomes a label by itself, every item is accounted for.
# Each kind is its own run, so that a provider that is down does not hide the next.
server_start
export WINNOW_TRIES=2
for model in openai anthropic gemini openrouter vllm/qwen3; do
    echo "== $model"
    for kind in 400 408 409 413 422 429 500 502 503 504 529 html200 notjson toolarge reset resetbody cut garbage \
        garbageheader empty length lengthempty refusal contentfilter blocked spii fenced halfjson badlabel \
        casing missing refuseq badprobs nan othermodel errorin200 errorinchoice inject timeout; do
        echo "{\"message\":\"Could you show us the planner? [[fault:$kind]]\"}" >one.jsonl
        unset WINNOW_TIMEOUT
        [ $kind != timeout ] || export WINNOW_TIMEOUT=1
        winnow classify lead-intent one.jsonl --model $model -q -f jsonl >out.jsonl 2>err
        status=$?
        sed 's/.*"route":"\([^"]*\)","label":\("[^"]*"\|null\).*"reasons":\(\[[^]]*\]\).*"error":\(null\|"[^:"]*\).*/\1 \2 \3 \4/' \
            out.jsonl | sed "s/^/$kind: $status /; s/\"low_confidence\"/LOW/; s/\"no_guarantee\"/LOW/"
        [ -s out.jsonl ] || echo "$kind: $status $(head -n 1 err)"
    done
done
server_stop

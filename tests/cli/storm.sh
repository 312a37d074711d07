# Whatever a provider does, at every provider: each item ends in auto, review or failed, nothing is sent more
# often than WINNOW_TRIES allows, and the run ends. All faults hit every third request of a run.
server_start --threads 2
export WINNOW_TRIES=3 WINNOW_TIMEOUT=1 WINNOW_DEADLINE=4 WINNOW_CIRCUIT=0.2 WINNOW_IN_FLIGHT=32
i=0; while [ $i -lt 24 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
winnow classify lead-intent leads.jsonl -q >/dev/null 2>&1 # learns the task once
cp -R data learned
stat_of() { server_get /stats | sed "s/.*\"$1\":\([0-9]*\).*/\1/"; }

# storm NAME RULE: one run for each provider, all at once
storm() {
    name=$1
    server_post /control "{\"reset\":true,\"faults\":[$2]}" >/dev/null
    for model in openai anthropic gemini openrouter vllm/qwen3; do
        (
            dir=run-${model%/*}
            rm -rf $dir && cp -R learned $dir
            XDG_DATA_HOME="$PWD/$dir" winnow classify lead-intent leads.jsonl --model $model -f jsonl >$dir/out 2>$dir/err
            status=$?
            line=$(grep '^in ' $dir/err)
            sum=$(echo "$line" | sed 's/^in \([0-9]*\) = auto \([0-9]*\) + review \([0-9]*\) + failed \([0-9]*\).*/\1 == \2+\3+\4 \&\& \1 == N/')
            n=$(grep -c . $dir/out)
            [ "$(($(echo "$sum" | sed "s/N/$n/")))" = 1 ] || echo "$name $model: '$line', $n results"
            case $status in 0|5|8) ;; *) echo "$name $model: exit $status"; head -n 3 $dir/err ;; esac
            [ $status -eq 5 ] || [ "$n" -eq 24 ] || echo "$name $model: $n of 24 items"
            grep -o 'said to wait.*' $dir/err >$dir/told
        ) &
    done
    wait $(jobs -p | grep -v "^$server_pid\$")
}
for hint in ms seconds date past none retryinfo; do
    storm "429 $hint" "{\"fault\":\"429\",\"hint\":\"$hint\",\"every\":3}"
done
storm "429 absurd" '{"fault":"429","hint":"absurd","every":3}'
grep -q . run-*/told && echo "an absurd hint is told"
for fault in 500 502 503 529 html200 notjson toolarge reset resetbody cut slow garbage garbageheader empty halfjson; do
    storm $fault "{\"fault\":\"$fault\",\"every\":3}"
done
storm "burst of 503" '{"fault":"503","times":60}'
storm "nothing but 500" '{"fault":"500"}'
storm "never answers" '{"fault":"timeout"}'
# no more than WINNOW_TRIES of each request, and each item has two requests at most
server_post /control '{"reset":true,"faults":[{"fault":"500","every":2}]}' >/dev/null
XDG_DATA_HOME="$PWD/learned" winnow classify lead-intent leads.jsonl --model openai --no-cache -q >/dev/null 2>&1
most=$((24 * 2 * 3))
[ "$(stat_of requests)" -le $most ] && echo "at most three tries" || echo "$(stat_of requests) requests"
server_stop
OPENAI_BASE_URL=https://no-such-host.invalid/v1 winnow classify lead-intent leads.jsonl --model openai -q >/dev/null 2>err
echo "dns: exit $?"; sed 's/^in .*/LAST/; s/cause:.*/cause/' err
server_start
OPENAI_BASE_URL=https://127.0.0.1:$port/v1 winnow classify lead-intent leads.jsonl --model openai -q >/dev/null 2>err
echo "tls: exit $?"; sed 's/^in .*/LAST/; s/cause:.*/cause/' err
server_stop

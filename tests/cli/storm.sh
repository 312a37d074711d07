# Everything at once: one run of 400 items for each provider, a fifth of which meet a fault of every kind that
# a network or a provider has, on top of a burst of 429. The run ends, every item is accounted for, no request
# is sent more often than WINNOW_TRIES, those that can be answered are answered as on a calm day, and the
# others fail by name. Faults are dealt by a fixed rule; the order in which they meet is not, nor are times.
unset WINNOW_NOW # hints are dates, too
export WINNOW_TRIES=4 WINNOW_TIMEOUT=2 WINNOW_DEADLINE=120 WINNOW_CIRCUIT=0.05 WINNOW_IN_FLIGHT=48
passing="500 502 503 504 529 408 409 reset resetbody cut shortlength garbage garbageheader halfjson 429/none 429/past \
429/ms 429/retryinfo empty"
lasting="400 413 422 500 502 529 reset cut shortlength garbage garbageheader toolarge notjson html200 429/none 429/absurd"
deal() { # the same items each time; those of a kind that makes all wait (seconds, timeouts) stand together
    awk -v passing="$passing" -v lasting="$lasting" 'BEGIN {
        np = split(passing, p, " "); nl = split(lasting, l, " "); seed = 20261125
        for (i = 0; i < 400; i++) {
            seed = (seed * 1103515245 + 12345) % 2147483648; fault = ""
            if (i % 6 == 1) {
                kind = p[int(seed / 65536) % np + 1]
                fault = "[[fault:" kind (i % 4 == 1 && kind !~ /empty|halfjson/ ? " x2]]" : " x1]]")
            }
            if (i % 25 == 3) fault = "[[fault:" l[(i - 3) / 25 % nl + 1] "]]"
            if (i >= 160 && i < 170) fault = i < 162 ? "[[fault:429/seconds x1]]" : i < 164 ? "[[fault:429/date x1]]" : \
                i < 167 ? "[[fault:timeout x1]]" : i < 169 ? "[[fault:slow x1]]" : "[[fault:late x1]]"
            printf "{\"id\":\"%d\",\"message\":\"Could you show us the planner? We are %d people. %s\"}\n", i, i, fault
        }
    }'
}
deal >leads.jsonl
winnow classify lead-intent leads.jsonl --model linear -q --limit 1 >/dev/null 2>&1 # learns the task once

# What a result says, without what differs from run to run.
said() { sed 's/.*"item":"\([^"]*\)".*"route":"\([^"]*\)","label":\("[^"]*"\|null\),"probability":\([^,]*\),.*/\1 \2 \3 \4/' "$1" | sort; }

at_most_tries() { # how often the request that was sent most often was sent
    n=$(server_get /stats | sed 's/.*"most_of_a_body":\([0-9]*\).*/\1/')
    [ "$n" -le $WINNOW_TRIES ] || echo "a request was sent $n times"
}

nothing_but() { # FAULT: the run ends by itself, with one message
    server_post /control '{"calm":true,"reset":true,"faults":[{"fault":"'$1'"}]}' >/dev/null
    XDG_DATA_HOME=$PWD/calm winnow classify lead-intent ../leads.jsonl --model $model --no-cache -q -f jsonl >out 2>err
    echo "nothing but $1: exit $?, $(sed -n 's/^winnow: //p' err | tail -n 1)"
    at_most_tries
}

one() { # MODEL: calm, then the storm, in a folder and with a server of its own
    model=$1
    mkdir run-${model%%/*} && cd run-${model%%/*} || return
    cp -R ../data calm && cp -R ../data storm
    server_start
    server_post /control '{"calm":true}' >/dev/null
    XDG_DATA_HOME=$PWD/calm winnow classify lead-intent ../leads.jsonl --model $model -q -f jsonl >calm.jsonl 2>calm.err
    echo "calm: exit $?, $(sed -n 's/ · cache.*//; /^in /p' calm.err)"
    server_post /control '{"calm":false,"reset":true,"faults":[{"fault":"429","hint":"ms","first":1,"times":12}]}' >/dev/null
    XDG_DATA_HOME=$PWD/storm winnow classify lead-intent ../leads.jsonl --model $model -f jsonl >storm.jsonl 2>storm.err
    echo "storm: exit $?, $(sed -n 's/^in \([0-9]*\) = auto \([0-9]*\) + review \([0-9]*\) + failed \([0-9]*\).*/in \1 of which \4 failed, \2 \3 \4/p' storm.err |
        awk '{ print $1, $2, $3, $4, $5, $6, ($2 == $7 + $8 + $9 ? "and the sum holds" : $0) }')"
    echo "$(wc -l <storm.jsonl) results of $(sed 's/.*"item":"\([^"]*\)".*/\1/' storm.jsonl | sort -u | wc -l) items"
    sed -n 's/.*"item":"leads.jsonl:\([0-9]*\)".*"route":"failed".*"error":"\([^:"]*\).*/\1 \2/p; s/.*"item":"\([0-9]*\)".*"route":"failed".*"error":"\([^:"]*\).*/\1 \2/p' storm.jsonl | sort -n
    said calm.jsonl >calm.said
    said storm.jsonl | grep -v ' failed ' >storm.said
    echo "$(comm -13 calm.said storm.said | wc -l) answered in another way than on a calm day"
    at_most_tries
    grep 'said to wait' storm.err
    nothing_but 503
    nothing_but timeout
    server_stop
}
for model in openai anthropic gemini openrouter vllm/qwen3; do
    (one $model) >out-${model%%/*} 2>&1 &
    pids="$pids $!"
done
wait $pids # by name: `wait` alone would wait for a server, too
for model in openai anthropic gemini openrouter vllm; do
    echo "== $model"
    cat out-$model
done

echo "== no such name (a label over 63 letters is asked of no name server)"
long=no-such-host-no-such-host-no-such-host-no-such-host-no-such-host-no-such-host
export OPENAI_API_KEY=test-1
OPENAI_BASE_URL=https://$long.example/v1 winnow classify lead-intent leads.jsonl --model openai -q 2>&1 >/dev/null |
    sed "s/ · .*//; s/$long/LONG/; s/cause:.*/cause: .../"
echo "== a certificate that nobody we know vouches for, and one that is trusted"
server_start --tls "$top/fixtures/tls/localhost"
export OPENAI_BASE_URL=https://localhost:$port/openai/v1
winnow classify lead-intent leads.jsonl --model openai -q --limit 3 2>&1 >/dev/null | sed 's/ · .*//; s/cause:.*/cause: .../'
WINNOW_CA_FILE=$top/fixtures/tls/localhost-cert.pem winnow classify lead-intent leads.jsonl --model openai --how decide -q --limit 3 2>&1 >/dev/null |
    sed 's/ · .*//'
server_stop

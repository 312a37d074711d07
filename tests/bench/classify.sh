#!/bin/sh
# classify.sh: `winnow classify` from file to sealed store beside bare libcurl, against the same test
# server in its --fixed mode. Prints ratios; the best of $ROUNDS is taken on both sides. $LARGE is the
# number of items of the memory test (1000000 takes some minutes).
set -eu
bin=$1 top=$(cd "$(dirname "$0")/../.." && pwd)
rounds=${ROUNDS:-3} large=${LARGE:-100000}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
unset WINNOW_HOME WINNOW_PROMPTS WINNOW_MODEL WINNOW_MAX_COST WINNOW_MAX_COST_DAY 2>/dev/null || true
export XDG_CONFIG_HOME="$dir/config" XDG_DATA_HOME="$dir/data" OPENAI_API_KEY=test-0123456789ab
winnow=$bin/winnow task=$top/tests/bench/task/sort

# items N: N messages, each different
items() {
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
        print "{\"message\":\"Could somebody come and look at the gate of stable " i " on Monday? It does not close any more, and we would like to know what a new one costs.\"}" }'
}
server() { # LATENCY_MS
    rm -f in port
    mkfifo in
    "$bin/test-server" --fixed --latency-ms "$1" <in >port 2>/dev/null &
    exec 3>in
    while [ ! -s port ]; do :; done
    address=$(sed 's/listening //' port)
    export OPENAI_BASE_URL="http://$address/openai/v1"
}
stop() { exec 3>&-; wait; }
best() { sort -n | head -n 1; }

# The body that winnow sends, so that both sides send the same bytes.
items 1 >one.jsonl
server 0
perl -MHTTP::Tiny -e 'HTTP::Tiny->new->post("http://$ARGV[0]/control", { content => q({"keep":1}) })' "$address"
"$winnow" classify "$task" one.jsonl --map text=message --model openai -q -f jsonl >/dev/null 2>&1
perl -MHTTP::Tiny -MJSON::PP -e 'my $r = decode_json(HTTP::Tiny->new->get("http://$ARGV[0]/requests")->{content});
    $r = $r->{requests} if ref $r eq "HASH"; print $r->[-1]{body}' "$address" >body
stop
[ -s body ] || { echo "no body was caught" >&2; exit 1; }

# run LATENCY IN_FLIGHT N: sets rate_b cpu_b rate_w cpu_w mem_w
run() {
    items "$3" >items.jsonl
    server "$1"
    : >bare; : >ours
    for round in $(seq "$rounds"); do
        "$bin/bare_curl" "$OPENAI_BASE_URL/decisions" "$3" "$2" body >>bare
        rm -rf data
        "$bin/measure" "$winnow" classify "$task" items.jsonl --map text=message --model openai \
            -q -f jsonl -j "$2" >>ours 2>/dev/null
    done
    stop
    awk -v n="$3" -v latency="$1" -v places="$2" '
        function low(now, new) { return now == "" || new < now ? new : now }
        FILENAME == "bare" { rate = ($1 > rate) ? $1 : rate; cpu = low(cpu, $2); next }
        { w = (n / $1 > w) ? n / $1 : w; wcpu = low(wcpu, $2 / n); mem = low(mem, $3) }
        END { ideal = latency > 0 ? places / (latency / 1000) : 0
            printf "%3d ms %5d in flight  items/s %6d : %6d = %.2f%s  CPU us %5.1f : %5.1f = %.2f  peak %.1f MiB\n",
                latency, places, w, rate, w / rate, (ideal ? sprintf(" (%.2f of the ideal)", w / ideal) : ""),
                wcpu, cpu, wcpu / cpu, mem / 1024 }' bare ours
}

echo "winnow classify (read, ask, parse, decide, seal, store, print) : bare libcurl"
run 50 64 20000
run 50 1000 40000
run 0 64 20000

echo "from the cache"
server 0
rm -rf data
items 20000 >items.jsonl
"$winnow" classify "$task" items.jsonl --map text=message --model openai -q -f jsonl >/dev/null 2>&1
for round in $(seq "$rounds"); do
    "$bin/measure" "$winnow" classify "$task" items.jsonl --map text=message --model openai -q -f jsonl 2>/dev/null
done | best | awk '{ printf "winnow classify again        %6d items/s (%.1f us of CPU each)\n", 20000 / $1, $2 / 20000 }'
stop
"$bin/store_bench" 20000

echo "memory"
server 0
for n in 10000 "$large"; do
    rm -rf data
    items "$n" | "$bin/measure" "$winnow" classify "$task" - --input jsonl --map text=message --model openai \
        -q -f jsonl -j 1000 2>/dev/null | awk -v n="$n" '{ printf "%8d items: peak %.1f MiB, %d items/s\n", n, $3 / 1024, n / $1 }'
done
stop

echo "start to first request"
for round in 1 2 3 4 5; do
    "$bin/measure" --first "$winnow" classify "$task" one.jsonl --map text=message --model openai -q --refresh 2>/dev/null
done | best | sed 's/$/ ms/'

#!/bin/sh
# transport.sh: the pool beside bare libcurl, in turns, against the same responder. Prints ratios; the
# best of $ROUNDS is taken on both sides, since what disturbs a run only ever makes it slower.
set -eu
bin=$1
rounds=${ROUNDS:-3}
dir=
trap 'rm -rf "$dir"' EXIT

# one LATENCY_MS IN_FLIGHT REQUESTS
one() {
    dir=$(mktemp -d)
    mkfifo "$dir/in"
    "$bin/responder" --latency-ms "$1" <"$dir/in" >"$dir/port" &
    exec 3>"$dir/in"
    while [ ! -s "$dir/port" ]; do :; done
    url="http://127.0.0.1:$(cat "$dir/port")/v1/chat/completions"
    for round in $(seq "$rounds"); do
        "$bin/bare_curl" "$url" "$3" "$2" >>"$dir/bare"
        "$bin/pool_bench" "$url" "$3" "$2" >>"$dir/pool"
    done
    exec 3>&-
    wait
    paste -d ' ' "$dir/bare" "$dir/pool" | awk -v latency="$1" -v places="$2" '
        function best(now, new, low) { return now == "" || (low ? new < now : new > now) ? new : now }
        { rate_b = best(rate_b, $1); cpu_b = best(cpu_b, $2, 1); mem_b = best(mem_b, $3, 1)
          rate_p = best(rate_p, $5); cpu_p = best(cpu_p, $6, 1); mem_p = best(mem_p, $7, 1)
          if ($4 != $8) wrong = 1 }
        END { printf "%4d ms %5d in flight   requests/s %6d : %6d = %.2f   CPU us %5.1f : %5.1f = %.2f   peak MiB %5.1f : %5.1f\n",
                  latency, places, rate_p, rate_b, rate_p / rate_b, cpu_p, cpu_b, cpu_p / cpu_b,
                  mem_p / 1024, mem_b / 1024
              exit wrong }' || { echo "the two did not receive the same bytes" >&2; exit 1; }
    rm -r "$dir"
}

echo "pool : bare libcurl"
one 0 64 50000
one 0 1000 50000
one 50 64 3000
one 50 1000 40000

#!/bin/sh
# golden.t: each tests/cli/NAME.sh is run in an empty folder; what it prints (both streams) must be
# NAME.out, and its exit status the number in NAME.exit (0 where there is no such file). Times are masked.
# Status 77 skips it: its last line says what this machine does not have.
# GOLDEN=write makes the files anew: read the difference before you commit it.
top=$(cd "$(dirname "$0")/../.." && pwd)
export top
[ -n "$WINNOW_BIN" ] || WINNOW_BIN=$top/build/winnow
[ -n "$TEST_SERVER" ] || TEST_SERVER=$top/build/test-server
[ -n "$KILL_AT" ] || KILL_AT=$top/build/kill-at
export WINNOW_BIN TEST_SERVER KILL_AT
set -- "$top"/tests/cli/*.sh
# Nothing may hang; where something does, the others are still run.
limit=
command -v timeout >/dev/null && limit='timeout --foreground -k 10 900'
n=0 failed=0
for t in "$@"; do
    name=$(basename "$t" .sh)
    case $name in lib|desk) continue ;; esac
    [ -z "$ONLY" ] || [ "$ONLY" = "$name" ] || continue
    n=$((n + 1))
    dir=$(mktemp -d)
    (cd "$dir" && $limit sh -c '. "$0"/tests/cli/lib.sh; . "$1"' "$top" "$t") >"$dir.raw" 2>&1 </dev/null
    status=$?
    sed -e "s|$dir|DIR|g" -e "s|$top/||g" -e 's/\(·\) [0-9.]*s$/\1 TIME/' -e 's/\(·\) [0-9]*m[0-9]*s$/\1 TIME/' \
        -e 's/127\.0\.0\.1:[0-9][0-9]*/127.0.0.1:PORT/g' "$dir.raw" >"$dir.out"
    if [ "$status" -eq 77 ]; then
        echo "ok $n - $name # skip $(tail -n 1 "$dir.out")"
        rm -rf "$dir" "$dir".raw "$dir".out
        continue
    fi
    want=0
    if [ "$GOLDEN" = write ]; then
        cp "$dir.out" "$top/tests/cli/$name.out"
        rm -f "$top/tests/cli/$name.exit"
        [ "$status" -eq 0 ] || echo "$status" >"$top/tests/cli/$name.exit"
    fi
    [ -f "$top/tests/cli/$name.exit" ] && want=$(cat "$top/tests/cli/$name.exit")
    if diff -u "$top/tests/cli/$name.out" "$dir.out" >"$dir.diff" 2>&1 && [ "$status" -eq "$want" ]; then
        echo "ok $n - $name"
    else
        echo "not ok $n - $name"
        sed "s/^/# $name: /" "$dir.diff" >&2
        echo "# $name: exit $status, expected $want" >&2
        failed=1
    fi
    rm -rf "$dir" "$dir".raw "$dir".out "$dir".diff
done
echo "1..$n"
exit "$failed"

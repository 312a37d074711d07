# Two winnows at work on one store, one of them held up for two seconds in the midst of its writing, again and
# again, while a third changes the key and makes backups: nothing is lost, and nobody is told of a lock.
server_start --latency-ms 2
for f in a b; do
    i=0; while [ $i -lt 400 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people at $f.\"}"; i=$((i + 1)); done >$f.jsonl
done
winnow classify lead-intent a.jsonl --limit 1 -q -f jsonl --model anthropic >/dev/null 2>&1
# What is traced cannot look for its leaks at its end.
ASAN_OPTIONS=detect_leaks=0 "$KILL_AT" 150/2 "$WINNOW_BIN" classify lead-intent a.jsonl --model anthropic -q -f jsonl >a.out 2>a.err &
a=$!
winnow classify lead-intent b.jsonl --model anthropic -q -f jsonl >b.out 2>b.err &
b=$!
i=0; while [ $i -lt 5 ]; do winnow key rotate >/dev/null || echo "not rotated"; winnow backup copies -q >/dev/null || echo "no backup"; i=$((i + 1)); done
wait $a; echo "exit $?"
wait $b; echo "exit $?"
cat a.out b.out | grep -c '"route":"review"'
grep -i lock a.err b.err
winnow export lead-intent -q -f jsonl | sed 's/.*"item":"\([^"]*\)".*/\1/' | sort -u | grep -c .
winnow verify | sed 's|^[0-9]* rows|N rows|'
server_stop

# Ctrl-C once: no new items, what is in flight is finished, and it says where it stands; twice: now. Nothing
# that was answered is lost, and the same command goes on. Both come while the server has the N-th request.
server_start
i=0; while [ $i -lt 2000 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
winnow classify lead-intent leads.jsonl --model linear -q >/dev/null 2>&1 # learns the task once
cp -R data learned
stat_of() { server_get /stats | sed "s/.*\"$1\":\([0-9]*\).*/\1/"; }
run() { # in the background, where a shell has SIGINT ignored: perl makes it count again
    perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV or die' -- \
        "$WINNOW_BIN" classify lead-intent leads.jsonl --model anthropic -f jsonl --in-flight 16 >first.jsonl 2>err & run=$!
}
go_on() { # every item once, and nothing that was answered is asked again
    answered=$(wc -l <first.jsonl)
    before=$(stat_of requests)
    winnow classify lead-intent leads.jsonl --model anthropic -q -f jsonl --in-flight 16 >second.jsonl 2>/dev/null
    echo "again: exit $?, $(wc -l <second.jsonl) results," \
        "$([ "$(grep -c '"cached":true' second.jsonl)" -ge "$answered" ] && echo "those that were printed from the cache")," \
        "$([ $(($(stat_of requests) - before)) -le $((2000 - answered + 16)) ] && echo "and only the others were asked for")"
}

echo "== once: the request that is answered late is waited for"
rm -rf data && cp -R learned data
server_post /control '{"reset":true,"faults":[{"fault":"late","every":200,"times":1,"tell":true}]}' >/dev/null
run
read -r _ hit _ <&9
kill -INT $run
wait $run
echo "exit $?"
n=$(wc -l <first.jsonl)
[ "$n" -ge 184 ] && [ "$n" -lt 2000 ] && echo "stopped in the middle"
[ "$(stat_of requests)" -eq "$n" ] && echo "each request that was sent is a result"
sed -n "s/^in $n = auto 0 + review $n + failed 0 .*/and the last line counts them/p; s/About [0-9]* items/About N items/; /^Interrupted/p" err
go_on

echo "== twice: a request that is never answered is not waited for"
rm -rf data && cp -R learned data
server_post /control '{"reset":true,"faults":[{"fault":"timeout","every":200,"times":1,"tell":true}]}' >/dev/null
run
read -r _ hit _ <&9
kill -INT $run
while [ "$(stat_of concurrent)" -gt 1 ]; do :; done # the others were answered; this one never is
kill -INT $run
wait $run
echo "exit $?"
n=$(wc -l <first.jsonl)
[ "$n" -ge 184 ] && [ "$n" -lt 2000 ] && echo "stopped in the middle"
sed -n 's/About [0-9]* items/About N items/; /^Interrupted/p' err
go_on
server_stop

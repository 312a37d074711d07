# kill -9 in the middle of 2,000 items, then the same command: 2,000 results, and the server saw at
# most one request for each item, those that were in flight, and those answered in the 50 ms before, which a
# group gathers.
server_start --latency-ms 50
i=0; while [ $i -lt 2000 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
mkfifo results
"$WINNOW_BIN" classify lead-intent leads.jsonl --model anthropic -q -f jsonl --in-flight 32 >results 2>err &
run=$!
head -n 700 <results >first.jsonl
kill -9 $run
wait $run 2>/dev/null
winnow classify lead-intent leads.jsonl --model anthropic -q -f jsonl --in-flight 32 >second.jsonl 2>err
echo "exit $?"
wc -l <second.jsonl
sed 's/.*"item":"\([^"]*\)".*/\1/' second.jsonl | sort -u | wc -l
asked=$(server_get /stats | sed 's/.*"requests":\([0-9]*\).*/\1/')
[ "$asked" -le 2096 ] && echo "at most 2,096 requests" || echo "$asked requests"
cached=$(grep -c '"cached":true' second.jsonl)
[ "$cached" -ge 700 ] && echo "what was printed before was kept" || echo "only $cached were kept"
server_stop

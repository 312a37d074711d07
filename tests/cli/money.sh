# The price before the run, the limit during it, and nothing paid twice after it.
server_start
i=0; while [ $i -lt 40 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
winnow classify lead-intent leads.jsonl --model openai -q --dry-run 2>&1 | sed 's/about [0-9]* tokens in and [0-9]* out, about \$[0-9.]*/about T tokens, about $P/'
ls data 2>/dev/null
server_get /stats | grep -o '"requests":[0-9]*'
winnow classify lead-intent leads.jsonl --model openai -q -f jsonl --max-cost 0.004 2>err >first.jsonl
echo "exit $?"
sed 's/\$[0-9.]* spent, \$[0-9.]* left, and the next request may cost \$[0-9.]*/$S spent, $L left, and the next may cost $N/; s/^About [0-9]* items/About N items/; s/^in .*/LAST LINE/' err
n=$(grep -c . first.jsonl); [ "$n" -gt 2 ] && [ "$n" -lt 40 ] && echo "stopped in the middle"
sed -n 's/^About \([0-9]*\) items are left.*/\1/p' err | awk -v n="$n" '{ left = 40 - n - $1; print (left >= -4 && left <= 4 ? "about so many are left" : $1 " left after " n) }'
winnow classify lead-intent leads.jsonl --model openai -q -f jsonl --max-cost 1 2>err >second.jsonl
echo "exit $?"
[ "$(grep -c '"cached":true' second.jsonl)" -ge "$n" ] && echo "what was paid for was not paid again"
before=$(server_get /stats | grep -o '"requests":[0-9]*')
winnow classify lead-intent leads.jsonl --model openai -q -f jsonl 2>&1 >third.jsonl | sed 's/TIME//; s/[0-9.]*s$//'
[ "$before" = "$(server_get /stats | grep -o '"requests":[0-9]*')" ] && echo "the third run asked nothing"
printf '%s\n%s\n%s\n' '{"message":"twins"}' '{"message":"twins"}' '{"message":"twins"}' >twins.jsonl
winnow classify lead-intent twins.jsonl --model anthropic -q -f jsonl 2>/dev/null | grep -c '"cached":true'
echo "== a request without an answer may have been paid for: the limit holds it"
printf '%s\n' '{"message":"Could you show us it? [[fault:timeout]]"}' '{"message":"Could you show us them? [[fault:timeout]]"}' >late.jsonl
server_post /control '{"reset":true}' >/dev/null
WINNOW_TIMEOUT=1 WINNOW_TRIES=3 winnow classify lead-intent late.jsonl --model anthropic -f jsonl --max-cost 0.004 2>err >/dev/null
echo "exit $?, $(server_get /stats | grep -o '"requests":[0-9]*')"
sed -n '/^model\|^trust\|^learning/!p' err | sed 's/\$0\.00[0-9]*/$N/g; s/ · .*//'
server_stop

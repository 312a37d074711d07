# Stored items that a proved model is asked about again each day: it may say the same for as long as it likes, and
# is not believed any more on the day when it does not.
. "$top/tests/cli/desk.sh"
server_start
asked_desk
export QUIET=1
asked() { echo "$(server_get /stats | sed 's/.*"requests": *\([0-9]*\).*/\1/') calls"; server_post /control '{"reset":true}' >/dev/null; }
mask() { sed -E 's/answers 1[0-9] of 30/answers half of 30/'; } # which ones depends on the order of the replies
run() { winnow classify desk "$1" -f jsonl 2>&1 >out | grep -E 'winnow:|^trust: desk: nothing' | mask; asked; }

texts 0 160 >first.jsonl; texts 200 202 >second.jsonl; texts 202 204 >third.jsonl; texts 204 206 >fourth.jsonl
winnow classify desk first.jsonl -q -f jsonl >out 2>err
perl "$top/tests/cli/reviewer.pl" desk 2>&1 | sed 's/[0-9]* reviewed of them/N reviewed of them/'
asked
echo "== off, as it is by default"
run first.jsonl
export WINNOW_CANARY=30
echo "== the first day asks twice, and once is enough"
run second.jsonl
run second.jsonl
echo "== the next day asks once; nothing changed"
day 1; run second.jsonl; run third.jsonl
echo "== one answer is another: that may be chance"
day 2; server_post /control '{"faults":[{"fault":"inject","times":1}]}' >/dev/null; run third.jsonl
echo "== no answer is no other answer"
day 3; server_post /control '{"faults":[{"fault":"refusal","times":5}]}' >/dev/null; run third.jsonl
echo "== the provider is down"
day 4; server_post /control '{"faults":[{"fault":"401"}]}' >/dev/null; run third.jsonl | grep -v calls; asked >/dev/null
echo "== it obeys what stands in a text now"
server_post /control '{"faults":[{"fault":"inject"}]}' >/dev/null; run fourth.jsonl
grep -c guarantee_suspended out
winnow trust desk | sed -n '1,3p' | mask
server_stop

# A model that is another one from one day on, under the same name: nothing is accepted alone any more, and
# the last campaign's items tell whether it is as good. What is drawn depends on the store's secret salt, so
# counts of drawn items are masked.
. "$top/tests/cli/desk.sh"
server_start
asked_desk
export QUIET=1
mask() { sed -E 's/[0-9]+ (reviewed items that|reviewed items again|reviewed above|items could)/N \1/; s/again \([0-9]+, [0-9]+ accepted/again (N, M accepted/; s/surest 100% \([0-9]+,/surest 100% (N,/; s/of [0-9]+ items/of N items/; s/at most [0-9.]+%/at most B%/; s/score of at least [0-9.]+/score of at least S/; s/[0-9]+ items are drawn/N items are drawn/; s/[0-9]+ more have/N more have/'; }
played() { server_post /control "{\"faults\":[$1],\"reset\":true}" >/dev/null; }
asked() { n=$(server_get /stats | sed 's/.*"requests": *\([0-9]*\).*/\1/'); if [ "$n" = 0 ]; then echo "no call"; elif [ "$n" -ge 60 ] && [ "$n" -le 140 ]; then echo "a call for each item of the campaign"; else echo "$n calls"; fi; server_post /control '{"reset":true}' >/dev/null; }

texts 0 160 >first.jsonl
winnow classify desk first.jsonl -q -f jsonl >out 2>err; echo "exit $?"
echo "== nothing is proved yet"
winnow trust desk --recertify --model openai/gpt-6-luna; echo "exit $?"
perl "$top/tests/cli/reviewer.pl" desk 2>&1 | mask
winnow trust desk | mask | sed -n 1,5p
echo "== nothing changed"
played ''; winnow trust desk --recertify 2>&1 | mask; asked
echo "== the same name, another model"
played '{"fault":"othermodel"}'
texts 200 210 >second.jsonl
winnow classify desk second.jsonl -f jsonl 2>&1 >out | grep -E 'trust|winnow:'
grep -c '"reasons":\["no_guarantee"' out
winnow trust desk | mask | sed -n '1,3p;/next/p'
echo "== the money ends in between"
asked >/dev/null; winnow trust desk --recertify --max-cost 0.0012 >short.out 2>&1; echo "exit $?"; sed -E '/cause/d' short.out
echo "== it goes on, and no call is made twice"
winnow trust desk --recertify 2>&1 | mask
asked
winnow trust desk | mask | sed -n '1,6p'
winnow trust desk | tail -n 1 | mask
texts 210 260 >third.jsonl
winnow classify desk third.jsonl -f jsonl 2>&1 >out | grep -E 'trust' | mask
[ "$(grep -c '"route":"auto"' out)" -ge 25 ] && echo "most is accepted alone"
echo "== a candidate that nobody asked so far, and that is often wrong"
played '{"fault":"inject"}'
winnow trust desk --recertify --model openai/gpt-6-luna 2>&1 | mask
asked
winnow trust desk --recertify --model openai/gpt-6-luna 2>&1 | mask
echo "== by itself, where a run may spend it"
sed -i 's/Sort this/Sort this well/' prompts/desk/system.md; played ''
texts 260 262 >fourth.jsonl
WINNOW_RECERTIFY=0.5 winnow classify desk fourth.jsonl -f jsonl 2>&1 >out | grep -E 'trust|winnow:' | mask
WINNOW_RECERTIFY=0.5 winnow classify desk fourth.jsonl -f jsonl 2>&1 >out | grep -E 'trust|winnow:' | mask
echo "== a campaign serves for four tests, and no more"
asked >/dev/null; winnow trust desk --recertify --model openai/gpt-6-luna 2>&1 | mask; asked
winnow trust desk --recertify --model gemini/gemini-3.1-flash-lite 2>&1; echo "exit $?"; asked
echo "== and what cannot be"
winnow trust desk --recertify --model 'linear>openai' 2>&1; echo "exit $?"
winnow trust desk --model gemini 2>&1; echo "exit $?"
winnow trust desk --suspend
winnow trust desk --recertify 2>&1; echo "exit $?"
server_stop

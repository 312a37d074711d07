# From a person's reviews to a threshold with a bound, and back when the world changes. What is drawn
# depends on the store's secret salt, so counts of drawn items are masked; the looks are not.
. "$top/tests/cli/desk.sh"
desk "$orders_and_faults"
texts 1000 1200 example >prompts/desk/examples.jsonl
mask() { sed -E 's/so far [0-9.]+% automatic; at most [0-9.]+% of these are wrong .[0-9]+ checked at random, [0-9]+ wrong./so far A% automatic; at most B% of these are wrong (N checked at random)/; s/[0-9]+ (items are drawn|accepted items were drawn|of what was accepted)/N \1/; s/score of at least [0-9.]+/score of at least S/; s/moved by [0-9.]+ \(alarm at [0-9.]+\)/moved by X (alarm at Y)/; s/agree in ([0-9]+) of \1 that two looked at.*/agree in all that two looked at/; s/[0-9]+ wait; [0-9.]+% are drawn/N wait; P% are drawn/; /agree with themselves/d'; }

echo "== before anything"
winnow trust desk
winnow trust desk --suspend; echo "exit $?"
winnow review --sample; echo "exit $?"

echo "== first items"
texts 0 400 item >first.jsonl
winnow classify desk first.jsonl -f jsonl 2>&1 >out.jsonl | sed -E '/^waits/d; s/^in 400 = auto [0-9]+ \+ review [0-9]+/in 400 = A + R/'
winnow trust desk | mask
echo "== a first campaign"
perl "$top/tests/cli/reviewer.pl" desk | sed -E 's/^shown (9|1[0-9])[0-9].*/shown a campaign and the checks/'
winnow trust desk | mask
echo "== a second person looks at a tenth of it, and goes on with the sample"
WINNOW_REVIEWER=ben QUIET=1 perl "$top/tests/cli/reviewer.pl" desk
winnow trust desk | mask | grep -E 'proof|sample|people'
echo "== the local engine learns more: a new key, and the same campaign proves it"
texts 2000 2040 example >more.jsonl
winnow train desk more.jsonl --force -q >train.out 2>&1; echo "exit $?"
winnow classify desk first.jsonl --limit 1 -f jsonl 2>&1 >out.jsonl | grep -E 'trust|winnow'
winnow trust desk | grep next
winnow trust desk --recertify; echo "exit $?"
winnow trust desk --recertify; echo "exit $?"
winnow trust desk | mask
echo "== the next run knows it"
texts 400 800 item >second.jsonl
winnow classify desk second.jsonl -f jsonl 2>&1 >out.jsonl | sed -E '/^waits/d; s/^in 400 = auto [0-9]+ \+ review [0-9]+/in 400 = A + R/'
[ "$(grep -c '"route":"auto"' out.jsonl)" -gt 350 ] && echo "most is accepted alone"
winnow trust desk | mask | grep -E 'checks|next|state'
echo "== the world changes"
FLIP=1 perl "$top/tests/cli/reviewer.pl" desk >flipped.out 2>&1
grep 'winnow:' flipped.out
winnow trust desk | mask
winnow classify desk second.jsonl -f jsonl -q 2>&1 >out.jsonl | sed 's/^winnow: //'
grep -c '"reasons":\["guarantee_suspended"' out.jsonl

# The report of a closed month: made by itself, kept for ever, printed on demand. What is drawn depends on the
# store's secret salt, so counts of drawn items and what follows from them are masked.
. "$top/tests/cli/desk.sh"
desk "$orders_and_faults"
texts 1000 1200 example >prompts/desk/examples.jsonl
mask() { sed -E 's/at most [0-9.]+% of auto/at most B% of auto/; s/[0-9.]+% were automatic/A% were automatic/; s/[0-9]+ reviewed at random/N reviewed at random/; s/score of [0-9.]+/score of S/; s/^decisions  400: .*/decisions  400: .../; s/from [0-9]+ reviews[^)]*/from N reviews .../; s/^ +[0-9]+  no_guarantee/       N  no_guarantee/; s/^(order|fault)( +200) .*/\1\2 .../; s/so far [0-9.]+% automatic; .*/so far .../'; }

echo "== nothing was sorted yet"
winnow trust desk --report last; echo "exit $?"
texts 0 400 item >first.jsonl
winnow classify desk first.jsonl -f jsonl -q >out.jsonl
QUIET=1 perl "$top/tests/cli/reviewer.pl" desk >review.out
winnow trust desk --report last; echo "exit $?"
winnow trust desk --report last --suspend; echo "exit $?"
echo "== the month is over"
export WINNOW_NOW=1796212800
texts 400 402 item >second.jsonl
winnow classify desk second.jsonl -f jsonl 2>&1 >out.jsonl | grep -E 'reviewed at random|trust' | mask
winnow trust desk --report 2026-11 | mask
winnow trust desk | grep -E '^  (report|2026)' | mask
echo "== it is not made twice, and the running month has none"
winnow classify desk second.jsonl -f jsonl 2>&1 >out.jsonl | grep -c 'auto-accepted'
winnow trust desk --report 2026-12; echo "exit $?"
winnow trust --report last; echo "exit $?"
winnow verify | sed 's/^[0-9]* rows/N rows/'; echo "exit $?"

# What comes in is another thing from one day on, and nobody has reviewed any of it: the next day's run sees it
# all the same, whether the proof was a campaign's own or was made again on it for a new local engine. What may
# prove something is drawn, so what is counted of it is masked.
. "$top/tests/cli/desk.sh"
desk "$orders_and_faults"
texts 1000 1200 example >prompts/desk/examples.jsonl
export QUIET=1
mask() { sed -E 's/most of all "(order|fault)", [45][0-9]\.[0-9]% then and (0|100)\.0%/most of all "WHICH", half then and none or all/; s/moved by [23]\.[0-9]+, the/moved by much, the/; s/moved by 0\.[01][0-9] \(alarm at 0\.[23][0-9]\)/moved by little/g; s/[0-9]+ items are drawn/N items are drawn/; s/[0-9]+ more have/N more have/; s/so far [89][0-9.]+% automatic/so far most automatic/'; }
accepted() { n=$(grep -c '"route":"auto"' out); if [ "$n" -ge 140 ]; then echo "most is accepted alone"; else echo "accepted alone: $n"; fi; }
faults() { texts "$1" "$2" item | grep broken; }
run() { winnow classify desk "$1" -f jsonl 2>&1 >out | grep -E '^winnow:|^trust:' | mask; }
certify() {
    export WINNOW_HOME=$PWD/$1; day 0
    texts 0 400 item >first.jsonl
    winnow classify desk first.jsonl -q -f jsonl >out 2>err
    perl "$top/tests/cli/reviewer.pl" desk 2>&1 | cut -d: -f1-3
}
usual_week() {
    day 3; texts 400 550 item >usual.jsonl; run usual.jsonl
    day 4; texts 550 552 item >one.jsonl; run one.jsonl
    winnow trust desk | grep moved | mask
}
another_world() {
    day 12; faults 1000 1300 >faults.jsonl; run faults.jsonl | grep winnow:
    accepted
    day 13; faults 1300 1340 >next.jsonl; run next.jsonl
    accepted
}

echo "== a campaign's own proof"
certify own
echo "== a week like any other"
usual_week
echo "== from one day on there are faults only"
another_world
winnow trust desk | sed -n '1,/^next/p' | mask
echo "== a newer engine is no way round it"
texts 3000 3040 example >more.jsonl
winnow train desk more.jsonl --force -q >train.out 2>&1; echo "exit $?"
faults 1310 1312 >next.jsonl; run next.jsonl
winnow trust desk --recertify; echo "exit $?"

echo "== a proof that was made again for a new engine"
certify again
winnow train desk more.jsonl --force -q >train.out 2>&1
texts 600 602 item >one.jsonl; run one.jsonl
winnow trust desk --recertify
echo "== a week like any other"
usual_week
echo "== from one day on there are faults only"
another_world
winnow trust desk | sed -n '1,/^next/p' | mask
winnow verify | sed 's/^[0-9]* rows/N rows/'

# Releases of the local engine, each of which has to be proved: the ones that hold may be as many as they like, and of
# those that do not four use up what a campaign can tell.
. "$top/tests/cli/desk.sh"
desk "$orders_and_faults"
texts 1000 1060 example >prompts/desk/examples.jsonl
export QUIET=1
release() {
    winnow train desk "$1" --force -q >train.out 2>&1
    winnow classify desk one.jsonl -q -f jsonl >out 2>err
    winnow trust desk --recertify 2>&1
}
flipped() { texts "$1" "$2" example | sed 's/:"fault"/:"x"/; s/:"order"/:"fault"/; s/:"x"/:"order"/'; }
mask() { sed -E 's/\([0-9]+ of its [0-9]+ reviewed items accepted, [0-9]+ wrong/(N of its M reviewed items accepted, K wrong/; s/at most [0-9.]+% of these/at most B% of these/'; }

texts 0 300 item >first.jsonl; texts 300 301 item >one.jsonl
winnow classify desk first.jsonl -q -f jsonl >out 2>err
perl "$top/tests/cli/reviewer.pl" desk 2>&1 | cut -d: -f1-3
echo "== five that hold"
for i in 1 2 3 4 5; do texts 20${i}0 20${i}5 example >more.jsonl; release more.jsonl | mask | head -n 1; done
echo "== four that learned wrong labels"
for i in 1 2 3 4; do flipped 3000 $((3130 + i)) >wrong.jsonl; release wrong.jsonl | mask; done
echo "== the same again"
winnow trust desk --recertify 2>&1 | mask
echo "== and one more"
flipped 3000 3140 >wrong.jsonl; release wrong.jsonl
winnow verify | sed 's/^[0-9]* rows/N rows/'

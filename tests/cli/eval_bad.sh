# Gold files that are wrong, too small or one-sided: clear words, and no number that is none.
. "$top/tests/cli/desk.sh"
desk "$orders_and_faults"
texts 1000 1200 example >prompts/desk/examples.jsonl
try() { echo "-- $*"; winnow eval desk "$@" >report 2>err; status=$?; sed '/^learning/d' err; [ $status = 0 ] && sed -n '1,/^$/p' report; echo "exit $status"; }
no_nan() {
    for f in table json md html; do
        winnow eval desk "$@" -f $f 2>/dev/null | grep -ciwE -- '-?nan|-?inf'
    done | sort -u
}
echo "== labels that the task has not"
echo '{"text":"a lamp","kind":"ordr"}' >gold.jsonl; try gold.jsonl
printf 'text,kind\na lamp,ordr\n' >gold.csv; try gold.csv
winnow eval desk gold.csv --value ordr=order 2>/dev/null | sed -n 1p
echo '{"text":"a lamp","kind":3}' >gold.jsonl; try gold.jsonl
echo "== none at all"
printf 'text,kind\na lamp,\n' >gold.csv; try gold.csv
printf 'text,kind\n' >gold.csv; try gold.csv
: >gold.jsonl; try gold.jsonl
echo 'order: a lamp' >gold.jsonl; try gold.jsonl
echo '{"text":"","kind":"order"}' >gold.jsonl; try gold.jsonl
echo "== nothing to measure with"
printf '{"text":"a lamp","kind":"order"}\n{"text":"A  lamp","kind":"fault"}\n' >gold.jsonl; try gold.jsonl
echo "== one item, and a label without any"
echo '{"text":"We want to order 7 lamps for the office","kind":"order"}' >gold.jsonl; try gold.jsonl; no_nan gold.jsonl
winnow eval desk gold.jsonl --prove 2>&1 >/dev/null | grep proved
echo "== all wrong"
printf '{"text":"It is broken and leaks","kind":"order"}\n{"text":"We order a lamp","kind":"fault"}\n' >gold.jsonl; try gold.jsonl; no_nan gold.jsonl
echo "== what trust makes of it"
winnow trust desk | grep -ciwE -- '-?nan|-?inf'
winnow trust desk | sed -n 1p

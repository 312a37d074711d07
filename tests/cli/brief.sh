# Briefs: extracts without a key, one pass, notes and a merge, a changed source, thin material, a source that
# cannot be read, a budget that ends in the middle, and a run that is killed at each of its parts.
cp "$top"/fixtures/briefs/* .
server_start
echo "== extracts"
winnow brief notes.md supplier.html report.pdf locked.pdf gone.txt --length 60 --title "Phones"
echo "exit $?"
echo "== a thread in order, by a model"
winnow brief thread.mbox --task thread-brief --model openai/gpt-6-sol | sed -n '/^# /,/^\[^3/p'
echo "== as JSON"
winnow brief staff.csv --model openai/gpt-6-sol -q -f json | perl -0pe 's/"made":"[^"]*"/"made":"TIME"/'
echo "== thin material"
echo "Phones break." >thin.txt
winnow brief thin.txt --model openai/gpt-6-sol
echo "== what it costs"
winnow brief notes.md supplier.html --model openai/gpt-6-sol --dry-run
echo "== in parts"
sed -i 's/"words": 400/"words": 400, "one_pass": 700, "chunk": 150/' tasks/research-brief/brief.json
requests() { winnow brief notes.md supplier.html thread.mbox staff.csv --model openai/gpt-6-sol -o out.md "$@" 2>&1 | sed -n 's/.*\(requests [0-9]* . cache [0-9]*\) .*/\1/p;/limit\|budget\|goes on/p'; }
requests
requests
sed -i 's/three years/four years/' supplier.html
echo "one source changed:"; requests
echo "== a budget that ends in the middle"
export WINNOW_HOME=$PWD/poor
winnow brief notes.md supplier.html thread.mbox staff.csv --model openai/gpt-6-sol --max-cost 0.05 --in-flight 1 -q; echo "exit $?"
requests -o poor.md
cmp poor.md out.md && echo "the same brief"
echo "== killed at each part"
server_post /control '{"latency_ms":70}' >/dev/null
export WINNOW_HOME=$PWD/killed
n=0
while [ $n -lt 14 ]; do
    winnow brief notes.md supplier.html thread.mbox staff.csv --model openai/gpt-6-sol --in-flight 1 -q >/dev/null 2>&1 &
    run=$! seen=$(server_get /stats | sed 's/.*"requests":\([0-9]*\).*/\1/')
    while kill -0 $run 2>/dev/null; do
        now=$(server_get /stats | sed 's/.*"requests":\([0-9]*\).*/\1/')
        [ "$now" -ge $((seen + 2)) ] && { kill -9 $run; break; }
    done
    wait $run 2>/dev/null && break
    n=$((n + 1))
done
[ $n -ge 1 ] && echo "killed on the way"
winnow brief notes.md supplier.html thread.mbox staff.csv --model openai/gpt-6-sol -q -o killed.md; echo "exit $?"
cmp killed.md out.md && echo "the same brief"
echo "== what waits"
winnow review research-brief.faithful </dev/null | sed -n '2,6p'
echo "== the command line"
winnow brief notes.md -f pdf
winnow brief notes.md --task nothing
winnow brief gone.txt
winnow brief notes.md --model linear,openai
server_stop

# A brief quotes its sources: who is forgotten is gone from every brief that was made of their words, from
# the replies it was made with, and from the file.
cp "$top"/fixtures/briefs/* .
server_start
sed -i 's/"words": 400/"words": 400, "one_pass": 700, "chunk": 150/' tasks/research-brief/brief.json
winnow brief notes.md supplier.html thread.mbox staff.csv --model openai/gpt-6-sol -q -o one.md
winnow brief notes.md -q -o two.md
winnow brief thread.mbox --task thread-brief --model openai/gpt-6-sol -q -o three.md
mv tasks/thread-brief gone
briefs() { winnow export research-brief.faithful -q -f jsonl; winnow export thread-brief.faithful -q -f jsonl 2>/dev/null; }
briefs | grep -c .
winnow forget --sender carla@northlight.example </dev/null
winnow forget --sender CARLA@northlight.example --yes -q
briefs | grep -c .
requests() { winnow brief notes.md supplier.html thread.mbox staff.csv --model openai/gpt-6-sol -o one.md 2>&1 | sed -n 's/.*\(requests [0-9]* . cache [0-9]*\) .*/\1/p'; }
echo "only her part and what was made of all is asked again:"; requests
echo "== an item, by the name that a run gives it"
winnow forget notes.md --yes -q
briefs | grep -c .
winnow verify >/dev/null && echo "the store is whole"
mv gone tasks/thread-brief
briefs | grep -c .
server_stop

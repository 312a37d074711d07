# Every item is accounted for: rows that cannot be read fail by themselves, the rest goes on.
cat >leads.jsonl <<'END'
{"message": "Could you show us the planner next week? We are 40 lift technicians.", "company": "Reuter Lifts"}
{"message": "how much for 25 seats?", "comp
{"message": ""}
{"message": "Please stop the newsletter and cancel everything."}
END
winnow classify lead-intent leads.jsonl -f jsonl >out.jsonl
echo "exit $?"
sed 's/.*"item":"\([^"]*\)".*"route":"\([^"]*\)".*"error":\(.*\),"hint":\(.*\)}$/\1 \2 \3 \4/' out.jsonl
wc -l <out.jsonl
winnow classify lead-intent leads.jsonl -q -f csv -o out.csv
echo "exit $?"
head -c 60 out.csv; echo
grep -c . out.csv

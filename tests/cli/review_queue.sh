# The queue in the terminal: accept, correct, skip, undo, note; and what export says of it.
cat >leads.jsonl <<'END'
{"message": "What would 25 seats cost us per year?"}
{"message": "We want a discount of 30 percent or we leave."}
{"message": "Please send a quote for 60 seats by Friday."}
END
winnow classify lead-intent leads.jsonl -q -f jsonl >out.jsonl
printf '%s\n' '?' 99 s u 'n spoke to her' 3 2 '' q | winnow review lead-intent >review.out
echo "exit $?"
grep -c 'to go' review.out
tail -n 1 review.out
winnow export lead-intent -q -f csv | cut -d, -f1-4 | tr -d '\r'
winnow export lead-intent -q -f csv | sed 's/.*,\([^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*\)$/\1/' | tr -d '\r'
winnow review lead-intent </dev/null | tail -n 1

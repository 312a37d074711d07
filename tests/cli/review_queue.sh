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
printf '{"message":"%s"}\n' 'Can we pay by invoice?' 'Where do I find last year?' | winnow classify lead-intent - --input jsonl -q -f jsonl >/dev/null 2>&1
printf 'x\nu\nq\n' | winnow review lead-intent | tail -n 1 # a verdict that was taken back is none

# Every item has a hard flag, so that none is of the random sample: what a look is worth times how likely the
# label is wrong is the order. The hard one comes first although it is the surest.
echo "== order"
mkdir -p prompts/desk
cat >prompts/desk/task.json <<'EOF'
{ "name": "desk", "about": "What is it, and how hard?", "value": { "effort": { "high": 50, "middle": 3 } },
  "questions": [ { "name": "kind", "type": "choice", "ask": "What is it?", "choices": { "order": "wants to buy", "fault": "does not work" } },
                 { "name": "effort", "type": "scale", "ask": "How hard?", "levels": { "low": "quick", "middle": "a while", "high": "long" } } ],
  "always_review": [ { "name": "all", "because": "All are looked at.", "when": { "text_has": ["desk", "desks"] } } ] }
EOF
printf 'Sort this.\n{{questions}}\n' >prompts/desk/system.md
printf '{{item.text}}\n' >prompts/desk/user.md
i=0
while [ $i -lt 40 ]; do
    echo "{\"text\":\"We order $i desks, please send a quote\",\"kind\":\"order\",\"effort\":\"low\"}"
    echo "{\"text\":\"The hinge of desk $i is broken and one leaks\",\"kind\":\"fault\",\"effort\":\"middle\"}"
    echo "{\"text\":\"Desk $i burns, the lawyer is here, all is lost\",\"kind\":\"fault\",\"effort\":\"high\"}"
    i=$((i + 1))
done >prompts/desk/examples.jsonl
cat >desks.jsonl <<'EOF'
{"message":"desk"}
{"message":"We order 99 desks, please send a quote"}
{"message":"The hinge of desk 99 is broken and one leaks"}
{"message":"Desk 99 burns, the lawyer is here, all is lost"}
EOF
export WINNOW_PROMPTS=$PWD/prompts
winnow classify desk desks.jsonl -q -f jsonl 2>/dev/null |
    sed -E 's/.*"item":"([a-z.:0-9]*)".*"label":"([a-z]*)","probability":([0-9.]{4}).*"value":"([a-z]*)".*/\1 \2 \3 \4/'
printf '1\ns\n\n\n\n1\n' | winnow review desk | grep -E '^desks|^now|reviewed'

# Forgetting an item or a sender: asked first, then gone from every file, and learned anew without them.
try() { echo "\$ winnow $*"; winnow "$@" 2>&1; }
cat >leads.csv <<'END'
Name,Email,Message
Wilhelmina Quastenflosser,quastenflosser@zweikantholz.example,"Wir brauchen Fugendichtband, bitte um eine Vorführung"
Oduya Ekpeyong,oduya@marigold.example,"Could you demonstrate the xylophonic scheduling thing?"
Oduya Ekpeyong,Oduya@Marigold.example,"What does the xylophonic planner cost for 40 people?"
END
server_start
winnow classify lead-intent leads.csv --model anthropic -q -f jsonl >out.jsonl
printf '1\n1\n1\n' | winnow review lead-intent >/dev/null
grep -c . out.jsonl
cat >labelled.csv <<'END'
text,written_by,intent
"Wir brauchen Fugendichtband, bitte um eine Vorführung",,demo_request
"please call oduya@marigold.example about a quote",,pricing_request
"my invoice shows the wrong amount",,support_problem
"it is about the xylophonic planner",Oduya <oduya@marigold.example>,product_question
END
# which reviews are learned from is drawn by the store's secret, so only the files' part is shown
winnow train lead-intent labelled.csv -q | grep -o '[0-9]* of labelled files'
echo "== nothing goes without a yes"
try forget
try forget leads.csv:2 --sender oduya@marigold.example
try forget --sender oduya
try forget leads.csv:2
winnow export lead-intent -q -f jsonl | grep -c .
echo "== an item"
try forget leads.csv:2 --yes -q
try forget leads.csv:2 --yes -q
winnow export lead-intent -q -f jsonl | sed 's/.*"item":"\([^"]*\)".*/\1/'
echo "== a sender, as the address is written anywhere"
try forget --sender ODUYA@marigold.example --yes | grep -v ^learning
winnow export lead-intent -q -f jsonl | grep -c .
winnow cache stats | head -n 1
winnow train lead-intent -q | grep -o '[0-9]* of labelled files'
try verify | sed 's|^[0-9]* rows|N rows|'
echo "== a request of a batch that is under way"
sed '1d; s/.*,/{"message":/; s/$/}/' leads.csv >waiting.jsonl
winnow classify lead-intent waiting.jsonl --model anthropic -q --batch >/dev/null 2>&1
winnow batch | grep -o '[0-9]* requests'
try forget waiting.jsonl:2 --yes -q
winnow batch | grep -o '[0-9]* requests'
echo "== a brief that quotes it, and what was read for it"
winnow brief leads.csv --model anthropic -q >/dev/null
winnow cache stats | cut -d, -f1 | head -n 1
try forget leads.csv:3 --yes -q
winnow brief leads.csv --model anthropic -q >/dev/null
try forget --sender oduya@marigold.example --yes -q
winnow cache stats | cut -d, -f1 | head -n 1
echo "== it can be asked again, and is not found in the cache"
winnow classify lead-intent leads.csv --model anthropic -q -f jsonl | sed 's/.*"cached":\([a-z]*\).*/\1/'
server_stop

# Two winnows at the batches of one store at the same time: a job is settled once, and what one handed in the
# other does not hand in again.
server_start
i=0; while [ $i -lt 8 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
hand_in() { winnow classify lead-intent "$@" --model openai -q -f jsonl --batch; }
jobs_of_store() { winnow batch | sed 's/  */ /g; s/, \$[0-9.]*[0-9]//; s/ at most$//' | grep '^b'; }
# What the day's ledger holds: the limit is far too small for a further request, and its error tells.
ledger() {
    echo '{"message":"What does it cost?"}' | WINNOW_MAX_COST_DAY=0.000001 winnow classify lead-intent - --input jsonl \
        --model openai --how generate -q 2>&1 >/dev/null | sed -n 's/.*cause: \(.* batches\),.*/\1/p'
}
mkfifo told

echo "== one of them fetches the results, and stands still; the other waits for it"
hand_in leads.jsonl >/dev/null 2>&1
winnow batch fetch >/dev/null
server_post /control '{"faults":[{"fault":"late","path":"/content","times":1,"tell":true}]}' >/dev/null
"$WINNOW_BIN" batch fetch >first.out 2>first.err & first=$!
read -r _ hit _ <&9
kill -STOP $first
"$WINNOW_BIN" batch fetch >second.out 2>told & second=$!
exec 6<told
read -r line <&6; echo "$line"
kill -CONT $first
wait $first; echo "the first: exit $?"
wait $second; echo "the second: exit $?"
cat first.err - <&6
exec 6<&-
cmp first.out second.out && jobs_of_store
ledger >after
server_post /control '{"faults":[]}' >/dev/null
mv data once
hand_in leads.jsonl >/dev/null 2>&1
winnow batch fetch >/dev/null; winnow batch fetch >/dev/null
ledger | cmp - after && echo "the ledger says what it says when one has been at work"
rm -rf data && mv once data

echo "== it is killed meanwhile, and nothing stays locked"
sed 's/planner/calendar/' leads.jsonl >others.jsonl
hand_in others.jsonl >/dev/null 2>&1
server_post /control '{"faults":[{"fault":"timeout","path":"/batches/","times":1,"tell":true}]}' >/dev/null
"$WINNOW_BIN" batch fetch >/dev/null 2>&1 & first=$!
read -r _ hit _ <&9
kill -9 $first
wait $first 2>/dev/null
server_post /control '{"faults":[]}' >/dev/null
winnow batch fetch >/dev/null; winnow batch fetch >/dev/null
jobs_of_store

echo "== both gather the same items: they are handed in once"
sed 's/planner/invoices/' leads.jsonl >more.jsonl
mkfifo input
"$WINNOW_BIN" classify lead-intent - --input jsonl --model openai -f jsonl --batch <input >/dev/null 2>told & first=$!
exec 7>input
head -n 5 more.jsonl >&7
exec 6<told
read -r line <&6; echo "$line" # from here on it does not look for new jobs, until it hands in
hand_in more.jsonl >/dev/null 2>&1
sed 's/invoices/contracts/' more.jsonl | head -n 3 >&7
exec 7>&-
grep '^batch' <&6 | sed 's/, for .*//'
exec 6<&-
wait $first
jobs_of_store
server_stop

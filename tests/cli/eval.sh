# How good is it? On items whose labels are known: the linear engine, two models, two versions of a task.
mkdir -p mine/parcels trial
cat >mine/parcels/task.json <<'END'
{"name": "parcels", "about": "What is the message about?", "target_error": 0.05,
 "questions": [
  {"name": "topic", "type": "choice", "ask": "What is it about?",
   "choices": {"late": "a parcel that is late", "broken": "a parcel that arrived broken", "thanks": "says thank you"}},
  {"name": "angry", "type": "yesno", "ask": "Is the writer angry?"}]}
END
printf 'Sort messages about parcels.\n{{questions}}\n{{examples}}\n' >mine/parcels/system.md
printf '{{item.text}}\n' >mine/parcels/user.md
for i in 1 2 3 4 5 6 7 8 9 10; do
    echo "{\"text\":\"Parcel $i is late, where is it?\",\"topic\":\"late\",\"angry\":false}"
    echo "{\"text\":\"Box $i arrived broken, what a mess!\",\"topic\":\"broken\",\"angry\":true}"
done >mine/parcels/examples.jsonl
export WINNOW_PROMPTS="$PWD/mine"

cat >gold.jsonl <<'END'
{"text":"It is late in the year; the vase came in pieces.","topic":"broken"}
{"text":"Parcel  3 is LATE, where is it?","topic":"late"}
{"text":"Parcel 12 is late, where is it?","topic":"late"}
{"text":"Box or parcel?","topic":"late"}
{"text":"Box or parcel?","topic":"broken"}
{"text":"No label here."}
END
i=11
while [ $i -lt 91 ]; do
    echo "{\"text\":\"Parcel $i is late, where is it?\",\"topic\":\"late\",\"angry\":false}"
    echo "{\"text\":\"Box $i arrived broken, what a mess!\",\"topic\":\"broken\",\"angry\":true}"
    i=$((i + 1))
done >>gold.jsonl
# Times, and what a better linear engine would change in the third digit.
masked() { sed -e 's/ *[0-9][0-9]* ms/ N ms/g' -e 's/0\.[0-9][0-9][0-9]/0.NNN/g'; }

echo "== linear, with no store and nothing sent"
winnow eval parcels gold.jsonl 2>/dev/null | masked
ls data 2>/dev/null
echo "== the same answers in a CSV file, whose answers are no part of the item"
perl -ne 'print "text,topic\n" if $. == 1; print "\"$1\",$2\n" if /"text":"([^"]*)","topic":"(\w+)"/' gold.jsonl >gold.csv
winnow eval parcels gold.csv -f json 2>/dev/null | sed 's/.*"accuracy":\([0-9.]*\),"accuracy_lo".*/\1/'
winnow eval parcels gold.jsonl -f json 2>/dev/null | sed 's/.*"accuracy":\([0-9.]*\),"accuracy_lo".*/\1/'
echo "== JSON is JSON, the page is one file without a script"
winnow eval parcels gold.jsonl -f json 2>/dev/null | perl -MJSON::PP -0ne 'my $r = decode_json($_);
    print join(" ", map { "$_=$r->{$_}" } qw(read n unlabelled repeated contradicting learned_from)), "\n"'
winnow eval parcels gold.jsonl -f html -o page.html 2>/dev/null
grep -c '<svg' page.html
grep -ciE '<script|http|nan|inf[^o]' page.html
echo "== a draw of them, the same each time"
winnow eval parcels gold.jsonl --limit 40 -f json 2>/dev/null | grep -o '"n":40,"candidates"'
[ "$(winnow eval parcels gold.jsonl --limit 40 2>&1)" = "$(winnow eval parcels gold.jsonl --limit 40 2>&1)" ] && echo same
echo "== a guard for prompts"
winnow eval parcels gold.jsonl --fail-under .9 2>/dev/null >/dev/null; echo "exit $?"
winnow eval parcels gold.jsonl --fail-under 99.9 2>&1 >/dev/null | grep -v '^learning'
winnow eval parcels gold.jsonl --fail-under 99.9 >/dev/null 2>&1; echo "exit $?"
echo "== two versions of a task"
cp -R mine/parcels trial/parcels
sed -i.bak 's/a parcel that is late/a parcel that has not come yet/' trial/parcels/task.json
winnow eval parcels gold.jsonl --prompts trial -f md 2>/dev/null | head -14 | masked
echo "== two models"
for what in vase plate clock radio lamp mirror; do
    echo "{\"text\":\"Where is the rest of my $what? It arrived broken.\",\"topic\":\"broken\",\"angry\":true}"
    echo "{\"text\":\"I wait for my $what, it is late.\",\"topic\":\"late\"}"
    echo "{\"text\":\"Thank you for the $what!\",\"topic\":\"thanks\"}"
    echo "{\"text\":\"I just say: the $what is great.\",\"topic\":\"thanks\"}"
done >two.jsonl
server_start
winnow eval parcels two.jsonl -m linear -m openai 2>/dev/null | masked
before=$(server_get /stats | grep -o '"requests":[0-9]*')
winnow eval parcels two.jsonl -m linear -m openai -f json 2>/dev/null | grep -o '"paired".*'
[ "$before" = "$(server_get /stats | grep -o '"requests":[0-9]*')" ] && echo "nothing was asked twice"
server_post /control '{"reset":true}' >/dev/null
alone=$(winnow eval parcels two.jsonl -m anthropic -f json 2>/dev/null | grep -o '"accuracy":[0-9.]*')
several=$(winnow eval parcels two.jsonl -m anthropic --pack 6 -f json 2>/dev/null | grep -o '"accuracy":[0-9.]*')
[ "$alone" = "$several" ] && echo "several at a time: as good, $(server_get /stats | grep -o '"requests":[0-9]*' | sed 's/.*://') requests in all"
winnow eval parcels two.jsonl -m openai --no-cache --max-cost 0.0001 2>&1 | sed 's/\$[0-9.e-]*/$S/g'
server_stop
echo "== what can be wrong"
echo '{"text":"Where is it?","topic":"lost"}' >unknown.jsonl
echo '{"text":"Where is it?"}' >none.jsonl
head -1 mine/parcels/examples.jsonl >learned.jsonl
for f in unknown.jsonl none.jsonl learned.jsonl absent.jsonl; do
    winnow eval parcels $f 2>&1; echo "exit $?"
done
winnow eval parcels; echo "exit $?"
winnow eval parcels gold.jsonl --pack 65; echo "exit $?"
winnow eval parcels gold.jsonl -f pdf; echo "exit $?"
winnow eval parcels gold.jsonl -m linear -m openai -m gemini; echo "exit $?"
winnow eval parcels gold.jsonl --prompts nowhere; echo "exit $?"

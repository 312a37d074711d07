# The linear engine learns from files and from a teacher, explains itself, and is asked first.
winnow train lead-intent -q | head -n 8
printf 'words,answer\n"shut the account at once",cancel_or_refund\n"close it, we are done here",cancel_or_refund\n"please terminate our plan",cancel_or_refund\n' >more.csv
winnow train lead-intent more.csv --map text=words --map intent=answer -q | sed -n '1p'
winnow train lead-intent -q | sed -n '1p'
echo "== bad lessons"
printf 'text,intent\nhello,no_such_label\n' >bad.csv
winnow train lead-intent bad.csv
printf 'text,colour\nhello,red\n' >none.csv
winnow train lead-intent none.csv
winnow train lead-intent more.csv --teach openai
winnow train lead-intent nowhere.jsonl
echo "== lessons that teach little"
mkdir -p prompts/post
cat >prompts/post/task.json <<'EOF'
{ "name": "post", "about": "What is it?", "questions": [ { "name": "kind", "type": "choice", "ask": "What is it?",
    "choices": { "bill": "asks about an invoice", "invoice": "asks about an invoice", "fault": "does not work" } } ] }
EOF
printf 'Sort this.\n{{questions}}\n' >prompts/post/system.md
printf '{{item.text}}\n' >prompts/post/user.md
learn() { printf "$1" >lessons.csv; WINNOW_PROMPTS=$PWD/prompts winnow train post lessons.csv --dry-run 2>&1; }
echo "-- one answer only"
learn 'text,kind\nthe sum is wrong,bill\nwhere is it,bill\n'
echo "-- three examples"
learn 'text,kind\nthe sum is wrong,bill\nmy screen is black,fault\nwhere is it,bill\n' | sed '/^  bill/,/^$/d'
echo "-- empty texts, twice the same, two answers to one text, languages"
learn 'text,kind\n" ",bill\nhello,bill\nHELLO ,fault\ntwice,bill\ntwice,bill\n\u6211\u60f3\u9000\u6b3e,bill\n\u0441\u0447\u0451\u0442,fault\n,bill\nno answer,\n' | head -n 11
echo "-- the same as JSON lines"
printf '{"text":" ","kind":"bill"}\n{"text":"hello","kind":"bill"}\n{"text":"my screen is black","kind":"fault"}\n{"text":"no answer"}\n' >lessons.jsonl
WINNOW_PROMPTS=$PWD/prompts winnow train post lessons.jsonl --dry-run -q 2>/dev/null | sed '/^$/q'
echo "-- a CRM's own words"
printf 'Note,Stage\n"the sum is wrong",Billing Issue\n"my screen is black",Fault\n"where is it",lost\n' >crm.csv
export WINNOW_PROMPTS=$PWD/prompts
winnow train post crm.csv --map kind=Stage --dry-run
winnow train post crm.csv --map kind=Stage --value 'billing issue=bill' --value Lost=- --dry-run 2>/dev/null | sed '/^$/q'
echo "-- more than can be learned from"
awk 'BEGIN { print "text,kind"; for (i = 0; i < 60000; i++) print "text number " i (i % 20 ? ",bill" : ",fault") }' >many.csv
winnow train post many.csv --dry-run -q 2>/dev/null | grep 'more than'
echo "== a release that is worse"
cat >prompts/post/task.json <<'EOF'
{ "name": "post", "about": "What is it?", "questions": [
    { "name": "kind", "type": "choice", "ask": "What is it?", "choices": { "bill": "about an invoice", "fault": "does not work" } },
    { "name": "mood", "type": "choice", "ask": "How is the writer?", "choices": { "calm": "matter of fact", "angry": "annoyed" } } ] }
EOF
# lessons FROM TO ANGRY: the kind is plain to see; who the machine belongs to tells the mood, and ANGRY
# says whether it is those with an odd or an even number who are angry
lessons() {
    awk -v from="$1" -v to="$2" -v angry="$3" 'BEGIN {
        split("anna bert cleo dirk elsa fred gina hugo ines jost kaja lars mona nils olga paul rita sven tina ursa", who, " ")
        print "text,kind,mood"
        for (i = from; i <= to; i++)
            print (i % 3 ? "the invoice" : "the broken machine") " of " who[i % 20 + 1] " again: " i "," (i % 3 ? "bill" : "fault") "," (i % 2 == angry ? "angry" : "calm")
    }'
}
result() { sed -n '/^QUESTION/,/^$/p; /worse/p; /^released/p; /^nothing new/p; /^not released/p; /^dry run/p; /say something else/p' | sed 's/: [0-9a-f]\{12\}/: ID/; s/, [0-9]* KB/, N KB/'; }
lessons 1 80 0 >first.csv
winnow train post first.csv -q | result
echo "-- the same again"
winnow train post -q | result
echo "-- the label is as before, the second question is worse"
lessons 81 160 1 >moods.csv
winnow train post moods.csv --dry-run -q | result
winnow train post moods.csv -q | result
echo "-- it was not kept: what is learned from is what was learned from"
winnow train post -q | sed -n 1p
echo "-- all the same"
winnow train post moods.csv --force -q | result
winnow train post -q | sed -n 1p
export WINNOW_PROMPTS=$PWD/tasks
echo "== explain"
echo '{"message":"please terminate our plan and close it"}' >item.jsonl
winnow classify lead-intent item.jsonl -q -f jsonl 2>/dev/null | grep -o '"label":"[^"]*"'
winnow explain item.jsonl:1 | sed 's/[+-][0-9.]*//g' | head -n 4
echo "== teach"
server_start
i=0; while [ $i -lt 60 ]; do echo "{\"message\":\"item $i: could you show us the planner, or $i free trial days, or what does it cost for $i people\"}"; i=$((i + 1)); done >pool.jsonl
winnow train lead-intent pool.jsonl --teach openai --dry-run -q | sed -n 's/[0-9]* most/N most/; s/\$[0-9.]*/$P/; 1p'
winnow train lead-intent pool.jsonl --teach openai --budget 0.5 -q 2>&1 >out | sed -n 's/[0-9]* items/N items/; s/\$[0-9.]* for/$P for/p'
sed -n 's/[0-9]* of [0-9]* items/N of N items/; s/\$[0-9.]*;/$P;/; s/on [0-9]* others: .*/on others: .../; 1p' out
grep -o '[1-9][0-9]* taught' out | sed 's/[0-9]*/some/'
echo "== cascade"
cascade() { WINNOW_PROMPTS=$PWD/prompts winnow classify post "$1" --model 'linear>openai' -f jsonl 2>&1 >out.jsonl | sed -n 's/\$[0-9.]*/$P/; /answered here/p'; grep -c . out.jsonl; }
printf '{"message":"the broken machine of gina again"}\n{"message":"the broken machine of hugo again"}\n' >plain.jsonl
printf '{"message":"good morning"}\n{"message":"see you"}\n' >odd.jsonl
cat plain.jsonl odd.jsonl >mixed.jsonl
cascade mixed.jsonl
echo "-- all are plain to see"
cascade plain.jsonl
echo "-- none is"
cascade odd.jsonl
server_stop

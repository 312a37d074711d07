# A guard label has a target, a threshold and a proof of its own; the other labels have theirs without it.
mkdir -p prompts/desk
cat >prompts/desk/task.json <<'EOF'
{ "name": "desk", "about": "Is it an order or a fault?", "target_error": 0.1,
  "guards": { "spam": { "target_error": 0.2, "audit": 0.4 } },
  "questions": [ { "name": "kind", "type": "choice", "ask": "What is it?",
    "choices": { "order": "wants to buy", "fault": "something does not work", "spam": "junk" } } ] }
EOF
printf 'Sort this.\n{{questions}}\n{{examples}}\n' >prompts/desk/system.md
printf '{{item.text}}\n' >prompts/desk/user.md
texts() {
    LC_ALL=C awk -v from="$1" -v to="$2" -v how="$3" 'BEGIN {
        split("chairs tables lamps shelves stools benches", thing, " ")
        for (i = from; i < to; i++) {
            t = thing[i % 6 + 1]
            if (i % 3 == 0) { text = "The " t " from delivery " i " are broken, one leaks, please repair"; k = "fault" }
            else if (i % 3 == 1) { text = "We want to order " i " more " t " for the office, send a quote"; k = "order" }
            else { text = "You won prize " i " in our lottery, click now to claim your free " t; k = "spam" }
            if (how == "example") printf "{\"text\":\"%s\",\"kind\":\"%s\"}\n", text, k; else printf "{\"message\":\"%s\"}\n", text
        } }'
}
texts 1000 1300 example >prompts/desk/examples.jsonl
export WINNOW_PROMPTS=$PWD/prompts WINNOW_REVIEWER=ada
# how many more than 90 are looked at before spam has its 40 depends on the draw, too
mask() { sed -E 's/sample     9[0-9] of 180/sample     90 and more of 180/; s/labels     (9[0-9]) of \1 right: probably 97\.[0-9]%/labels     all right: probably 97%/; s/so far [0-9.]+% automatic; at most [0-9.]+% of these are wrong .[0-9]+ checked at random, [0-9]+ wrong./so far A% automatic; at most B% of these are wrong (N checked at random)/; s/[0-9]+ (items are drawn|accepted items were drawn|of what was accepted)/N \1/; s/score of at least [0-9.]+/score of at least S/; s/agree in ([0-9]+) of \1 that two looked at.*/agree in all that two looked at/; s/[0-9]+ wait; [0-9.]+% are drawn/N wait; P% are drawn/; s/^( +checks .*)/\1/'; }

echo "== a label that the question does not have, a rate that is none"
sed 's/"spam": { "target/"spamm": { "target/; s/0\.4/4/' prompts/desk/task.json >task.json && mkdir -p bad/desk && mv task.json bad/desk/
cp prompts/desk/*.md bad/desk/
winnow tasks check bad/desk; echo "exit $?"
winnow tasks check desk; echo "exit $?"

echo "== before anything"
winnow trust | grep desk
echo "== spam waits for a person, the others are accepted where they are very sure"
texts 0 600 item >first.jsonl
winnow classify desk first.jsonl -f jsonl 2>err.out >out.jsonl
grep trust: err.out
grep '"route":"auto"' out.jsonl | grep -c '"label":"spam"'
grep '"label":"spam"' out.jsonl | grep -c '"reasons":\["no_guarantee"'
echo "== one sample serves both"
# which of the two is looked at first depends on the draw
perl "$top/tests/cli/reviewer.pl" desk 2>&1 | sed -E 's/^shown [0-9]+.*/shown both samples and the checks/' | sort
winnow trust desk | mask
echo "== now spam goes, too, and every item of the other labels as before"
texts 60 360 item >second.jsonl
winnow classify desk second.jsonl -f jsonl 2>/dev/null >out.jsonl
[ "$(grep '"route":"auto"' out.jsonl | grep -c '"label":"spam"')" -gt 80 ] && echo "spam is accepted"
echo "== an alarm by hand stops all of it"
winnow trust desk --suspend

# What a labelled file proves before there are reviews, and that a campaign takes its place. What is drawn
# depends on the store's secret salt, so counts of drawn items are masked.
mkdir -p prompts/desk
task() {
    cat >prompts/desk/task.json <<END
{ "name": "desk", "about": "Is it an order or a fault?", "target_error": 0.1, "before_proof": "review",
  $1
  "questions": [ { "name": "kind", "type": "choice", "ask": "What is it?",
    "choices": { "order": "wants to buy", "fault": "something does not work" } } ] }
END
}
task ''
printf 'Sort this.\n{{questions}}\n{{examples}}\n' >prompts/desk/system.md
printf '{{item.text}}\n' >prompts/desk/user.md
texts() {
    LC_ALL=C awk -v from="$1" -v to="$2" -v how="$3" 'BEGIN {
        split("chairs tables lamps shelves stools benches", thing, " "); split("please want need today soon again", how_said, " ")
        for (i = from; i < to; i++) {
            t = thing[i % 6 + 1]; s = how_said[int(i / 6) % 6 + 1]
            if (i % 2) { text = "The " t " from delivery " i " are broken, one leaks, " s " send somebody to repair"; k = "fault" }
            else { text = "We " s " to order " i " more " t " for the office, send a quote"; k = "order" }
            if (how == "wrong" && i % 3 == 0) k = k == "order" ? "fault" : "order"
            if (how == "item") printf "{\"message\":\"%s\"}\n", text; else printf "{\"text\":\"%s\",\"kind\":\"%s\"}\n", text, k
        } }'
}
texts 1000 1200 gold >prompts/desk/examples.jsonl
export WINNOW_PROMPTS=$PWD/prompts WINNOW_REVIEWER=ada QUIET=1
mask() { sed -E 's/[0-9]+ (of what was accepted|accepted items)/N \1/; s/[0-9]+ wait; [0-9.]+% are drawn/N wait; P% are drawn/; s/score of at least [0-9.]+/score of at least S/; s/^(in 200 = auto) [0-9]+ \+ review [0-9]+/\1 A + R/; s/[0-9]+ items are drawn/N items are drawn/; s/[0-9]+ more have/N more have/'; }
prove() { winnow eval desk "$@" --prove >report 2>err; status=$?; sed -E '/^winnow: made/d; /^learning/d' err; echo "exit $status"; }

echo "== too few, then learned from, then without an answer"
texts 0 10 gold >few.jsonl; prove few.jsonl
prove prompts/desk/examples.jsonl
echo "== often wrong"
texts 1000 1300 wrong >wrong.jsonl; prove wrong.jsonl
echo "== once is enough: another file would fit by luck"
texts 2000 2300 gold >gold.jsonl; prove gold.jsonl
echo "== another engine, and a good file"
texts 3000 3040 gold >more.jsonl; winnow train desk more.jsonl --force -q >train.out 2>&1
prove gold.jsonl
winnow trust desk | sed -n '1,6p'
texts 0 200 item >items.jsonl
winnow classify desk items.jsonl -f jsonl 2>&1 >out | sed /waits/d | mask
[ "$(grep -c '"tags":\["provisional"' out)" -gt 150 ] && echo "most is accepted, and says on what that rests"
winnow trust desk | grep checks | mask
echo "== its own items prove it"
perl "$top/tests/cli/reviewer.pl" desk 2>&1 | mask
winnow trust desk | sed -n '1,3p'
prove gold.jsonl
echo "== a guard label has a promise of its own"
task '"guards": { "fault": { "target_error": 0.2 } },'
prove gold.jsonl
winnow trust desk | grep desk
winnow eval desk gold.jsonl --prove --limit 10 2>&1; echo "exit $?"
echo "== weights of its own need more"
winnow trust desk --weights | sed -E 's/[0-9]+ reviews that/N reviews that/'; echo "exit $?"
winnow trust desk --usual-weights
winnow trust desk --weights --suspend 2>&1; echo "exit $?"
echo "== a look that fails is not the last"
mkdir prompts/hall; cp prompts/desk/* prompts/hall; task ''; sed 's/"desk"/"hall"/' prompts/desk/task.json >prompts/hall/task.json
winnow classify hall items.jsonl -q -f jsonl >out 2>&1
FLIP=1 perl "$top/tests/cli/reviewer.pl" hall 2>&1 | mask
winnow trust hall | grep -E '^(hall|next)' | mask
winnow classify hall items.jsonl --limit 1 -f jsonl 2>&1 | grep ^trust

# A fifth of labelled files is never learned from, and measures each release. Which texts hangs on the store's
# secret salt, so that counts of them are masked.
mkdir -p prompts/desk
cat >prompts/desk/task.json <<END
{ "name": "desk", "about": "Is it an order or a fault?", "target_error": 0.1, "before_proof": "review",
  "guards": { "fault": { "target_error": 0.2 } },
  "questions": [ { "name": "kind", "type": "choice", "ask": "What is it?",
    "choices": { "order": "wants to buy", "fault": "something does not work" } } ] }
END
printf 'Sort this.\n{{questions}}\n' >prompts/desk/system.md
printf '{{item.text}}\n' >prompts/desk/user.md
texts() {
    LC_ALL=C awk -v from="$1" -v to="$2" -v how="$3" 'BEGIN {
        split("chairs tables lamps shelves stools benches", thing, " "); split("please want need today soon again", how_said, " ")
        for (i = from; i < to; i++) {
            t = thing[i % 6 + 1]; s = how_said[int(i / 6) % 6 + 1]
            if (i % 2) { text = "The " t " from delivery " i " are broken, one leaks, " s " send somebody to repair"; k = "fault" }
            else { text = "We " s " to order " i " more " t " for the office, send a quote"; k = "order" }
            if (how == "wrong" && (i * i) % 7 < 2) k = k == "order" ? "fault" : "order"
            if (how == "item") printf "{\"message\":\"%s\"}\n", text; else printf "{\"text\":\"%s\",\"kind\":\"%s\"}\n", text, k
        } }'
}
export WINNOW_PROMPTS=$PWD/prompts
train() {
    winnow train desk -q "$@" >out 2>err; echo "exit $?"; sed '/made the store/d' err
    sed -nE 's/ [0-9]+ texts:/ N texts:/; s/, [0-9]+ of labelled files/, N of labelled files/; s/^  [0-9]+ (texts of labelled)/  N \1/; s/[0-9a-f]{12}(, [0-9]+ KB)?/VERSION/; s/on [0-9]+ examples/on N examples/; s/surest [0-9]+% are/surest S% are/; s/\([0-9]+ of the examples, [0-9]+ wrong\)/(N of the examples, K wrong)/; s/at most [0-9.]+% of such/at most P% of such/; 1,2p; /^(released|nothing new)/,$p' out
}
kept() { sed -nE 's/^  ([0-9]+) texts of labelled.*/\1/p' out; }
measured() { winnow eval desk "$1" -f json >report; sed -nE 's/.*"n":([0-9]+).*/\1/p' report | head -n 1; }
trust() { winnow trust desk | sed -E 's/on [0-9]+ examples/on N examples/; s/: [0-9]+ reviewed above the threshold, [0-9]+ wrong; at most [0-9.]+% wrong/: N reviewed above the threshold, K wrong; at most P% wrong/; s/surest [0-9.]+% \(score of at least [0-9.]+\)/surest S% (score of at least T)/' | grep -E "$1"; }

echo "== too few to prove anything: all are learned from"
texts 0 100 gold >few.jsonl; train few.jsonl
echo "== enough: a fifth is kept out"
texts 100 600 gold >more.jsonl; train more.jsonl --dry-run; tried=$(kept)
train more.jsonl; first=$(kept)
[ "$tried" = "$first" ] && [ "$first" -gt 70 ] && [ "$first" -lt 170 ] && echo "about a fifth, and a dry run has the same"
cat few.jsonl more.jsonl >both.jsonl
[ "$(measured both.jsonl)" = "$first" ] && echo "eval measures on these alone"
trust '^desk|state|proof|accepts|^next|  2026'
echo "== a copy shares its draw, and what was kept out stays out"
tr a-z A-Z <both.jsonl | sed 's/"TEXT"/"text"/; s/"KIND":"ORDER"/"kind":"order"/; s/"KIND":"FAULT"/"kind":"fault"/' >copies.jsonl
train copies.jsonl
[ "$(kept)" = $((2 * first)) ] && echo "each with its copy"
texts 600 900 gold >third.jsonl; train third.jsonl >/dev/null
[ "$(measured both.jsonl)" = "$first" ] && echo "the same texts"
echo "== a run begins with it"
texts 2000 2005 item >items.jsonl
winnow classify desk items.jsonl -f jsonl 2>&1 >out | sed -E '/waits/d; s/on [0-9]+ examples/on N examples/'
[ "$(grep -c '"tags":\["provisional"' out)" = 5 ] && echo "accepted, and says on what that rests"
echo "== the same release again"
train --force
echo "== somebody stops it before the first item"
texts 900 940 gold >fourth.jsonl; train fourth.jsonl >/dev/null
trust '^desk'
winnow trust desk --suspend 2>/dev/null
winnow classify desk items.jsonl -f jsonl 2>/dev/null | grep -c '"route":"review"'
echo "== another model answers"
WINNOW_MODEL=openai/gpt-6-luna train third.jsonl --force | tail -n 1
echo "== labels that are often wrong"
mkdir prompts/hall; cp prompts/desk/* prompts/hall; sed -i 's/"desk"/"hall"/' prompts/hall/task.json
texts 0 600 wrong >wrong.jsonl; winnow train hall wrong.jsonl -q | tail -n 2 | sed -E 's/on [0-9]+ examples/on N examples/'
winnow trust hall | grep -E '  2026|^hall' | sed -E 's/on [0-9]+ examples/on N examples/'

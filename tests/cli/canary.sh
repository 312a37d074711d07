# Stored items that a proved model is asked about again each day: it may say the same for as long as it likes, and
# is not believed any more on the day when it does not.
server_start
mkdir -p prompts/desk
cat >prompts/desk/task.json <<'END'
{ "name": "desk", "about": "Is it an order or a fault?", "target_error": 0.1, "model": "anthropic/claude-haiku-5-5",
  "questions": [ { "name": "kind", "type": "choice", "ask": "What is it?",
    "choices": { "purchase": "wants to buy", "bug": "something does not work" } } ] }
END
printf 'Sort this.\n{{questions}}\n{{examples}}\n' >prompts/desk/system.md
printf '{{item.text}}\n' >prompts/desk/user.md
export WINNOW_PROMPTS=$PWD/prompts WINNOW_REVIEWER=ada QUIET=1
texts() {
    LC_ALL=C awk -v from="$1" -v to="$2" 'BEGIN {
        split("chairs tables lamps shelves stools benches", thing, " ")
        for (i = from; i < to; i++) {
            t = thing[i % 6 + 1]
            if (i % 2) printf "{\"message\":\"The %s of delivery %d are broken, a bug or an error; who can answer purchase questions?\"}\n", t, i
            else printf "{\"message\":\"We want to buy %d %s for the office\"}\n", i, t
        } }'
}
asked() { echo "$(server_get /stats | sed 's/.*"requests": *\([0-9]*\).*/\1/') calls"; server_post /control '{"reset":true}' >/dev/null; }
mask() { sed -E 's/answers 1[0-9] of 30/answers half of 30/'; } # which ones depends on the order of the replies
day() { export WINNOW_NOW=$((1795348800 + 86400 * $1)); }
run() { winnow classify desk "$1" -f jsonl 2>&1 >out | grep -E 'winnow:|^trust: desk: nothing' | mask; asked; }

texts 0 160 >first.jsonl; texts 200 202 >second.jsonl; texts 202 204 >third.jsonl; texts 204 206 >fourth.jsonl
winnow classify desk first.jsonl -q -f jsonl >out 2>err
perl "$top/tests/cli/reviewer.pl" desk 2>&1 | sed 's/[0-9]* reviewed of them/N reviewed of them/'
asked
echo "== off, as it is by default"
run first.jsonl
export WINNOW_CANARY=30
echo "== the first day asks twice, and once is enough"
run second.jsonl
run second.jsonl
echo "== the next day asks once; nothing changed"
day 1; run second.jsonl; run third.jsonl
echo "== one answer is another: that may be chance"
day 2; server_post /control '{"faults":[{"fault":"inject","times":1}]}' >/dev/null; run third.jsonl
echo "== no answer is no other answer"
day 3; server_post /control '{"faults":[{"fault":"refusal","times":5}]}' >/dev/null; run third.jsonl
echo "== the provider is down"
day 4; server_post /control '{"faults":[{"fault":"401"}]}' >/dev/null; run third.jsonl | grep -v calls; asked >/dev/null
echo "== it obeys what stands in a text now"
server_post /control '{"faults":[{"fault":"inject"}]}' >/dev/null; run fourth.jsonl
grep -c guarantee_suspended out
winnow trust desk | sed -n '1,3p' | mask
server_stop

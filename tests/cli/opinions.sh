# What a task's plan asks of other models: one answers, too, one is shown the answer. What they say is kept
# with the decision; without them it goes to a person.
server_start
mkdir -p prompts/desk
task() {
    cat >prompts/desk/task.json <<END
{ "name": "desk", "about": "Is it an order or a fault?", "target_error": 0.1, "model": "anthropic/claude-haiku-5-5",
  $1
  "questions": [ { "name": "kind", "type": "choice", "ask": "What is it?",
    "choices": { "order": "wants to buy", "bug": "something does not work" } } ] }
END
}
printf 'Sort this.\n{{questions}}\n{{examples}}\n' >prompts/desk/system.md
printf '{{item.text}}\n' >prompts/desk/user.md
export WINNOW_PROMPTS=$PWD/prompts
echo '{"message":"An error is shown and it is broken, please mend it right away"}' >sure.jsonl
echo '{"message":"An error is shown and it is broken, please mend it"}' >unsure.jsonl
calls() { server_get /stats | grep -oE '"[a-z]+/v1[a-z]*/[^"]*": *[0-9]+'; server_post /control '{"reset":true}' >/dev/null; }
short() { sed -E 's/.*"route":"([^"]*)","label":"([^"]*)","probability":([0-9.]+).*"reasons":(\[[^]]*\]).*/\1 \2 \3 \4/'; }
sort_one() { winnow classify desk "$1" -q -f jsonl >out 2>err; echo "exit $?"; short <out; cat err; calls; }
gemini() { server_post /control "{\"faults\":[$1]}" >/dev/null; }

echo "== nobody else is asked"
task ""; sort_one sure.jsonl
echo "== a second model and a checker"
task '"second": "openai/gpt-6-luna", "check": "gemini/gemini-3.5-flash-lite",'
sort_one sure.jsonl
echo "== the checker doubts it"
sort_one unsure.jsonl
echo "== again: everything is in the cache"
sort_one unsure.jsonl
echo "== only where it matters"
task '"second": { "model": "openai/gpt-6-luna", "from": 0.3, "below": 0.6 }, "check": { "model": "gemini/gemini-3.5-flash-lite", "from": 0.6 },'
sort_one sure.jsonl
echo "== the price is known before"
echo '{"message":"One more error"}' >more.jsonl; winnow classify desk more.jsonl --dry-run 2>&1 | sed '/waits/d'
echo "== the checker is down, then confused, then refuses the key: a missing opinion is no agreement"
task '"check": "gemini/gemini-3.5-flash-lite",'
gemini '{"fault":"500","provider":"gemini"}'; WINNOW_TRIES=2 sort_one sure.jsonl
gemini '{"fault":"halfjson","provider":"gemini"}'; sort_one unsure.jsonl
gemini '{"fault":"401","provider":"gemini"}'
echo '{"message":"An error is shown again, is that right?"}' >third.jsonl; sort_one third.jsonl
gemini ''
echo "== what it cannot be"
task '"check": "anthropic/claude-haiku-5-5",'; sort_one sure.jsonl
task '"second": "linear",'; sort_one sure.jsonl
task '"second": { "model": "openai/gpt-6-luna", "from": 0.9, "below": 0.3 },'; winnow tasks check desk
task '"check": { "form": 1 },'; winnow tasks check desk
echo "== the linear engine answers: nothing leaves the machine"
task '"check": "gemini/gemini-3.5-flash-lite",'
winnow classify desk sure.jsonl --model linear -f jsonl 2>&1 >out | grep -E 'leaves'; calls
server_stop

# Texts are kept for as long as WINNOW_KEEP says, or the task; then they are in no file any more.
mail() { printf '{"message":"%s"}\n' "$1" >$2.jsonl; }
mail "Could you demonstrate the xylophonic planner?" november
mail "Does the planner know holidays?" january
winnow classify lead-intent november.jsonl -q -f jsonl >/dev/null
echo accept | sed 's/.*/1/' | winnow review lead-intent | grep reviewed
cat >labelled.csv <<'END'
text,intent
"what does the planner cost for 40 people",pricing_request
"my invoice shows the wrong amount",support_problem
END
lessons() { winnow train lead-intent -q "$@" | grep -o '[0-9]* of labelled files' || echo "none of labelled files"; }
lessons labelled.csv
export WINNOW_NOW=1799236800
echo "== 45 days later, with nothing said"
winnow classify lead-intent january.jsonl -q -f jsonl >/dev/null
winnow export lead-intent -q -f jsonl | sed 's/.*"item":"\([^"]*\)".*/\1/'
echo "== the task keeps 60 days, all others 30"
sed -i 's/"about":/"keep": 60, "about":/' tasks/lead-intent/task.json
WINNOW_KEEP=30 winnow classify lead-intent january.jsonl -q -f jsonl >/dev/null
winnow export lead-intent -q -f jsonl | sed 's/.*"item":"\([^"]*\)".*/\1/'
lessons
echo "== the task says nothing"
sed -i 's/"keep": 60, //' tasks/lead-intent/task.json
WINNOW_KEEP=30 winnow classify lead-intent january.jsonl -q -f jsonl >/dev/null
winnow export lead-intent -q -f jsonl | sed 's/.*"item":"\([^"]*\)".*/\1/'
lessons
winnow verify | sed 's|^[0-9]* rows|N rows|'
echo "== what has no text is in no queue, and troubles nobody"
winnow review lead-intent --sample </dev/null | grep -c november
winnow trust lead-intent >/dev/null && winnow train lead-intent -q >/dev/null && echo "trust and training go on"
winnow explain november.jsonl:1 2>&1 | head -n 1
echo "== replies live for the task's cache_days"
server_start
sed -i 's/"about":/"cache_days": 1, "about":/' tasks/lead-intent/task.json
winnow classify lead-intent november.jsonl -q -f jsonl --model anthropic >/dev/null 2>&1
winnow cache stats | cut -d, -f1 | head -n 1
WINNOW_NOW=1799409600 winnow classify lead-intent january.jsonl -q -f jsonl --model anthropic >/dev/null 2>&1
winnow cache stats | cut -d, -f1 | head -n 1
echo "== a batch whose answers never came"
WINNOW_NOW=1795348800 winnow classify lead-intent november.jsonl --model openai -q --batch >/dev/null 2>&1
winnow batch | grep -c requests
WINNOW_KEEP=30 winnow classify lead-intent january.jsonl -q -f jsonl >/dev/null 2>&1
winnow batch | grep -c requests
server_stop
echo "== a number that is none"
sed -i 's/"about":/"keep": "long", "about":/' tasks/lead-intent/task.json
winnow tasks check lead-intent
WINNOW_KEEP=-1 winnow verify

# A brief that the money, or the provider, leaves in the middle: what was read and checked till then is written, what
# was not is named, and the same command goes on.
cp "$top"/fixtures/briefs/* .
server_start
sed -i 's/"words": 400/"words": 400, "one_pass": 700, "chunk": 150/' tasks/research-brief/brief.json
brief() { winnow brief notes.md supplier.html thread.mbox staff.csv --model openai/gpt-6-sol --in-flight 1 "$@" 2>err; }
# what the reader is told before and after the text; what a request may cost counts the store's own marks, as they fall
told() { sed -n '/^\*\*/p;/^## Sources/,/^\[/p' | grep -v '^\[\|^$'; echo "exit $(cat status)"; sed '/^trust/d;s/, and the next .*//' err; }
try() { { brief "$@"; echo $? >status; } | told; }
from() { export WINNOW_HOME=$PWD/$1; }
from whole; brief -q -o whole.md
echo "== no money for a second part"; from poor
try --max-cost 0.04
echo "== a little more"
try --max-cost 0.05 -f md -q
brief --max-cost 0.05 -q -f json | perl -ne 'print "$1\n" while /("ended":"[^"]*"|"from_notes":\w+|"read":false|"counts":\{[^}]*\})/g'
brief --max-cost 0.05 -q -f html | sed -n 's/<[^>]*>//g;/Not finished/p;/not read/p'
brief -q -o all.md; cmp all.md whole.md && echo "goes on to the same brief"
echo "== not enough for the one request that there is: nothing to show"
winnow brief notes.md --model openai/gpt-6-sol --task thread-brief --max-cost 0.001 2>/dev/null; echo "exit $?"
spent() { server_post /control "{\"reset\":true,\"faults\":[{\"fault\":\"402\",\"text\":\"$1\"},{\"fault\":\"inventnumber\",\"text\":\"These are notes\"}]}" >/dev/null; }
echo "== the credit is used up: at the third part, before the text is written"; from credit
spent 'list of the installers'; try
spent 'These are notes'; try -q
echo "== when what failed is asked about again"
spent 'did not pass'; try -q
echo "== when the second model has looked at some"; from looks
server_post /control '{"reset":true,"fault":"402","provider":"gemini","text":"Sentence: Torvik"}' >/dev/null
try --check gemini | grep -v '^- '
server_post /control '{"reset":true,"fault":"ok"}' >/dev/null
brief --check gemini >all.md; echo "exit $?"; sed -n 's/.*\(requests [0-9]* . cache [0-9]*\).*/\1/p' err
winnow review research-brief.faithful </dev/null | sed -n 's/.*, \(.*to go\)/\1/p'
echo "== the credit is used up while other parts are in flight: what comes in is kept"; from flight
server_post /control '{"reset":true,"latency_ms":40,"jitter_ms":80,"fault":"402","text":"list of the installers"}' >/dev/null
brief --in-flight 8 >part.md; echo "exit $?"
server_post /control '{"fault":"ok","latency_ms":0,"jitter_ms":0}' >/dev/null
brief -q >all.md; echo "exit $?"
server_get /stats | grep -o '"repeated_bodies":[0-9]*,"most_of_a_body":[0-9]*'
server_stop

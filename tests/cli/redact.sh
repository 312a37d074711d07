# What a task redacts does not leave the machine, stands in the result all the same, and is counted.
try() { echo "\$ winnow $*"; winnow "$@"; echo "exit $?"; }
server_start
sed -i 's/"about":/"redact": ["email", "phone", "card", "bank", "link", "name"], "about":/' tasks/lead-intent/task.json
winnow tasks check lead-intent; echo "exit $?"
cat >leads.csv <<'END'
Name,Email,Phone,Message
Wilhelmina Quastenflosser,w.quast@zweikantholz.example,030 5550142,"I am Wilhelmina Quastenflosser at Zweikantholz GmbH, please show us the planner. Mail w.quast@zweikantholz.example or call +49 30 5550142. Pay from DE89 3704 0044 0532 0130 00 or 4111 1111 1111 1111, order 2026-118-4471. See https://zweikantholz.example/reset?token=f00ba4f00ba4 Yours, Wilhelmina"
END
winnow classify lead-intent leads.csv --model anthropic --show-prompt >shown 2>err; echo "exit $?"
sed 's/, about.*;/;/' err
sed -n '1,/^$/p' shown
perl -0ne 'print "$1\n" while /(\\n<item-[0-9a-f]+>.*?<\/item|<fields.*?<\/fields)/g' shown | sed 's/-[0-9a-f]\{16\}/-NONCE/g; s/\\n/\n/g'
for word in Quastenflosser Wilhelmina w.quast 5550142 0532 4111 f00ba; do grep -q "$word" shown && echo "$word leaves"; done
server_get /stats | grep -o '"requests":[0-9]*'
echo "== sent, and put back"
for model in anthropic openai openrouter gemini; do
    winnow classify lead-intent leads.csv --model $model -q -f jsonl >out.jsonl
    perl -ne 'print join(" ", /("redacted":\d+)/, /("person":\{.*?\})/, /("email":\{.*?\})/, /("phone":\{.*?\})/), "\n"' out.jsonl
done
echo "== a model of one's own sees it as it came"
winnow classify lead-intent leads.csv --model ollama/qwen3 -q -f jsonl | grep -o '"redacted":[0-9]*'
winnow classify lead-intent leads.csv --model ollama/qwen3 --show-prompt --refresh 2>/dev/null | grep -c 'Quastenflosser'
winnow classify lead-intent leads.csv --model ollama/qwen3 --show-prompt
echo "== the key is masked"
grep -c 'test-1' shown
grep '\*\*\*\*' shown | sort -u
echo "== a kind that does not exist"
sed -i 's/"redact": \["email"/"redact": ["mail"/' tasks/lead-intent/task.json
winnow tasks check lead-intent; echo "exit $?"
server_stop

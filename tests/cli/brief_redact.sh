# What a brief's `redact` names does not leave the machine, at no request of it; it stands in the brief all
# the same, word for word, and the check is made with it.
server_start
cat >thread.mbox <<'X'
From x Tue Apr  7 09:12:00 2026
From: Wilhelmina Quastenflosser <w.quast@zweikantholz.example>
To: bert@northlight.example
Date: Tue, 7 Apr 2026 09:12:00 +0200
Message-ID: <1@x.example>
Subject: Test of the H7

Bert, please call Wilhelmina at +49 30 5550142 before 13 April about the ten phones.
The deposit of 250 EUR goes to DE89 3704 0044 0532 0130 00 within 14 days.
Write to w.quast@zweikantholz.example if the "quoted \ model" H7 is late.

X
printf 'Name,Phone,Message\n"Otto ""Zwirn"" Haberkorn",5550777,"The case did not help, says Haberkorn, who can be called at 5550777 any day."\n' >staff.csv
sed -i 's/"words": 400/"words": 400, "redact": ["email", "phone", "bank", "name"]/' tasks/research-brief/brief.json
winnow tasks check research-brief; echo "exit $?"
leaks() { for word in Quastenflosser Wilhelmina w.quast 5550142 0532 Haberkorn Zwirn 5550777; do grep -q "$word" "$1" && echo "$word leaves"; done; }
echo "== shown"
winnow brief thread.mbox staff.csv --model anthropic --show-prompt >shown; echo "exit $?"
grep -c test-1 shown; leaks shown; grep '^==' shown
grep -o '<source-.*</source' shown | sed 's/source-[0-9a-f]*/source-N/g; s/\\n/\n/g'
echo "== sent, put back and checked, in one pass"
server_post /control '{"keep":100}' >/dev/null
winnow brief thread.mbox staff.csv --model openai/gpt-6-sol --check anthropic | sed -n '/^- [^S]/p;/^\[/p'
echo "== and in parts, with sentences that are asked about once"
sed -i 's/"words": 400/"words": 400, "one_pass": 300, "chunk": 120/' tasks/research-brief/brief.json
server_post /control '{"fault":"inventnumber","text":"<source"}' >/dev/null
winnow brief thread.mbox staff.csv --model gemini 2>&1 | sed -n 's/.*\(sentences.*requests [0-9]*\).*/\1/p'
server_get /requests >sent
leaks sent; perl -0ne 'print "requests that hold a mark: ", scalar(grep { /_1\]/ } /"body":.*/g) > 5 ? "many" : "few", "\n"' sent
server_post /control '{"fault":"ok","reset":true}' >/dev/null
echo "== a name that only another source gives, in parts"
sed -i 's/"one_pass": 300/"one_pass": 240/' tasks/research-brief/brief.json
printf 'The minutes say that Haberkorn will answer Wilhelmina, and that 5550777 is the number of Otto "Zwirn" Haberkorn.\n' >minutes.txt
winnow brief minutes.txt thread.mbox staff.csv --model gemini --show-prompt >shown; leaks shown
grep -o 'The minutes[^\\]*' shown
winnow brief minutes.txt thread.mbox staff.csv --model gemini 2>/dev/null | grep 'The min'
echo "== a model of one's own sees it as it came"
winnow brief thread.mbox staff.csv --model ollama/qwen3 2>&1 | grep -c "replaced [0-9]"
server_get /requests | grep -c 'Quastenflosser'
echo "== a kind that does not exist"
sed -i 's/"redact": \["email"/"redact": ["mail"/' tasks/research-brief/brief.json
winnow tasks check research-brief; echo "exit $?"
server_stop

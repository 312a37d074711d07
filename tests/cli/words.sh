# 200 words that stand in the items, their answers and reviews, in no file of the store: not in its log,
# not in a backup, not after a new key; and not outside it.
perl -e 'srand 7; for (1..200) { my $w = ""; $w .= substr("bdfgklmnprstvz", int rand 14, 1) . substr("aeiou", int rand 5, 1) for 1..5; print ucfirst $w, "\n" }' | sort -u >../words.$$
words=$PWD/../words.$$
echo "$(grep -c . "$words") words"
server_start
perl -e 'open F, $ARGV[0]; chomp(@w = <F>); print "Name,Company,Email,Message\n"; while (@w) { @t = splice @w, 0, 10; print "$t[0] $t[1],$t[2] Lifts,\l$t[3]\@\l$t[4].example,\"Could you show us $t[5] and $t[6]? I am $t[0] at $t[2] Lifts, $t[7] $t[8] $t[9].\"\n" }' "$words" >leads.csv
winnow classify lead-intent leads.csv -q -f jsonl --model anthropic >../out.$$ 2>/dev/null; echo "exit $?"
printf 'n %s\n1\n1\n3\n' "$(head -n 1 "$words")" | winnow review lead-intent >/dev/null
winnow train lead-intent leads.csv --map intent=Company -q >/dev/null 2>&1
winnow backup copies -q >/dev/null && winnow key rotate >/dev/null
winnow classify lead-intent leads.csv -q -f jsonl --limit 5 >/dev/null 2>&1
mv leads.csv ../leads.$$
search() { found=0; while read -r w; do grep -rqi "$w" . && { echo "$w can be read in: $(grep -rli "$w" .)"; found=1; }; done <"$words"; [ $found = 0 ] && echo "none of them can be read"; }
search
echo "== after forgetting the first ten senders"
tail -n +2 ../leads.$$ | head -n 10 | cut -d, -f3 | while read -r address; do winnow forget --sender "$address" --yes -q >/dev/null 2>&1 || echo "not forgotten"; done
search
winnow export lead-intent -q -f jsonl | grep -c .
winnow verify | sed 's|^[0-9]* rows|N rows|'
rm -f "$words" ../out.$$ ../leads.$$
server_stop

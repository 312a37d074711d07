# 200 words of the items, and what was made of them, can be found in no file of the store, nor beside it: not
# in the log while it is at work, nor in a copy, nor afterwards.
server_start
cp "$top/fixtures/items/leads.csv" leads.csv
# words by which tables, tasks and models are called stand in the file, and may
cat "$top"/src/store/*.sql tasks/*/task.json | tr A-Z a-z >ours
perl -e 'local $/; open F, "ours"; $o = <F>; open F, "leads.csv"; $_ = lc <F>; my %w; $w{$_} = 1 for /[a-z]{5,}/g;
    my @w = grep { index($o, $_) < 0 } sort keys %w; print map { "$w[$_ * @w / 200]\n" } 0 .. 199' >words
sort -u words | grep -c .
readable() { grep -raoihFf words data config copies 2>/dev/null | sort -u | sed 's/$/ can be read/' | grep . || echo "nothing can be read"; }
winnow classify lead-intent leads.csv --model anthropic -q -f jsonl >out.jsonl 2>/dev/null
echo "exit $?"
grep -qiFf words out.jsonl && echo "they are found where they stand"
readable
mkfifo hold
winnow review lead-intent <hold >review.out &
exec 7>hold
while [ ! -s review.out ]; do :; done # the store is open, with its log
readable
printf '2\n1\n' >&7
exec 7>&-
wait $!
did() { winnow "$@" >out 2>err || { echo "$*: exit $?"; cat err; }; }
perl -ne 'print qq({"text":"$1","intent":"demo_request"}\n) if /,"([^"]{20,})/' leads.csv >labelled.jsonl
did train lead-intent labelled.jsonl -q
did brief leads.csv --model anthropic -q
did export lead-intent -q -f csv
did backup copies -q
winnow classify lead-intent leads.csv --model openai -q --batch >/dev/null 2>&1
winnow batch | grep -c requests
readable
for i in 2 3 4 5 6; do did forget leads.csv:$i --yes -q; done
did key rotate
readable
ls data/winnow
stat -c '%a %n' data/winnow data/winnow/* config/winnow/key copies copies/*
server_stop

# Backup, restore, verify, and what the cache holds.
try() { echo "\$ winnow $*"; winnow "$@" 2>&1; echo "exit $?"; }
server_start
cat >leads.csv <<'END'
Message
"Could you show us the planner next week? We are 40 people."
"I want my money back, this is a disgrace."
END
try verify | sed 's|^[0-9]* rows|N rows|'
try cache stats
winnow classify lead-intent leads.csv --model anthropic -q -f jsonl >first.jsonl
echo "== the cache"
try cache stats
try cache explain leads.csv:2 --model anthropic
try cache explain leads.csv:2 --model anthropic/claude-sonnet-5.5
try cache explain leads.csv:2 --model openai/gpt-6-luna
try cache explain leads.csv:2
try cache explain leads.csv:9
echo "And ask the cat." >>tasks/business.md
try cache explain leads.csv:2 --model anthropic
sed -i '$d' tasks/business.md
echo "== a backup"
try backup copies --keep 30d
try backup copies --keep soon
try backup
winnow cache clear
echo '"May we become a reseller for Austria?"' >>leads.csv
winnow classify lead-intent leads.csv -q -f jsonl | grep -c .
WINNOW_NOW=1798348800 winnow backup copies --keep 30d 2>/dev/null
ls copies
WINNOW_NOW=1795435200 winnow backup copies -q
echo "== restore"
WINNOW_NOW=1798348801 try restore copies/winnow-20261123T120000Z.db
ls data/winnow | grep -v 'shm$\|wal$'
try verify | sed 's|^[0-9]* rows|N rows|'
winnow export lead-intent -q -f jsonl | grep -c .
echo "this is no backup" >copies/other.db
try restore copies/other.db
try restore copies/none.db
echo "== a byte that was changed"
cp data/winnow/winnow.db whole
perl -e 'open F,"+<",$ARGV[0]; local $/; $_=<F>; $at=rindex($_,"lead-intent"); seek F,$at,0; print F "l3ad-intent"' data/winnow/winnow.db
winnow verify >faults; echo "exit $?"
grep -v '^the file: ' faults | sed 's/row [0-9]*/row N/; s/^[0-9]* faults in [0-9]*/N faults in M/'
try backup copies | sed 's/cause: the file: .*/cause: the file: .../'
cp whole data/winnow/winnow.db
server_stop

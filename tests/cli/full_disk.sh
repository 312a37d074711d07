# A disk that is full, played by a small one: each command says so in one line and exit 7, nothing that was
# committed is lost, and once there is room the same command goes on. (Where no disk can be played, the unit
# test with a limit on file sizes still runs.)
unshare -rm mount -t tmpfs tmpfs "$PWD" 2>/dev/null || { echo "no small disk can be mounted here"; exit 77; }
server_start
i=0; while [ $i -lt 300 ]; do echo "{\"message\":\"Could you show us the planner? We are $i people.\"}"; i=$((i + 1)); done >leads.jsonl
cat >on_small.sh <<'END'
winnow() { "$WINNOW_BIN" "$@"; }
# try COMMAND...: what it says, and its exit code. (The file that met the end of the disk, and how far a run
# came, are chance.)
try() {
    echo "\$ winnow $*"
    winnow "$@" >out 2>err
    status=$?
    sed "/^in /d; s/cause: .*/cause: .../; s|$PWD/||" err
    echo "exit $status"
}
# room KB: leave so much free
room() {
    rm -f small/ballast
    left=$(df -Pk small | awk 'NR == 2 { print $4 }')
    [ "$1" = all ] || head -c $(((left - $1) * 1024)) /dev/zero >small/ballast
}
held() { winnow export lead-intent -q -f jsonl | sed 's/.*"item":"\([^"]*\)".*/\1/' | sort; }
sound() { winnow verify | sed 's|^[0-9]* rows|N rows|'; }
mkdir small && mount -t tmpfs -o size=24m tmpfs small
export XDG_DATA_HOME=$PWD/small
winnow classify lead-intent leads.jsonl --limit 3 --model anthropic -q >/dev/null 2>&1

echo "== classify, with room for some"
room 400
try classify lead-intent leads.jsonl --model anthropic -q -f jsonl
cp out printed
room all
sound
sed 's/.*"item":"\([^"]*\)".*/\1/' printed | sort >said; held >are
[ -z "$(comm -23 said are)" ] && echo "all that was printed is there"
[ "$(wc -l <said)" -lt 300 ] && echo "and it was not all"
winnow classify lead-intent leads.jsonl --model anthropic -q -f jsonl 2>/dev/null | grep -c .
held | uniq | grep -c .

echo "== review, with none"
room 0
echo 1 >keys
try review lead-intent <keys
room all
sound
winnow review lead-intent <keys | tail -n 1

for how in "key rotate" "key rotate --root" "backup small/copies" "cache clear" "forget leads.jsonl:7 --yes"; do
    for free in 16 300; do
        echo "== $how, with $free KB"
        room $free
        try $how
        cat out
        find small -type f | grep -v 'winnow/winnow.db\|ballast'
        room all
        sound
    done
    winnow $how >/dev/null 2>err || cat err
    sound
done
held | grep -c .

echo "== restore, with 64 KB"
room 64
try restore small/copies/*.db
ls small/winnow
room all
held | grep -c .
winnow restore small/copies/*.db >/dev/null
held | grep -c .

echo "== a disk that can only be read"
sum=$(cksum <small/winnow/winnow.db)
mount -o remount,ro small
try classify lead-intent leads.jsonl --model anthropic -q
try verify
mount -o remount,rw small
[ "$sum" = "$(cksum <small/winnow/winnow.db)" ] && echo "the store is as it was"
sound
END
unshare -rm sh on_small.sh
server_stop

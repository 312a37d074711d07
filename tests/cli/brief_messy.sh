# Folders as they are: what cannot be read is named in the brief itself, rows that share a fate in one line.
mkdir -p mess/deep mess/locked
printf 'Halden lends ten phones for four weeks, and Anna Berg counts them on Friday.\n' >mess/notes.md
printf 'Note (c) 2026 Halden\n\nPhones, tablets, and cases are lent to anybody who asks,\nsubject, however, to the terms, which are as follows:\nreturn, pay, and be kind.\n' >mess/TERMS
: >mess/empty.md; printf '{"broken": ' >mess/half.json; printf '\211PNG\r\n\032\n' >mess/photo.png
head -c 700 "$top"/fixtures/briefs/report.pdf >mess/cut.pdf
cp "$top"/fixtures/briefs/locked.pdf mess/deep/
printf 'PK\003\004zip' >mess/deep/all.zip
perl -e 'print pack("C*", map { ($_ * 37) % 256 } 1 .. 4000)' >mess/deep/data.bin
perl -e 'print "word " x 400000, "\n"' >mess/deep/line.txt
perl -e 'print "x" x 3000000' >mess/deep/word.txt
i=0; while [ $i -lt 30 ]; do echo "{\"id\": $i, \"score\": 0.$i}" >>mess/scores.jsonl; i=$((i + 1)); done
ln -s . mess/loop; ln -s nowhere mess/dangling.md; mkfifo mess/pipe
winnow brief mess mess/empty.md gone.txt --length 60 -o out.md; echo "exit $?"
sed -n '/^## Sources/,/^\[/p' out.md | grep -v '^\['
winnow brief mess --length 60 -q -f html | sed 's/<[^>]*>//g' | grep 'scores\|photo'
winnow brief mess --length 60 -q -f json | grep -o '"name":"mess/photo[^}]*'
echo "== a file without anything in it, by itself"
: >nothing.txt; winnow brief nothing.txt 2>/dev/null; echo "exit $?"

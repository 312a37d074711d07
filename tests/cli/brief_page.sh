# A brief's page as a reader sees it, in a browser: each quote beside its sentence, or below it on a telephone; each link
# leads to its place in the source; no script, nothing loaded, nothing wider than the screen, letters that can be read,
# light and dark; and printed.
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { echo "no Chromium here"; exit 77; }
cp "$top"/fixtures/briefs/* .
server_start
{ echo "<script>document.title = 'run'</script><img src=https://example.com/x.png>Halden says that <b>bold</b> claims are \"free\" & fair to all."; i=0
  while [ $i -lt 12 ]; do echo "Line $i of this long note says nothing about phones, only about weather."; i=$((i + 1)); done
  echo "Torvik wants an answer_from_$(printf '%0200d' 0) by Monday, says the note at its end."; } >long.md
winnow brief notes.md long.md supplier.html thread.mbox staff.csv locked.pdf --model openai/gpt-6-sol --length 2000 -q \
    --title 'Phones <for> "us" & a title_that_is_one_long_word_0123456789_0123456789_0123456789_0123456789_0123456789' -o page.html
perl "$top"/tests/page.pl page.html page.pdf || exit $?
echo "== the print can be read"
winnow brief page.pdf --length 3000 -q >print.md
grep -q 'survive a fall from two metres' print.md && grep -q 'page.pdf page 2' print.md && echo "its sentences stand there, on more than one page"
echo "== extracts, and a brief that is not finished"
winnow brief notes.md supplier.html -q -o extracts.html
perl "$top"/tests/page.pl extracts.html page.pdf few
sed -i 's/"words": 400/"words": 400, "one_pass": 700, "chunk": 150/' tasks/research-brief/brief.json
winnow brief notes.md supplier.html thread.mbox staff.csv --model openai/gpt-6-sol --in-flight 1 --max-cost 0.05 -q -o part.html 2>/dev/null
perl "$top"/tests/page.pl part.html page.pdf few
server_stop

# A brief in another language than English: what is checked, and what the reader is told about what is not.
server_start
cat >notiz.md <<'X'
# Telefone

Frau Weber von der Halden GmbH liefert im März zwölf Geräte nach Gent. Das Angebot von Torvik gilt bis Ende April und wird dann teurer.
Herr Brandt bittet um eine Antwort bis Dienstag, und die Kunden im Lager warten auf die Geräte.
X
brief() { winnow brief "$@" --model openai/gpt-6-sol --no-cache -q | sed '/^## Sources/,/^$/d;/^\[^/d;/^$/d;/^# /d'; }
# a noun that stands for another is nothing that this check can tell: one of three swapped words is one
echo "== German"; brief notiz.md
for fault in swapname movedate inventnumber; do
    echo "-- $fault"
    server_post /control "{\"fault\":\"$fault\"}" >/dev/null
    winnow brief notiz.md --model openai/gpt-6-sol --no-cache -q | sed -n 's/.*\(Not supported by.*\)\*\*.*/\1/p'
done
server_post /control '{"fault":"ok"}' >/dev/null
echo "== German sources, and an English one"
echo "The offer by Halden holds until 30 April, and Brandt of the depot in Ghent wants it in writing. That is for the file." >note.txt
winnow brief notiz.md note.txt --language German --model openai/gpt-6-sol --no-cache -q | sed -n '/different languages/p;/every noun/p'
echo "== a language that the check does not know"
echo "Firma Halden dostarczy dwanaście telefonów do Gandawy trzeciego marca, a oferta jest ważna do końca kwietnia bieżącego roku." >pl.txt
winnow brief pl.txt --model openai/gpt-6-sol --no-cache -q | sed -n '/does not know/p'
server_stop

# Bad input: one clear message each, the right exit status, and nothing written.
try() { echo "\$ winnow $*"; winnow "$@"; echo "exit $?"; ls data config 2>/dev/null; echo; }
printf 'id,words\n1,hello\n' >other.csv
printf '\211PNG\r\n\032\n\000\000\000\rIHDR' >picture.png
printf 'PK\003\004\024\000\006\000\010\000\000\000!\000xl/workbook.xml' >sheet.xlsx
try classify led-intent other.csv
try classify
try classify lead-intent nowhere.csv
try classify lead-intent picture.png
try classify lead-intent sheet.xlsx
try classify lead-intent other.csv
try classify lead-intent other.csv --map text=message
try classify lead-intent other.csv --map text
try classify lead-intent other.csv --format xml
try classify lead-intent other.csv --frobnicate
try classify lead-intent other.csv --limit many
try classify lead-intent other.csv --input parchment
try frobnicate

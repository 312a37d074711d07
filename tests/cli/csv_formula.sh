# A cell that a spreadsheet would run as a formula is made harmless on its way out.
cat >leads.csv <<'END'
message,company,name
"Could you show us the planner? We are 40 people.","=cmd|'/C calc'!A0",@SUM(1+1)
END
winnow classify lead-intent leads.csv -q -f csv >out.csv 2>/dev/null
grep -o "\"'=cmd[^,]*" out.csv
grep -E -c '(^|,)"?[=+@-]' out.csv
winnow export lead-intent -q >export.csv
grep -o "\"'=cmd[^,]*" export.csv

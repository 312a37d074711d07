# A cell that a spreadsheet would run as a formula is made harmless on its way out.
cat >leads.csv <<'END'
message,company
"We at =HYPERLINK(""http://evil.example"",""x"") want a demo, my name is @SUM(1+1)",=cmd|' /C calc'!A0
END
winnow classify lead-intent leads.csv -q -f csv >out.csv
grep -c '"=' out.csv
grep -E -c '(^|,)[=+@-]' out.csv
true

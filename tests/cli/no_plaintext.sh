# No word of any item can be found in any file of the store or beside it.
cat >leads.csv <<'END'
Name,Company,Email,Message
Wilhelmina Quastenflosser,Zweikantholz GmbH,quastenflosser@zweikantholz.example,"Wir brauchen Fugendichtband, bitte Vorführung"
Oduya Ekpeyong,Marigold Elevators,oduya@marigold.example,"Could you demonstrate the xylophonic scheduling thing?"
END
winnow classify lead-intent leads.csv -q -f jsonl >out.jsonl
echo "exit $?"
printf '2\n' | winnow review lead-intent >review.out
winnow export lead-intent -q -f csv >export.csv
found=0
for word in Wilhelmina Quastenflosser quastenflosser Zweikantholz Fugendichtband Oduya Ekpeyong Marigold xylophonic leads.csv; do
    if grep -rqi "$word" data config; then echo "$word can be read"; found=1; fi
done
[ "$found" = 0 ] && echo "nothing can be read"
ls data/winnow
stat -c '%a %n' data/winnow data/winnow/winnow.db config/winnow/key

# Progress for programs: one JSON object a line on standard error, the last one the account of the run.
server_start --latency-ms 1500
server_post /control '{"faults":[{"fault":"400","text":"broken"}]}' >/dev/null
printf '%s\n' '{"message":"Could you show us the planner?"}' '{"message":"this one is broken"}' '{"message":"What does it cost?"}' >leads.jsonl
cat >look.pl <<'PERL'
use JSON::PP;
my ($lines, %last, $same);
while (<>) {
    my $o = eval { decode_json($_) } or do { print "no JSON: $_"; next };
    my $names = join ' ', map { /"(\w+)":/g } $_;
    print "members: $names\n" unless $lines++;
    print "other members: $names\n" if $same and $names ne $same;
    $same = $names;
    for my $k (grep { $_ ne 'in_flight' } keys %$o) {
        print "$k went down\n" if %last and $o->{$k} < $last{$k};
    }
    print "first: in $o->{in}, ", $o->{in_flight} > 0 ? "some in flight" : "none in flight", "\n" if $lines == 1;
    %last = %$o;
}
print "more than one line\n" if $lines > 1;
print "last: in $last{in} = auto $last{auto} + review $last{review} + failed $last{failed}, in flight $last{in_flight}\n";
print "time told\n" if $last{elapsed_ms} >= 1000;
PERL
echo "== --progress json"
winnow classify lead-intent leads.jsonl --model openai --how generate --progress json -f jsonl -o out.jsonl 2>err
echo "exit $?"
grep -v '^{' err
grep '^{' err | perl look.pl
echo "== the last line, without its time"
sed -n '$s/"elapsed_ms":[0-9]*/"elapsed_ms":MS/p' err
echo "== --json says the same, from the cache"
server_post /control '{"latency_ms":0}' >/dev/null
winnow classify lead-intent leads.jsonl --model openai --how generate --json -f jsonl -o out.jsonl 2>&1 | sed 's/"elapsed_ms":[0-9]*/"elapsed_ms":MS/'
echo "== none, and a slip of the pen"
winnow classify lead-intent leads.jsonl --model openai --how generate --progress none --limit 1 -f jsonl -o out.jsonl
winnow classify lead-intent leads.jsonl --progress xml
echo "exit $?"
server_stop

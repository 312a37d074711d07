# A model that invents in every sentence: 504 planted faults of six kinds, and the same sentences told
# honestly. What the check must do: catch at least 95 of 100 of each kind, doubt at most 3 of 100 honest ones.
server_start
perl -e '
  my @who = qw(Adeyemi Brandt Castell Dubois Ekberg Fournier Greco Hofer Ivanova Janssen Kaplan Lindqvist);
  my @firm = qw(Talvik Meridia Quorum Bastion Halcyon Pinnacle Northgate);
  my @town = qw(Utrecht Ghent Bremen Toulouse Valencia Aarhus);
  my @month = qw(January February March April June July August September October November);
  my @day = qw(Monday Tuesday Wednesday Thursday Friday);
  my @say = (
    sub { "$_[0] of $_[1] will deliver $_[2] scanners to $_[3] on $_[5] $_[4]." },
    sub { "The contract with $_[1] costs $_[2],500 EUR a year, and it ends in $_[4]." },
    sub { "$_[0] told the team in $_[3] that $_[1] has $_[2] open repairs since $_[6]." },
    sub { "A meeting with $_[0] about the $_[1] offer is planned for $_[6] at $_[5]:30." },
    sub { "In $_[4] the depot in $_[3] counted $_[2] broken batteries from $_[1]." },
    sub { "$_[0] asked $_[1] for a discount of $_[5] percent before $_[6]." },
    sub { "Our own staff, as $_[0] writes, returned $_[2] phones to $_[1] last $_[4]." });
  for my $s (0 .. 3) {
    open my $f, ">", "source$s.md"; print $f "# Report $s\n\n";
    for my $i (0 .. 20) { my $n = $s * 21 + $i;
      print $f $say[$n % 7]->($who[$n % 12], $firm[($n * 3 + $s) % 7], 40 + $n * 13, $town[($n * 5 + $s) % 6],
        $month[($n * 7 + $s) % 10], 9 + $n % 9, $day[($n + $s) % 5]), $i % 4 == 3 ? "\n\n" : "\n" } }'
brief() { winnow brief source?.md --model openai/gpt-6-sol --length 3000 --no-cache -f json -q "$@"; }
marked() { perl -0ne '/"sentences":(\d+),"unsupported":(\d+)/ && print "$2 of $1 marked\n"'; }
printf 'honest: '; brief 2>key | marked
for fault in inventnumber swapname movedate inventsource inventquote otherquote; do
    server_post /control "{\"fault\":\"$fault\"}" >/dev/null
    printf '%s: ' $fault; brief | marked
done
echo "== a turned denial is for a second model"
server_post /control '{"fault":"denial","provider":"openai"}' >/dev/null
printf 'alone: '; brief | marked
printf 'looked over: '; brief --check anthropic | marked
echo "== what is asked about once may be mended; invented notes never reach the brief"
server_post /control '{"fault":"inventnumber","times":1}' >/dev/null
brief | perl -0ne '/"unsupported":(\d+),"mended":(\d+)/ && print "$2 mended, $1 left\n"'
sed -i 's/"words": 400/"words": 400, "one_pass": 1000, "chunk": 400/' tasks/research-brief/brief.json
server_post /control '{"fault":"inventquote","text":"Take notes"}' >/dev/null
winnow brief source?.md --model openai/gpt-6-sol --no-cache 2>&1 | sed -n '/^#/p;/Not enough/p;/notes were/p;/^sources/p'
server_stop

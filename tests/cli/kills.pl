# kills.pl ROUNDS SEED: the program killed (-9) at random moments of its runs, one after the other on one store:
# classify, review, new data and root keys, backup, restore, forget. A moment is anything that could be seen
# from outside (kill_at.c); it is drawn from those that the command had the last time.
#
# After each kill: the store verifies; all that was said to be done is there, and nothing else; and the same
# command, run again, goes on to its end. The model here is what the store must hold: the items decided and
# the verdicts given.
use strict; use warnings;
my ($rounds, $seed) = @ARGV;
srand $seed;
$ENV{ASAN_OPTIONS} = 'detect_leaks=0'; # which needs to trace, and somebody does already
my ($winnow, $kill_at) = ($ENV{WINNOW_BIN}, $ENV{KILL_AT});
my ($key, $files, $kills, $faults) = ("config/winnow/key", 0, 0, 0);
my %moments;                  # of each command, the last time it ran to its end
my (%item, %copy, %asked);    # item => verdict or ''; backup => its %item; item => paid for
my $what;                     # is being done

sub fault { print "round $what: @_\n"; print `cat err`; $faults++ }
# Its exit status; standard output in `out`, standard error in `err`.
sub run {
    my ($moment, $input, @command) = @_;
    open my $in, '>', 'in' or die; print $in $input; close $in;
    my $words = join ' ', map { "'$_'" } $kill_at, $moment, $winnow, @command;
    my $status = system("$words <in >out 2>err") >> 8;
    my $text = slurp('err');
    ($moments{"@command[0,1]"}) = $text =~ /^moments (\d+)$/m if $moment == 0;
    return $status;
}
sub slurp { my ($file) = @_; open my $f, '<', $file or return ''; local $/; my $s = <$f>; close $f; $s // '' }

# What the store holds now.
sub held {
    my %now;
    for (split /\n/, `$winnow export lead-intent -q -f jsonl 2>err`) {
        my ($item) = /"item":"([^"]*)"/;
        fault("$item stands twice") if exists $now{$item};
        $now{$item} = /"verdict":"(\w+)"/ ? $1 : '';
    }
    return \%now;
}
sub same { my ($a, $b) = @_; join(',', map { "$_=$a->{$_}" } sort keys %$a) eq join(',', map { "$_=$b->{$_}" } sort keys %$b) }
sub whole {
    return if !%item && !-f 'data/winnow/winnow.db'; # it was not made yet
    system("$winnow verify >out.verify 2>err") == 0 or fault("verify: " . slurp('out.verify'));
}

# ---- what can be done: each gives the command, its input, and a check of what was seen and what is held ----

sub classify {
    my $file = sprintf "leads%d.jsonl", ++$files;
    open my $f, '>', $file or die;
    print $f qq({"message":"Could you show us the planner? We are $_ people in $files."}\n) for 1 .. 6;
    close $f;
    return { command => ['classify', 'lead-intent', $file, '--model', 'anthropic', '-q', '-f', 'jsonl', '--in-flight', 2],
             check => sub {
                 my ($done, $now) = @_;
                 my @said = slurp('out') =~ /^\{.*"item":"([^"]*)".*\}$/mg;
                 for (@said) { fault("$_ was printed and is not there") unless exists $now->{$_} }
                 fault(@said . " of 6 printed") if $done && @said != 6;
                 for (grep { !exists $item{$_} } keys %$now) { /^$file:/ ? ($item{$_} = '') : fault("$_ came from nowhere") }
                 fault("decisions are gone") unless same(\%item, $now);
             } };
}
sub review {
    return { command => ['review', 'lead-intent'], input => "1\n" x 3,
             check => sub {
                 my ($done, $now) = @_;
                 my $shown = () = slurp('out') =~ / to go$/mg; # the next is shown when the last is safe
                 my @new = grep { $now->{$_} ne $item{$_} } grep { exists $now->{$_} } keys %item;
                 my ($said) = slurp('out') =~ /^(\d+) reviewed/m;
                 fault(@new . " verdicts are there, " . ($shown - 1) . " were safe") if @new < $shown - 1;
                 fault(@new . " verdicts are there, $said were given") if defined $said && @new != $said;
                 $item{$_} = $now->{$_} for @new;
                 fault("decisions are gone") unless same(\%item, $now);
             } };
}
sub unchanged { my ($done, $now) = @_; fault("decisions are gone") unless same(\%item, $now) }
sub rotate { return { command => ['key', 'rotate'], check => \&unchanged } }
sub rotate_root {
    return { command => ['key', 'rotate', '--root'],
             check => sub { %copy = () if slurp('out') =~ /opens with a new key/; unchanged(@_) } };
}
sub backup {
    my $before = { %item };
    return { command => ['backup', 'copies'],
             check => sub {
                 my ($path) = slurp('out') =~ /^(copies\S*)$/m;
                 $copy{$path} = $before if defined $path;
                 fault("$path is not there") if defined $path && !-f $path;
                 unchanged(@_);
             } };
}
sub restore {
    my ($path) = sort keys %copy;
    return backup() unless defined $path;
    my $from = $copy{$path};
    return { command => ['restore', $path],
             check => sub {
                 my ($done, $now) = @_;
                 $done = 1 if slurp('out') =~ /the store is as in/;
                 fault("it is neither what it was nor what was restored")
                     unless same($from, $now) || (!$done && same(\%item, $now));
                 %item = %$now;
             } };
}
sub forget {
    my ($gone) = sort keys %item;
    return classify() unless defined $gone;
    return { command => ['forget', $gone, '--yes', '-q'],
             check => sub {
                 my ($done, $now) = @_;
                 $done = 1 if slurp('out') =~ /^erased/;
                 fault("$gone is still there") if $done && exists $now->{$gone};
                 delete $item{$gone} unless exists $now->{$gone};
                 fault("decisions are gone") unless same(\%item, $now);
             } };
}

# ---- a round ----

my @kinds = (\&classify, \&classify, \&review, \&review, \&rotate, \&rotate_root, \&backup, \&restore, \&forget);

# Twice the same: cut off at a moment, then to its end.
for my $round (1 .. $rounds) {
    my $do = $round <= @kinds ? $kinds[$round - 1]->() : $kinds[rand @kinds]->();
    my @command = @{ $do->{command} };
    my $most = $moments{"@command[0,1]"} // 100;
    my $moment = 1 + int rand $most;
    $ENV{WINNOW_NOW} += 7;
    $what = "$round ($command[0] $command[1], moment $moment of $most)";
    my $status = run($moment, $do->{input} // '', @command);
    $kills += $status == 137;
    fault("exit $status") if $status != 137 && $status != 0;
    $do->{check}->($status == 0, held());
    whole();
    $what .= ", again";
    $status = run(0, $do->{again} ? $do->{again}->() : $do->{input} // '', @command);
    fault("exit $status") if $status != 0;
    $do->{check}->(1, held());
    whole();
    last if $faults;
}
print $faults == 0 ? "nothing was lost\n" : "seed $seed\n";
print "fewer than half of the rounds were cut off\n" if $kills < $rounds / 2;
print STDERR "killed $kills of $rounds\n" if $ENV{VERBOSE};

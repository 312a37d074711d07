# reviewer.pl TASK [unsure]: a person at `winnow review TASK --sample` who knows the truth: what is broken
# or leaks is a fault, a lottery spam. With FLIP=1 in the environment the world has changed: it is an order now.
# Prints how many were shown, how many of them blind, and whether a blind one showed a proposal.
use strict; use warnings; use IPC::Open2;
my ($task) = @ARGV;
my $pid = open2(my $out, my $in, $ENV{WINNOW_BIN}, 'review', $task, '--sample');
my ($text, $shown, $blind, $told, $c) = ('', 0, 0, 0);
while (read($out, $c, 1)) {
    $text .= $c;
    next unless $text =~ /help\] $/;
    my $is_blind = $text !~ /label: /;
    $shown++; $blind += $is_blind;
    $told += $is_blind && $text =~ /why:|\(\d+%\)/;
    my $fault = ($text =~ /\| .*(?:broken|leaks)/) ? 1 : 0;
    $fault = !$fault if $ENV{FLIP};
    print $in $text =~ /\| .*lottery/ ? "3\n" : $fault ? "2\n" : "1\n";
    $in->flush;
    $text = '';
}
close $in; waitpid $pid, 0;
my $half = abs($blind - $shown / 2) <= 5 * sqrt($shown) / 2;
print "exit ", $? >> 8, ", blind ", $half ? "about half" : "$blind of $shown", ", told $told\n";
print "shown $shown\n" unless $ENV{QUIET};

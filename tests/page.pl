#!/usr/bin/perl
# page.pl PAGE.html OUT.pdf [few]: looks at a brief's page in Chromium as a reader does, at two widths, light and dark
# (few: wide and light, narrow and dark), and prints it; what it finds goes to standard output, a line a view. Chromium
# is driven over its debugging pipe (--remote-debugging-pipe: JSON, ended by NUL, on descriptors 3 and 4), so nothing
# listens anywhere.
use strict;
use warnings;
use Cwd 'abs_path';
use JSON::PP;
use MIME::Base64;
use POSIX ();

my ($page, $pdf, $few) = @ARGV;
my ($program) = grep { -x } map { ("$_/chromium", "$_/chromium-browser", "$_/google-chrome") } split /:/, $ENV{PATH};
defined $program or do { print "no Chromium\n"; exit 77 };

pipe my $in, my $to or die;
pipe my $from, my $out or die;
my $child = fork // die;
if ($child == 0) {
    POSIX::dup2(fileno $in, 20); # away from 3 and 4 first: the pipes may stand there
    POSIX::dup2(fileno $out, 21);
    POSIX::dup2(20, 3);
    POSIX::dup2(21, 4);
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    exec $program, qw(--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking
        --disable-dev-shm-usage --disable-extensions --remote-debugging-pipe),
        '--host-resolver-rules=MAP * ~NOTFOUND', "--user-data-dir=$ENV{PWD}/profile", 'about:blank';
    exit 127;
}
close $in;
close $out;
$to->autoflush(1);
$SIG{ALRM} = sub { kill 'KILL', $child; die "Chromium gives no answer\n" };
alarm 120;

my ($id, $session) = (0, undef);
sub next_message {
    local $/ = "\0";
    my $line = <$from> // die "Chromium has ended\n";
    chomp $line;
    return decode_json($line);
}
sub call {
    my ($method, %params) = @_;
    my %m = (id => ++$id, method => $method, params => \%params);
    $m{sessionId} = $session if defined $session;
    print $to encode_json(\%m), "\0";
    while (1) {
        my $m = next_message();
        next unless defined $m->{id} && $m->{id} == $id;
        die "$method: $m->{error}{message}\n" if $m->{error};
        return $m->{result};
    }
}
sub wait_for { my $event = shift; while (1) { return if (next_message()->{method} // '') eq $event } }

my $look = <<'JS';
(async () => {
  const rgb = c => c.match(/[\d.]+/g).map(Number);
  const lum = c => { const [r, g, b] = rgb(c).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                     return .2126 * r + .7152 * g + .0722 * b; };
  const paper = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
                         if (rgb(c).length < 4 || rgb(c)[3] > 0) return c; } return 'rgb(255,255,255)'; };
  const has = (e, t) => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim() !== '');
  let least = 99;
  for (const e of document.querySelectorAll('body *')) if (has(e)) {
    const [x, y] = [lum(getComputedStyle(e).color), lum(paper(e))].sort((p, q) => q - p);
    least = Math.min(least, (x + .05) / (y + .05));
  }
  const boxes = [...document.querySelectorAll('li.s')].map(li =>
    [li.querySelector('p').getBoundingClientRect(), li.querySelector('blockquote').getBoundingClientRect()]);
  const words = e => e.textContent.replace(/\s+/g, ' ').trim();
  const links = [...document.querySelectorAll('.place a')];
  const frame = () => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
  let there = 0;
  for (const a of links) {
    const t = document.querySelector(a.getAttribute('href'));
    const q = words(a.closest('blockquote').firstChild).replace(/^\u201c|\u201d$/g, '').trim();
    let m = t; /* a quote inside another one, or the same again, is a place without text behind it */
    while (m && m.textContent === '') m = m.previousElementSibling;
    location.hash = a.getAttribute('href');
    await frame();
    const at = t && t.getBoundingClientRect();
    there += m && t.closest('pre') && (words(m).includes(q) || q.includes(words(m))) && at.top > -1 && at.top < innerHeight;
  }
  return { sentences: boxes.length, beside: boxes.filter(([p, q]) => q.left >= p.right && q.top < p.bottom).length,
           below: boxes.filter(([p, q]) => q.top >= p.bottom).length, links: links.length, there,
           wide: document.documentElement.scrollWidth > innerWidth, scripts: document.scripts.length,
           loaded: performance.getEntriesByType('resource').length, dark: lum(paper(document.body)) < .2,
           small: Math.min(...[...document.querySelectorAll('p, blockquote')].map(e => parseFloat(getComputedStyle(e).fontSize))),
           contrast: least >= 4.5 ? 'at least 4.5' : least.toFixed(2) };
})()
JS

my $target = call('Target.createTarget', url => 'about:blank')->{targetId};
$session = call('Target.attachToTarget', targetId => $target, flatten => JSON::PP::true)->{sessionId};
call('Page.enable');
my @views = ([1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']);
@views = @views[0, 3] if defined $few;
for my $view (@views) {
    my ($width, $scheme) = @$view;
    call('Emulation.setDeviceMetricsOverride', width => $width, height => 900, deviceScaleFactor => 1,
        mobile => $width < 600 ? JSON::PP::true : JSON::PP::false);
    call('Emulation.setEmulatedMedia', features => [{ name => 'prefers-color-scheme', value => $scheme }]);
    call('Page.navigate', url => 'file://' . abs_path($page));
    wait_for('Page.loadEventFired');
    my $r = call('Runtime.evaluate', expression => $look, returnByValue => JSON::PP::true,
        awaitPromise => JSON::PP::true);
    die "the page cannot be looked at: $r->{exceptionDetails}{exception}{description}\n" if $r->{exceptionDetails};
    my $v = $r->{result}{value};
    printf "%d wide, %s: %d sentences, quotes beside %d, below %d; %d of %d links lead to their quote; %s; %s; letters %spx and more, " .
        "contrast %s; %d scripts, %d things loaded\n", $width, $scheme, @$v{qw(sentences beside below there links)},
        $v->{wide} ? 'wider than the screen' : 'as wide as the screen', $v->{dark} ? 'dark' : 'light', $v->{small},
        @$v{qw(contrast scripts loaded)};
    if (defined $ENV{PICTURES}) { # for a person to look at
        my $shot = call('Page.captureScreenshot', captureBeyondViewport => JSON::PP::true);
        open my $f, '>:raw', "$ENV{PICTURES}/$width-$scheme.png" or die;
        print $f decode_base64($shot->{data});
    }
}
my $printed = call('Page.printToPDF', preferCSSPageSize => JSON::PP::true, printBackground => JSON::PP::false);
open my $f, '>:raw', $pdf or die "$pdf: $!\n";
print $f decode_base64($printed->{data});
close $f;
$session = undef;
call('Browser.close');
waitpid $child, 0;

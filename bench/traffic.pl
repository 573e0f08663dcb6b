# Both ends of what bench/network.ts measures. Usage:
#   traffic.pl serve PORT                     answers until it is killed
#   traffic.pl send|fetch HOST PORT SECONDS   prints Gbit/s
#   traffic.pl requests HOST PORT COUNT       prints the milliseconds of a small request, on average
use strict;
use warnings;
use IO::Socket::INET;

# Hundredths of a second: Debian's smallest Perl has no finer clock.
sub now {
    open my $uptime, '<', '/proc/uptime' or die "/proc/uptime: $!\n";
    return (split ' ', <$uptime>)[0];
}

$SIG{PIPE} = 'IGNORE';
my ($verb, @given) = @ARGV;
my $block = 'x' x 131072;

sub reach {
    my ($host, $port) = @_;
    # pasta looks once a second for new ports.
    for (1 .. 50) {
        my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Timeout => 5);
        return $socket if $socket;
        select undef, undef, undef, 0.1;
    }
    die "no answer from $host:$port: $@\n";
}

# What came until the other end had no more.
sub drain {
    my ($socket) = @_;
    my ($sum, $read) = (0);
    $sum += $read while $read = sysread $socket, my $piece, 131072;
    return $sum;
}

sub pour {
    my ($socket, $until) = @_;
    1 while now() < $until && syswrite $socket, $block;
}

sub answer {
    my ($socket) = @_;
    sysread $socket, my $wish, 1 or return;
    if ($wish eq 's') { syswrite $socket, drain($socket) . "\n" }
    elsif ($wish eq 'f') { sysread $socket, my $seconds, 8; pour($socket, now() + $seconds) }
    else { sysread $socket, my $rest, 200; syswrite $socket, 'y' x 500 }
}

if ($verb eq 'serve') {
    local $SIG{CHLD} = 'IGNORE';
    my $server = IO::Socket::INET->new(LocalPort => $given[0], Listen => 64, ReuseAddr => 1) or die "$@\n";
    while (my $socket = $server->accept) {
        next if fork;
        answer($socket);
        exit;
    }
} elsif ($verb eq 'requests') {
    my ($host, $port, $count) = @given;
    close reach($host, $port);
    my $start = now();
    for (1 .. $count) {
        my $socket = reach($host, $port);
        syswrite $socket, 'r' . 'x' x 200;
        drain($socket);
    }
    printf "%.3f\n", 1000 * (now() - $start) / $count;
} else {
    my ($host, $port, $seconds) = @given;
    my $socket = reach($host, $port);
    my ($start, $sum) = now();
    if ($verb eq 'send') {
        syswrite $socket, 's';
        pour($socket, $start + $seconds);
        shutdown $socket, 1;
        # What has not arrived does not count.
        $sum = <$socket>;
    } else {
        syswrite $socket, sprintf 'f%8s', $seconds;
        $sum = drain($socket);
    }
    printf "%.3f\n", $sum * 8 / (now() - $start) / 1e9;
}

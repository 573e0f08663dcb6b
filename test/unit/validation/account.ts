import type { Accepted, Refused } from "../../support/arguments";

const notAccount =
  "is not an account name; use at most 32 of a-z, 0-9, '_' and '-', a letter first";
const ofTheSystem = "has a meaning of its own; name an ordinary account";
const notPath =
  "is not an absolute path without '.', '..', colons and control characters; write one such as /srv/app";
const notAuthorizedKey =
  "is not a public key; write a line of authorized_keys such as 'ssh-ed25519 AAAA... name'";
const firstKey = "account.authorizedKeys[0]";

export const refused: Refused[] = [
  ["account", [], "'[]' is not an object; write one"],
  ["account.name", "root", "'root' has a meaning of its own; name an ordinary account"],
  ["account.name", "docker", "'docker' has a meaning of its own; name an ordinary account"],
  ["account.name", "Upper", `'Upper' ${notAccount}`],
  ["account.name", "-rf", `'-rf' ${notAccount}`],
  ["account.name", "1st", `'1st' ${notAccount}`],
  ["account.name", "a".repeat(33), `'${"a".repeat(33)}' ${notAccount}`],
  ["account.name", "", `'' ${notAccount}`],
  ["account.name", "app\n", `'app\ufffd' ${notAccount}`],
  ["account.create", "true", "'true' is not true or false; write one"],
  ["account.uid", 999, "'999' is out of range; use 1000 to 59999"],
  ["account.uid", 60_000, "'60000' is out of range; use 1000 to 59999"],
  ["account.home", "srv/app", `'srv/app' ${notPath}`],
  ["account.home", "/", `'/' ${notPath}`],
  ["account.home", "/srv/../etc", `'/srv/../etc' ${notPath}`],
  ["account.home", "/srv/app/", `'/srv/app/' ${notPath}`],
  ["account.home", "/srv\n/app", `'/srv\ufffd/app' ${notPath}`],
  ["account.shell", "bash", `'bash' ${notPath}`],
  ["account.authorizedKeys", "ssh-ed25519 AAAA", "'ssh-ed25519 AAAA' is not a list; write one"],
  [
    "account.authorizedKeys",
    ["ssh-ed25519 AAAA", 7],
    "'7' is not a string; write one",
    "account.authorizedKeys[1]",
  ],
  [
    "account.authorizedKeys",
    ["not a key"],
    `'not a key' ${notAuthorizedKey}`,
    "account.authorizedKeys[0]",
  ],
  [
    "account.authorizedKeys",
    ["ssh-ed25519 AAAA\nssh-rsa BBBB"],
    "'ssh-ed25519 AAAA\ufffdssh-rsa BBBB' has a line break; write it on one line",
    "account.authorizedKeys[0]",
  ],
  [
    "account.authorizedKeys",
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"],
    "the value is a private key; keep that secret, and write the public key from the file NAME.pub",
    firstKey,
  ],
  [
    "account.authorizedKeys",
    ["-----BEGIN OPENSSH PRIVATE KEY-----", "b3BlbnNz", "-----END OPENSSH PRIVATE KEY-----"],
    "contains a private key; keep that secret, and write the public key instead",
  ],
  [
    "account.authorizedKeys",
    ["-----BEGIN", "PRIVATE", "KEY-----", "b3BlbnNz", "-----END", "PRIVATE", "KEY-----"],
    "contains a private key; keep that secret, and write the public key instead",
  ],
  [
    "account.authorizedKeys",
    [`b3BlbnNzaC1r${"A".repeat(58)}`],
    `the value ${notAuthorizedKey}`,
    "account.authorizedKeys[0]",
  ],
  [
    "account.groups",
    [],
    "no such option; use name, create, uid, home, shell, authorizedKeys, subordinateIds, cgroupControllers",
  ],
  ["account.subordinateIds.count", 65_535, "'65535' is out of range; use 65536 to 1000000000"],
  ["account.subordinateIds.count", 1e10, "'10000000000' is out of range; use 65536 to 1000000000"],
  ["account.subordinateIds.uidStart", 0, "'0' is out of range; use 65536 to 4294901759"],
  [
    "account.subordinateIds.gidStart",
    4_294_901_760,
    "'4294901760' is out of range; use 65536 to 4294901759",
  ],
  ["account.subordinateIds.start", 1, "no such option; use count, uidStart, gidStart"],
  ["account.cgroupControllers", "cpu", "'cpu' is not a list; write one"],
  [
    "account.cgroupControllers",
    ["cpu", "net_cls"],
    "'net_cls' is not a controller that containers use; choose from cpu, cpuset, io, memory, pids",
    "account.cgroupControllers[1]",
  ],
  ["account.name", "nobody", `'nobody' ${ofTheSystem}`],
  ["account.name", "www-data", `'www-data' ${ofTheSystem}`],
  ["account.name", "a:b", `'a:b' ${notAccount}`],
  ["account.name", "\u202eppa", `'\ufffdppa' ${notAccount}`],
  ["account.name", "ä", `'ä' ${notAccount}`],
  ["account.home", "/srv/a:b", `'/srv/a:b' ${notPath}`],
  ["account.home", "/srv/a\u001b", `'/srv/a\ufffd' ${notPath}`],
  [
    "account.home",
    "/srv/a,b",
    "'/srv/a,b' has a comma, percent sign, double quote, backslash, asterisk, question mark or bracket in it, which the overlay mount, dockerd or systemd interprets; write a path without them",
  ],
  [
    "account.home",
    "/srv/50%h",
    "'/srv/50%h' has a comma, percent sign, double quote, backslash, asterisk, question mark or bracket in it, which the overlay mount, dockerd or systemd interprets; write a path without them",
  ],
  [
    "account.home",
    "/srv/we*",
    "'/srv/we*' has a comma, percent sign, double quote, backslash, asterisk, question mark or bracket in it, which the overlay mount, dockerd or systemd interprets; write a path without them",
  ],
  [
    "account.home",
    "/var/lib/rootless-docker/x",
    "'/var/lib/rootless-docker/x' belongs to other programs; write one of the account's own, such as /srv/docker",
  ],
  [
    "account.home",
    "/etc/app",
    "'/etc/app' is a directory of the system; write one of the account's own, such as /srv/docker",
  ],
  ["account.shell", "/bin/sh:x", `'/bin/sh:x' ${notPath}`],
  ["account.uid", -0, "'0' is out of range; use 1000 to 59999"],
  // Ids of accounts and of containers cannot meet: the one end below where the others begin.
  ["account.uid", 100_000, "'100000' is out of range; use 1000 to 59999"],
  [
    "account.authorizedKeys",
    ["# ssh-ed25519 AAAA"],
    `'# ssh-ed25519 AAAA' ${notAuthorizedKey}`,
    firstKey,
  ],
  [
    "account.authorizedKeys",
    ["a b ssh-ed25519 AAAA"],
    `'a b ssh-ed25519 AAAA' ${notAuthorizedKey}`,
    firstKey,
  ],
  [
    "account.authorizedKeys",
    ["ssh-ed25519 AA$(id)"],
    `'ssh-ed25519 AA$(id)' ${notAuthorizedKey}`,
    firstKey,
  ],
  ["account.authorizedKeys", ["~/.ssh/id.pub"], `'~/.ssh/id.pub' ${notAuthorizedKey}`, firstKey],
  [
    "account.authorizedKeys",
    [""],
    "'' is empty; write something, or leave the option out",
    firstKey,
  ],
  [
    "account.subordinateIds.count",
    2 ** 32,
    "'4294967296' is out of range; use 65536 to 1000000000",
  ],
  ["account.subordinateIds.count", NaN, "'NaN' is not a whole number; write one"],
  ["account.subordinateIds.uidStart", 65_535, "'65535' is out of range; use 65536 to 4294901759"],
  [
    "account.subordinateIds.gidStart",
    2 ** 32,
    "'4294967296' is out of range; use 65536 to 4294901759",
  ],
  [
    "account.subordinateIds",
    { count: 1_000_000_000, gidStart: 3_294_967_296 },
    "'3294967296' is out of range; use 65536 to 3294967295",
    "account.subordinateIds.gidStart",
  ],
];

export const accepted: Accepted[] = [
  ["account.name", "_a-1"],
  ["account.uid", 59_999],
  // A daemon ran in each of them.
  ["account.home", "/srv/it's"],
  ["account.home", "/srv/$(id)"],
  ["account.home", "/srv/ü→"],
  ["account.home", "/srv/-rf"],
  ["account.home", "/srv/#x;y&z"],
  ["account.authorizedKeys", ['command="x y",restrict sk-ssh-ed25519@openssh.com AAAA']],
  ["account.authorizedKeys", ['environment="A=\\"b c\\"" ssh-rsa\tAAAA== $(id) ü']],
  ["account.subordinateIds.count", 1_000_000_000],
  ["account.subordinateIds.uidStart", 65_536],
  ["account.subordinateIds.gidStart", 4_294_901_759],
  // systemd-nspawn hands out ids from here on too, but so does shadow.
  ["account.subordinateIds.uidStart", 524_288],
  ["account.cgroupControllers", []],
];

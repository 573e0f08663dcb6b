import * as pulumi from "@pulumi/pulumi";
import { pending } from "../../../src/validation/reader";
import type { Accepted, Refused } from "../../support/arguments";

const notEnvironment = "is not the name of an environment variable; use letters, digits and '_'";
const notDaemonKey =
  "is not a key of daemon.json; use the names that dockerd documents, such as log-level";
const notJson =
  "has a value that JSON cannot represent exactly; use strings, numbers, true, false, lists and objects";
const notPath =
  "is not an absolute path without '.', '..', colons and control characters; write one such as /srv/app";
const notForOverlay =
  "has a comma, percent sign, double quote, backslash, asterisk, question mark or bracket in it, which the overlay mount, dockerd or systemd interprets; write a path without them";
const ofTheSystem =
  "is a directory of the system; write one of the account's own, such as /srv/docker";
const ofOthers = "belongs to other programs; write one of the account's own, such as /srv/docker";
const notMirror = "is not the address of a mirror; write one such as https://mirror.example";
const notProxy =
  "is not the address of a proxy; write one such as http://proxy.example:3128, with percent encoding for special characters of a password";
const refusedBySystemd =
  "has a control character, or a code point that is not a character, which not every systemd accepts; leave it out";
const tooLong = "is longer than 65,536 bytes; shorten it";

const notCalendar = "is not a calendar event of systemd; write one such as daily or Sun 03:00";
const notAge = "is not an age; write hours, minutes and seconds, such as 168h or 1h30m";
const notSection = "is not a section of the daemon's unit; use Unit or Service";
const notDirective =
  "is not the name of a directive; write it as systemd.unit does, such as MemoryMax";
const brokenLine =
  "has a line break or another control character in it; write a list to give the directive several times";

/** A row of one directive. */
const directive = (name: string, value: unknown, reason: string): Refused => {
  const [section, key] = name.split(".");
  return ["unitOverrides", { [section]: { [key]: value } }, reason, `unitOverrides.${name}`];
};

export const refused: Refused[] = [
  ["prune", "daily", "'daily' is not an object; write one"],
  ...["", "%n", "$(id)"].map((when): Refused => [
    "prune.schedule",
    when,
    `'${when}' ${notCalendar}`,
  ]),
  ["prune.schedule", "daily\nUnit=x", `'daily\\nUnit=x' ${notCalendar}`],
  ["prune.until", "7d", `'7d' ${notAge}`],
  ["prune.until", "", `'' ${notAge}`],
  ["prune.until", "1h 2m", `'1h 2m' ${notAge}`],
  ["prune.all", "yes", "'yes' is not true or false; write one"],
  ["prune.volumes", true, "no such option; use schedule, until, all"],
  ["unitOverrides", "MemoryMax=4G", "'MemoryMax=4G' is not an object; write one"],
  ["unitOverrides", { service: {} }, `'service' ${notSection}`],
  ["unitOverrides", { Timer: {} }, `'Timer' ${notSection}`],
  [
    "unitOverrides",
    { Install: { WantedBy: "x.target" } },
    "'Install' is for 'systemctl enable', but this package enables the unit itself; leave it out",
  ],
  ["unitOverrides.Service", ["MemoryMax=4G"], `'["MemoryMax=4G"]' is not an object; write one`],
  ["unitOverrides.Service", { memorymax: 1 }, `'memorymax' ${notDirective}`],
  ["unitOverrides.Service", { "A\nB": 1 }, `'A\\nB' ${notDirective}`],
  directive("Service.MemoryMax", "4G\nUser=root", brokenLine),
  directive("Service.ExecStartPre", ["/bin/true", "/bin/false\r"], brokenLine),
  directive(
    "Service.MemoryMax",
    "4G\\",
    "ends with a backslash, after which systemd continues on the next line; leave it out",
  ),
  directive(
    "Service.MemoryMax",
    { max: 1 },
    `has a value that a unit cannot represent ('{"max":1}'); use a string, a number, true, false or a list of these`,
  ),
  directive("Service.MemoryMax", [], "has no value; write one, or leave it out"),
  directive("Service.MemoryMax", "x".repeat(65_537), tooLong),
  ...["ExecStart", "Type", "NotifyAccess", "RemainAfterExit"].map((name) =>
    directive(
      `Service.${name}`,
      "x",
      "determines how the daemon starts and reports that it runs; leave it out",
    ),
  ),
  ...["Environment", "EnvironmentFile"].map((name) =>
    directive(`Service.${name}`, "A=b", "belongs in environment; use that option"),
  ),
  directive(
    "Service.SetCredential",
    "token:s3cret",
    "would be in a file that other users may read; use environment, or LoadCredential with a file of the account",
  ),
  directive(
    "Service.User",
    "root",
    "is unsupported in a unit of an account's own systemd; leave it out",
  ),
  directive(
    "Service.Delegate",
    false,
    "is required for limits of containers; use account.cgroupControllers",
  ),
  directive(
    "Service.KillMode",
    "process",
    "would leave processes of the daemon behind, which keep it from starting again; leave it out",
  ),
  directive(
    "Unit.RefuseManualStop",
    true,
    "would keep the daemon from being started or stopped; leave it out",
  ),
  [
    "network.driver",
    "vpnkit",
    "'vpnkit' is not one of auto, slirp4netns, pasta, gvisor-tap-vsock; choose one",
  ],
  ["network.mtu", 1279, "'1279' is out of range; use 1280 to 65520"],
  ["network.mtu", 65521, "'65521' is out of range; use 1280 to 65520"],
  ["network.ipv6", 6, "'6' is not true or false; write one"],
  [
    "network",
    { driver: "gvisor-tap-vsock", portDriver: "slirp4netns" },
    "'slirp4netns' does not work with the network driver gvisor-tap-vsock; choose builtin",
    "network.portDriver",
  ],
  [
    "network",
    { driver: "gvisor-tap-vsock", ipv6: true },
    "it does not work with the network driver gvisor-tap-vsock; choose slirp4netns or pasta",
    "network.ipv6",
  ],
  ["network.hostLoopback", 1, "'1' is not true or false; write one"],
  [
    "network",
    { driver: "pasta", portDriver: "builtin" },
    "'builtin' does not work with the network driver pasta; choose implicit",
    "network.portDriver",
  ],
  [
    "network.portDriver",
    "implicit",
    "'implicit' works with the network driver pasta only; choose that, or builtin",
  ],
  [
    "daemon.log-opts",
    { "max-file": 3 },
    "'3' is not a string; write one",
    "daemon.log-opts.max-file",
  ],
  [
    "daemon.log-opts",
    { "max-sise": "1m" },
    "is not an option of the log driver json-file; use max-size, max-file, compress, labels, labels-regex, env, env-regex, tag, mode, max-buffer-size, cache-disabled, cache-max-size, cache-max-file, cache-compress",
    "daemon.log-opts.max-sise",
  ],
  [
    "daemon",
    { "log-driver": "local", "log-opts": { tag: "{{.Name}}" } },
    "is not an option of the log driver local; use max-size, max-file, compress, mode, max-buffer-size, cache-disabled, cache-max-size, cache-max-file, cache-compress",
    "daemon.log-opts.tag",
  ],
  ["daemon", ["debug"], `'["debug"]' is not an object; write one`],
  ["daemon", { "Log Level": 1 }, `'Log Level' ${notDaemonKey}`],
  ["daemon", { "../x": 1 }, `'../x' ${notDaemonKey}`],
  ["daemon.storage-driver", "vfs", "'vfs' is set by storageDriver; use that option"],
  [
    "daemon.hosts",
    ["tcp://0.0.0.0:2375"],
    `'["tcp://0.0.0.0:2375"]' is set by the rootless start script; leave it out, and use the output dockerHost over SSH, or tcpSocket`,
  ],
  [
    "daemon.userns-remap",
    "default",
    "'default' is unsupported in rootless mode, which is a user namespace already; leave it out",
  ],
  ["daemon.data-root", "data", `'data' ${notPath}`],
  ["daemon.data-root", 7, "'7' is not a string; write one"],
  ["daemon.log-level", "a\0b", notJson],
  ["environment", "A=1", "the value is not an object; write one"],
  ["environment", { "A B": "1" }, `'A B' ${notEnvironment}`],
  ["environment", { "1A": "1" }, `'1A' ${notEnvironment}`],
  ["environment.PATH", "/bin", "is set by the daemon's unit; leave it out"],
  ["environment.A", 1, "is not a string; write one"],
  ["environment.A", "a\u0001b", refusedBySystemd],
  ["environment.A", "a\rb", refusedBySystemd],
  ["environment.A", "\ud800", refusedBySystemd],
  ["onDestroy", "keep", "'keep' is not an object; write one"],
  ["onDestroy.data", "Drop", "'Drop' is not one of keep, delete; choose one"],
  ["onDestroy.images", true, "no such option; use data"],
  [
    "daemon.pidfile",
    "/srv/docker.pid",
    "'/srv/docker.pid' is unsupported, because other programs look for docker.pid in XDG_RUNTIME_DIR; leave it out",
  ],
  ["network.mtu", 1500.5, "'1500.5' is not a whole number; write one"],
  ["daemon", { Hosts: 1 }, `'Hosts' ${notDaemonKey}`],
  ["daemon", JSON.parse('{ "__proto__": 1 }'), `'__proto__' ${notDaemonKey}`],
  ["daemon.data-root", "/", `'/' ${notPath}`],
  ["daemon.data-root", "/srv/../etc", `'/srv/../etc' ${notPath}`],
  ["daemon.data-root", "/srv/a\nb", `'/srv/a\\nb' ${notPath}`],
  ["daemon.data-root", "/etc/docker", `'/etc/docker' ${ofTheSystem}`],
  ["daemon.data-root", "/usr", `'/usr' ${ofTheSystem}`],
  ["daemon.data-root", "/proc/self/cwd", `'/proc/self/cwd' ${ofTheSystem}`],
  ["daemon.data-root", "/dev/shm", `'/dev/shm' ${ofTheSystem}`],
  ["daemon.data-root", "/sys/fs", `'/sys/fs' ${ofTheSystem}`],
  ["daemon.data-root", "/run/docker", `'/run/docker' ${ofTheSystem}`],
  ["daemon.data-root", "/boot/docker", `'/boot/docker' ${ofTheSystem}`],
  ["daemon.data-root", "/var/lib/docker", `'/var/lib/docker' ${ofOthers}`],
  ["daemon.data-root", "/var/lib/rootless-docker/x", `'/var/lib/rootless-docker/x' ${ofOthers}`],
  ["daemon.registry-mirrors", "https://m.example", "'https://m.example' is not a list; write one"],
  ...["m.example", "ftp://m.example", "https://m.example:99999", "https://"].map(
    (mirror): Refused => [
      "daemon.registry-mirrors",
      [mirror],
      `'${mirror}' ${notMirror}`,
      "daemon.registry-mirrors[0]",
    ],
  ),
  [
    "daemon.registry-mirrors",
    ["https://m.example/?access_token=HIDDEN"],
    `the value ${notMirror}`,
    "daemon.registry-mirrors[0]",
  ],
  [
    "daemon.registry-mirrors",
    ["https://m.example/#token=HIDDEN"],
    `the value ${notMirror}`,
    "daemon.registry-mirrors[0]",
  ],
  [
    "daemon.registry-mirrors",
    ["https://user:pw@m.example"],
    "the value has a user name or a password in it, which dockerd refuses; leave them out",
    "daemon.registry-mirrors[0]",
  ],
  [
    "daemon.proxies",
    { "http-proxy": "proxy example" },
    `the value ${notProxy}`,
    "daemon.proxies.http-proxy",
  ],
  [
    "daemon.proxies",
    { "https-proxy": "http://user:100%@proxy.example" },
    `the value ${notProxy}`,
    "daemon.proxies.https-proxy",
  ],
  ["daemon.proxies", "http://proxy", "the value is not an object; write one"],
  ...[",", "%", '"', "\\"].map((character): Refused => [
    "daemon.data-root",
    `/srv/a${character}b`,
    `'/srv/a${character}b' ${notForOverlay}`,
  ]),
  ["daemon.data-root", "/srv/a:b", `'/srv/a:b' ${notPath}`],
  ["daemon.data-root", "/srv/a\u007fb", `'/srv/a\\u007fb' ${notPath}`],
  ["daemon.cgroup-parent", "/foo", "'/foo' is not a systemd slice; write one such as docker.slice"],
  [
    "daemon.bridge",
    "br0",
    "'br0' is a bridge that does not exist in RootlessKit's network; set it to none, or leave it out",
  ],
  [
    "daemon.containerd",
    "/run/containerd/containerd.sock",
    "'/run/containerd/containerd.sock' is root's containerd, which the account cannot use; leave it out",
  ],
  [
    "daemon.rootless",
    false,
    "'false' is unsupported, because the daemon always runs rootless; leave it out",
  ],
  ["daemon.mtu", NaN, notJson],
  ["daemon.seccomp-profile", new pulumi.asset.FileAsset("a.json"), notJson],
  ["daemon.mtu", Infinity, notJson],
  ["daemon.mtu", 2 ** 53, notJson],
  ["daemon.mtu", 1e21, notJson],
  ["daemon.mtu", 10n, notJson],
  ["daemon.labels", [undefined], notJson],
  ["daemon.labels", ["\ud800"], notJson],
  ["daemon.log-opts", { "\0": "a" }, notJson],
  ["daemon.labels", ["x".repeat(70_000)], tooLong],
  ["environment", JSON.parse('{ "__proto__": "1" }'), `'__proto__' ${notEnvironment}`],
  ["daemon.log-opts", JSON.parse('{ "__proto__": "1" }'), notJson],
  ["environment", { "": "1" }, `'' ${notEnvironment}`],
  ["environment", { "A=B": "1" }, `'A=B' ${notEnvironment}`],
  ["environment", { "A\n": "1" }, `'A\\n' ${notEnvironment}`],
  ["environment.A", "a\ufffeb", refusedBySystemd],
  ["environment.A", "\u{1ffff}", refusedBySystemd],
  ["environment.A", "\ufdd0", refusedBySystemd],
  ["environment.A", "\u007f", refusedBySystemd],
  ["environment.A", "ä".repeat(40_000), tooLong],
  [
    "environment",
    Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`A${i}`, "x".repeat(65_000)])),
    "has 1105075 bytes in all; use 1048576 at most",
  ],
  ...["HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"].map((name): Refused => [
    `environment.${name}`,
    "/x",
    "is set by the daemon's unit; leave it out",
  ]),
  ...["NOTIFY_SOCKET", "MAINPID"].map((name): Refused => [
    `environment.${name}`,
    "1",
    "is reserved for systemd; leave it out",
  ]),
  ["environment.OPTIND", "x", "is reserved for the shell; leave it out"],
  ["environment.PS4", "$(id)", "is reserved for the shell; leave it out"],
  [
    "environment.XDG_CONFIG_HOME",
    "/x",
    "would hide daemon.json from the daemon; leave it out, and use daemon",
  ],
  [
    "environment.XDG_DATA_HOME",
    "/x",
    "moves the daemon's data; leave it out, and use data-root in daemon",
  ],
  ...["_DOCKERD_ROOTLESS_CHILD", "_ROOTLESSKIT_PIPEFD_UNDOCUMENTED"].map((name): Refused => [
    `environment.${name}`,
    "1",
    "is reserved for RootlessKit; leave it out",
  ]),
  [
    "environment.DOCKERD",
    "/opt/dockerd",
    "would start another program than the engine's; leave it out",
  ],
  ...["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "BASH_ENV", "ENV"].map((name): Refused => [
    `environment.${name}`,
    "/x",
    "puts other code into the daemon's processes; leave it out",
  ]),
  ...["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].flatMap((name) =>
    ["proxy example", "ftp://proxy.example", "http://user:p%w@proxy", "http://", "proxy:x"].map(
      (value): Refused => [`environment.${name}`, value, notProxy],
    ),
  ),
  ["operations.recheck", "a\nb", "'a\\nb' has a line break; write it on one line"],
  ["operations.recheck", 7, "'7' is not a string; write one"],
  ["operations.takeOver", "yes", "'yes' is not true or false; write one"],
];

export const accepted: Accepted[] = [
  ...[
    ...["daily", "weekly", "Sun 03:00", "Mon..Fri *-*-* 10:00", "Sat,Sun 03:30:00 Europe/Berlin"],
    ...[
      "*-*-01 04:00",
      "*-*~1 01:00",
      "*:0/15",
      "2026-12-24",
      "Mon",
      "hourly UTC",
      "*-1,7-1 0:0:0.5",
    ],
  ].map((schedule): Accepted => ["prune", { schedule, until: "1h30m" }]),
  ["prune", null],
  ["prune", {}],
  ["unitOverrides", {}],
  [
    "unitOverrides",
    {
      Unit: { After: "nfs.mount", StartLimitBurst: 3 },
      Service: {
        MemoryMax: "4G",
        LimitNOFILE: 1_048_576,
        PrivateTmp: false,
        ExecStartPre: ["", "/bin/true"],
      },
    },
  ],
  ["unitOverrides", { Service: { Restart: "on-failure", ExecStopPost: "/bin/echo %n $RESULT" } }],
  // json-file is the driver of a daemon.json that names none.
  ["daemon.log-opts", { tag: "{{.Name}}", labels: "a,b", "env-regex": "^A" }],
  ["daemon.log-opts", { "cache-disabled": "true", "cache-max-size": "1m", mode: "non-blocking" }],
  ["daemon", { "log-driver": "local", "log-opts": { "cache-compress": "false" } }],
  ["daemon", { "log-driver": "syslog", "log-opts": { "syslog-format": "rfc5424" } }],
  ["unitOverrides", { Service: { ExecStartPre: [pending, "/bin/true"], Nice: pending } }],
  ["daemon.data-root", "/srv/data"],
  ["daemon.data-root", "/etcetera"],
  ["daemon.data-root", "/var/lib/docker-of-app"],
  ["daemon.data-root", null],
  ["daemon.builder", { "max-size": "10m", "max-file": 3, compress: true, "0.5": -0.5, x: null }],
  ["daemon.registry-mirrors", ["https://m.example", "http://[::1]:5000/a"]],
  ["daemon.proxies", { "http-proxy": "http://user:p%25w@proxy.example:3128", "no-proxy": "*" }],
  // Each of them was tried with a daemon that started and ran a container.
  ["daemon.exec-root", "/run/user/1000/exec"],
  ["daemon.group", "docker"],
  ["daemon.cgroup-parent", "docker.slice"],
  ["daemon.bridge", "none"],
  ["daemon.fixed-cidr", "172.17.0.0/24"],
  ["daemon.bip", "10.99.0.1/24"],
  ["daemon.iptables", false],
  ["daemon.ip-forward", false],
  ["daemon.live-restore", true],
  ["daemon.selinux-enabled", true],
  ["daemon.no-new-privileges", true],
  ["daemon.userland-proxy", false],
  ["daemon.seccomp-profile", "unconfined"],
  ["daemon.exec-opts", ["native.cgroupdriver=cgroupfs"]],
  ["daemon.data-root", "/srv/a b/x'$(id)"],
  ["environment.USER", "nobody"],
  ["environment.DOCKER_HOST", "tcp://192.0.2.1:5"],
  ["environment.DOCKERD_ROOTLESS_ROOTLESSKIT_STATE_DIR", "/run/user/1000/other"],
  ["environment.A", "tab\tbreak\n' \" $(id) \\ ü"],
  ["environment.A", ""],
  ["environment.A", null],
  ["environment.DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS", "--debug"],
  ["environment.DOCKERD_ROOTLESS_ROOTLESSKIT_SLIRP4NETNS_SANDBOX", "false"],
  ...["", "proxy.example", "proxy.example:3128", "socks5://user:p%25w@[::1]:1080/"].map(
    (value): Accepted => ["environment.HTTPS_PROXY", value],
  ),
  ["environment.NO_PROXY", "localhost,.example"],
];

import { type Accepted, armored, type Refused } from "../../support/arguments";

const sums = { sha256: "0".repeat(64), rootlessExtrasSha256: "0".repeat(64) };
const notWithoutArchive =
  "requires the source static-archive; leave it out, or set engine.source to that";
const notForDistribution =
  "requires the source docker-repository; leave it out, or set engine.source to that";
const notVersion =
  "is not a version of an engine's package; write one such as 26.1.5 or 26.1.5+dfsg1-9, or leave it out for the newest package";
const notRange =
  "is not a range of group ids; write two of 0 to 2147483647, such as '0 2147483647'";
const notSetting =
  "is not the name of a kernel setting; write it with dots, as sysctl does, such as kernel.keys.maxkeys";
const notOption =
  "is not an option of a kernel module; write MODULE.PARAMETER, such as overlay.permit_mounts_in_userns";
const notOptionValue = "is not the value of a module's option; write a string such as '1'";

const groups = "net.ipv4.ping_group_range";

/** A kernel setting's row. */
const sysctl = (name: string, value: unknown, reason: string): Refused => [
  "kernel.sysctls",
  { [name]: value },
  reason,
  `kernel.sysctls.${name}`,
];

/** A module option's row. */
const option = (name: string, value: unknown, reason: string): Refused => [
  "kernel.moduleOptions",
  { [name]: value },
  reason,
  `kernel.moduleOptions.${name}`,
];

export const refused: Refused[] = [
  [
    "engine",
    { source: "preinstalled", version: "26" },
    "pins what is installed, but the source 'preinstalled' installs nothing; leave it out",
    "engine.version",
  ],
  [
    "engine.mirror",
    "https://mirror.example/linux",
    "requires the source docker-repository or static-archive; leave it out, or set engine.source to one of them",
  ],
  ["engine.sha256", "0".repeat(64), notWithoutArchive],
  ["engine.rootlessExtrasSha256", "0".repeat(64), notWithoutArchive],
  [
    "engine.sha256",
    "00",
    "'00' is not a SHA-256; write the 64 lower-case hexadecimal digits that sha256sum prints",
  ],
  [
    "engine",
    { source: "static-archive" },
    "is missing; write one such as 29.8.1",
    "engine.version,engine.sha256,engine.rootlessExtrasSha256",
  ],
  [
    "engine",
    { source: "static-archive", version: "5:29.8.1-1~debian", ...sums },
    "'5:29.8.1-1~debian' is not a whole version; write one such as 29.8.1",
    "engine.version",
  ],
  ["engine.mirrorKey", armored("mQ=="), notForDistribution],
  ...[
    ["ftp://mirror.example", "'ftp://mirror.example'"],
    ["https://mirror.example/linux?a=b", "the value"],
    // Not even in the message.
    ["https://user:s3cret@mirror.example", "the value"],
  ].map(([mirror, shown]): Refused => [
    "engine",
    { source: "docker-repository", mirror },
    `${shown} is not the URL of a folder; write one such as https://mirror.example/docker/linux, without a login or a query`,
    "engine.mirror",
  ]),
  [
    "engine",
    { source: "docker-repository", mirrorKey: "9DC8" },
    "'9DC8' is not a public key; write the text of the mirror's file gpg, one block -----BEGIN PGP PUBLIC KEY BLOCK-----",
    "engine.mirrorKey",
  ],
  [
    "engine.source",
    "Snap",
    "'Snap' is not one of distribution, docker-repository, static-archive, preinstalled; choose one",
  ],
  ["engine.version", "latest", `'latest' ${notVersion}`],
  ["engine.version", "-1", `'-1' ${notVersion}`],
  ["engine.version", "26;id", `'26;id' ${notVersion}`],
  [
    "engine.channel",
    "x",
    "no such option; use source, version, mirror, mirrorKey, sha256, rootlessExtrasSha256, plugins",
  ],
  ["engine.plugins", "buildx", "'buildx' is not a list; write one"],
  [
    "engine.plugins",
    ["Buildx"],
    "'Buildx' is not one of buildx, compose; did you mean buildx?",
    "engine.plugins[0]",
  ],
  [
    "engine",
    { source: "static-archive", version: "29.8.1", ...sums, plugins: ["compose"] },
    "are not in static archives; leave the option out, or set engine.source to docker-repository or distribution",
    "engine.plugins",
  ],
  ["rootfulDocker", "Stop", "'Stop' is not one of refuse, keep, disable, purge; choose one"],
  ["rootfulDocker", 1, "'1' is not one of refuse, keep, disable, purge; write one"],
  [
    "rootfulDocker",
    "Keep",
    "'Keep' is not one of refuse, keep, disable, purge; did you mean keep?",
  ],
  [
    "storageDriver",
    "FuseOverlayfs",
    "'FuseOverlayfs' is not one of auto, overlay2, fuse-overlayfs, btrfs, vfs; did you mean fuse-overlayfs?",
  ],
  [
    "storageDriver",
    "zfs",
    "'zfs' is not one of auto, overlay2, fuse-overlayfs, btrfs, vfs; choose one",
  ],
  ["privilegedPorts", "All", "'All' is not one of none, file-capability, sysctl; choose one"],
  ["connection.privilegeEscalation", "su", "'su' is not one of auto, sudo, doas, none; choose one"],
  [
    "acceptedAdvisories",
    [""],
    "'' is empty; write something, or leave the option out",
    "acceptedAdvisories[0]",
  ],
  ["agentTransfer", "Scp", "'Scp' is not one of sftp, stdin; choose one"],
  ["operations.restarts", "Never", "'Never' is not one of allow, refuse; choose one"],
  [
    "operations.driftDetection",
    "Never",
    "'Never' is not one of preview, required, none; choose one",
  ],
  ["kernel", true, "'true' is not an object; write one"],
  ["kernel.unprivilegedPing", "no", "'no' is not true or false; write one"],
  [
    "kernel.sysctl",
    {},
    "no such option; did you mean sysctls? The options are sysctls, unprivilegedPing, moduleOptions, appArmorProfile",
  ],
  ["operations", "refuse", "'refuse' is not an object; write one"],
  [
    "operations.restart",
    "refuse",
    "no such option; did you mean restarts? The options are restarts, driftDetection, recheck, takeOver",
  ],
  sysctl(groups, "0-5", `'0-5' ${notRange}`),
  sysctl(groups, "0 2147483648", `'0 2147483648' ${notRange}`),
  sysctl(groups, "0\t5", `'0\\t5' ${notRange}`),
  [
    "kernel.sysctls",
    { "net/ipv4": "1" },
    "'net/ipv4' is not the name of a kernel setting; write it with dots, as sysctl does, such as kernel.keys.maxkeys",
  ],
  [
    "kernel.sysctls",
    { "net.ipv4.ip_unprivileged_port_start": "0" },
    "'0' is set by privilegedPorts; use that option",
    "kernel.sysctls.net.ipv4.ip_unprivileged_port_start",
  ],
  [
    "kernel.sysctls",
    { "kernel.keys.maxkeys": 2000 },
    "'2000' is not a string; write the value in quotes",
    "kernel.sysctls.kernel.keys.maxkeys",
  ],
  [
    "kernel.sysctls",
    { "vm.swappiness": "1\nvm.overcommit_memory=1" },
    "'1\\nvm.overcommit_memory=1' has a line break; write it on one line",
    "kernel.sysctls.vm.swappiness",
  ],
  [
    "kernel.moduleOptions",
    { overlay: "1" },
    "'overlay' is not an option of a kernel module; write MODULE.PARAMETER, such as overlay.permit_mounts_in_userns",
  ],
  [
    "kernel.moduleOptions",
    { "overlay.metacopy": "1 redirect_dir=1" },
    "'1 redirect_dir=1' is not the value of a module's option; write a string such as '1'",
    "kernel.moduleOptions.overlay.metacopy",
  ],
  ["kernel.appArmorProfile", "Always", "'Always' is not one of auto, none; choose one"],
  ["engine", "docker.io", "'docker.io' is not an object; write one"],
  [
    "engine.source",
    1,
    "'1' is not one of distribution, docker-repository, static-archive, preinstalled; write one",
  ],
  ["privilegedPorts", true, "'true' is not one of none, file-capability, sysctl; write one"],
  ["engine.version", `1${"0".repeat(128)}`, `'1${"0".repeat(76)}...' ${notVersion}`],
  ["engine.version", ":26.1.5", `':26.1.5' ${notVersion}`],
  sysctl(groups, "010 20", `'010 20' ${notRange}`),
  sysctl(groups, "0 5 ", `'0 5 ' ${notRange}`),
  ["kernel.sysctls", { "kernel..x": "1" }, `'kernel..x' ${notSetting}`],
  ["kernel.sysctls", { "-kernel.x": "1" }, `'-kernel.x' ${notSetting}`],
  sysctl("vm.swappiness", "", "'' is empty; write something, or leave the option out"),
  sysctl(
    "vm.swappiness",
    "1\0",
    "'1\\u0000' has a control character in it; put one space between words",
  ),
  sysctl(
    "net.ipv4.tcp_rmem",
    "1\t2",
    "'1\\t2' has a control character in it; put one space between words",
  ),
  sysctl(
    "net.ipv4.tcp_rmem",
    "1  2",
    "'1  2' has spaces other than single ones between words; leave them out",
  ),
  sysctl(
    "vm.swappiness",
    " 1",
    "' 1' has spaces other than single ones between words; leave them out",
  ),
  sysctl("vm.swappiness", ">= 1", "'>= 1' is not a value; write the number itself"),
  sysctl(
    "kernel.core_pattern",
    "\ud800",
    "'\\ud800' is not well-formed Unicode; leave lone surrogates out",
  ),
  sysctl(
    "kernel.core_pattern",
    "x".repeat(1025),
    "the value is longer than 1024 characters; shorten it",
  ),
  sysctl(
    "kernel.unprivileged_userns_clone",
    "0",
    "'0' would keep containers from running; use 1 or more, or leave it out",
  ),
  sysctl(
    "user.max_user_namespaces",
    "0",
    "'0' would keep containers from running; use 1 or more, or leave it out",
  ),
  sysctl(
    "user.max_net_namespaces",
    "0",
    "'0' would keep containers from running; use 1 or more, or leave it out",
  ),
  ["kernel.moduleOptions", { "-overlay.a": "1" }, `'-overlay.a' ${notOption}`],
  option("overlay.a", 1, `'1' ${notOptionValue}`),
  option("overlay.a", "1\\", `'1\\' ${notOptionValue}`),
  option("overlay.a", "", `'' ${notOptionValue}`),
];

export const accepted: Accepted[] = [
  ["engine.version", "26"],
  ["kernel.sysctls", { [groups]: "1 0" }],
  ["kernel.sysctls", { "kernel.core_pattern": "|/usr/bin/x -p%p 'ü' $(id)" }],
  ["kernel.sysctls", { "user.max_user_namespaces": "20", "kernel.unprivileged_userns_clone": "1" }],
  ["kernel.sysctls", { "net.ipv4.tcp_rmem": "4096 131072 6291456" }],
  ["kernel.moduleOptions", { "overlay.permit_mounts_in_userns": "1" }],
  ["kernel.moduleOptions", { "usb-storage.quirks": "0123:4567:u,89ab:cdef:i" }],
];

import { type Accepted, armored, type Refused } from "../../support/arguments";

const sums = { sha256: "0".repeat(64), rootlessExtrasSha256: "0".repeat(64) };
const notWithoutArchive = "is StaticArchive's; leave it out, or set engine.source to it";
const notForDistribution = "is DockerRepository's; leave it out, or set engine.source to it";
const notVersion =
  "is not a version of an engine's package; write one such as 26.1.5 or 26.1.5+dfsg1-9, or leave it out for the newest package";
const notRange =
  "is not a range of group ids; write two of 0 to 2147483647, such as '0 2147483647'";
const notSetting =
  "is not the name of a kernel setting; write it with dots, as sysctl does, such as kernel.keys.maxkeys";
const notOption =
  "is not an option of a kernel module; write MODULE.PARAMETER, such as overlay.permit_mounts_in_userns";
const notOptionValue = "is not the value of a module's option; write a text such as '1'";

/** A kernel setting's row. */
const sysctl = (name: string, value: unknown, reason: string): Refused => [
  "sysctls",
  { [name]: value },
  reason,
  `sysctls.${name}`,
];

/** A module option's row. */
const option = (name: string, value: unknown, reason: string): Refused => [
  "kernelModuleOptions",
  { [name]: value },
  reason,
  `kernelModuleOptions.${name}`,
];

export const refused: Refused[] = [
  [
    "engine",
    { source: "Preinstalled", version: "26" },
    "pins what is installed, and Preinstalled installs nothing; leave it out",
    "engine.version",
  ],
  [
    "engine.mirror",
    "https://mirror.example/linux",
    "is DockerRepository's and StaticArchive's; leave it out, or set engine.source to one of them",
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
    { source: "StaticArchive" },
    "is missing; name one such as 29.8.1",
    "engine.version,engine.sha256,engine.rootlessExtrasSha256",
  ],
  [
    "engine",
    { source: "StaticArchive", version: "5:29.8.1-1~debian", ...sums },
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
    { source: "DockerRepository", mirror },
    `${shown} is not the URL of a folder; write one such as https://mirror.example/docker/linux, without a login or a query`,
    "engine.mirror",
  ]),
  [
    "engine",
    { source: "DockerRepository", mirrorKey: "9DC8" },
    "'9DC8' is not a public key; write the text of the mirror's file gpg, one block -----BEGIN PGP PUBLIC KEY BLOCK-----",
    "engine.mirrorKey",
  ],
  [
    "engine.source",
    "Snap",
    "'Snap' is not one of Distribution, DockerRepository, StaticArchive, Preinstalled; choose one",
  ],
  ["engine.version", "latest", `'latest' ${notVersion}`],
  ["engine.version", "-1", `'-1' ${notVersion}`],
  ["engine.version", "26;id", `'26;id' ${notVersion}`],
  [
    "engine.channel",
    "x",
    "no such option; use source, version, mirror, mirrorKey, sha256, rootlessExtrasSha256, plugins",
  ],
  ["engine.plugins", "Buildx", "'Buildx' is not a list; write one"],
  [
    "engine.plugins",
    ["buildx"],
    "'buildx' is not one of Buildx, Compose; did you mean Buildx?",
    "engine.plugins[0]",
  ],
  [
    "engine",
    { source: "StaticArchive", version: "29.8.1", ...sums, plugins: ["Compose"] },
    "are in no archive of StaticArchive's; leave it out, or set engine.source to DockerRepository or Distribution",
    "engine.plugins",
  ],
  ["rootfulDocker", "Stop", "'Stop' is not one of Refuse, Keep, Disable, Purge; choose one"],
  ["rootfulDocker", 1, "'1' is not one of Refuse, Keep, Disable, Purge; write one"],
  [
    "rootfulDocker",
    "keep",
    "'keep' is not one of Refuse, Keep, Disable, Purge; did you mean Keep?",
  ],
  [
    "storageDriver",
    "fuse-overlayfs",
    "'fuse-overlayfs' is not one of Auto, Overlay2, FuseOverlayfs, Btrfs, Vfs; did you mean FuseOverlayfs?",
  ],
  [
    "storageDriver",
    "zfs",
    "'zfs' is not one of Auto, Overlay2, FuseOverlayfs, Btrfs, Vfs; choose one",
  ],
  ["privilegedPorts", "All", "'All' is not one of None, FileCapability, Sysctl; choose one"],
  ["privilegeEscalation", "su", "'su' is not one of Auto, Sudo, Doas, None; choose one"],
  ["agentTransfer", "Scp", "'Scp' is not one of Sftp, Stdin; choose one"],
  ["restarts", "Never", "'Never' is not one of Allow, Refuse; choose one"],
  ["driftDetection", "Never", "'Never' is not one of Preview, Required, Off; choose one"],
  ["unprivilegedPing", true, "'true' is not an object; write one"],
  ["unprivilegedPing.enabled", "no", "'no' is not true or false; write one"],
  ["unprivilegedPing.groups", "0-5", `'0-5' ${notRange}`],
  ["unprivilegedPing.groups", "0 2147483648", `'0 2147483648' ${notRange}`],
  ["unprivilegedPing.groups", "0\t5", `'0\ufffd5' ${notRange}`],
  [
    "unprivilegedPing.group",
    "0 5",
    "no such option; did you mean groups? There are enabled, groups",
  ],
  [
    "sysctls",
    { "net/ipv4": "1" },
    "'net/ipv4' is not the name of a kernel setting; write it with dots, as sysctl does, such as kernel.keys.maxkeys",
  ],
  [
    "sysctls",
    { "net.ipv4.ping_group_range": "0 5" },
    "'0 5' is set by unprivilegedPing.groups; use that option",
    "sysctls.net.ipv4.ping_group_range",
  ],
  [
    "sysctls",
    { "net.ipv4.ip_unprivileged_port_start": "0" },
    "'0' is set by privilegedPorts; use that option",
    "sysctls.net.ipv4.ip_unprivileged_port_start",
  ],
  [
    "sysctls",
    { "kernel.keys.maxkeys": 2000 },
    "'2000' is not a text; write the value in quotes",
    "sysctls.kernel.keys.maxkeys",
  ],
  [
    "sysctls",
    { "vm.swappiness": "1\nvm.overcommit_memory=1" },
    "'1\ufffdvm.overcommit_memory=1' has a line break; write it on one line",
    "sysctls.vm.swappiness",
  ],
  [
    "kernelModuleOptions",
    { overlay: "1" },
    "'overlay' is not an option of a kernel module; write MODULE.PARAMETER, such as overlay.permit_mounts_in_userns",
  ],
  [
    "kernelModuleOptions",
    { "overlay.metacopy": "1 redirect_dir=1" },
    "'1 redirect_dir=1' is not the value of a module's option; write a text such as '1'",
    "kernelModuleOptions.overlay.metacopy",
  ],
  ["appArmorProfile", "Always", "'Always' is not one of Auto, None; choose one"],
  ["engine", "docker.io", "'docker.io' is not an object; write one"],
  [
    "engine.source",
    1,
    "'1' is not one of Distribution, DockerRepository, StaticArchive, Preinstalled; write one",
  ],
  ["privilegedPorts", true, "'true' is not one of None, FileCapability, Sysctl; write one"],
  ["engine.version", `1${"0".repeat(128)}`, `'1${"0".repeat(76)}...' ${notVersion}`],
  ["engine.version", ":26.1.5", `':26.1.5' ${notVersion}`],
  ["unprivilegedPing.groups", "010 20", `'010 20' ${notRange}`],
  ["unprivilegedPing.groups", "0 5 ", `'0 5 ' ${notRange}`],
  ["sysctls", { "kernel..x": "1" }, `'kernel..x' ${notSetting}`],
  ["sysctls", { "-kernel.x": "1" }, `'-kernel.x' ${notSetting}`],
  sysctl("vm.swappiness", "", "'' is empty; write something, or leave the option out"),
  sysctl(
    "vm.swappiness",
    "1\0",
    "'1\ufffd' has a control character in it; put one space between words",
  ),
  sysctl(
    "net.ipv4.tcp_rmem",
    "1\t2",
    "'1\ufffd2' has a control character in it; put one space between words",
  ),
  sysctl(
    "net.ipv4.tcp_rmem",
    "1  2",
    "'1  2' has spaces beyond those between words; leave them out",
  ),
  sysctl("vm.swappiness", " 1", "' 1' has spaces beyond those between words; leave them out"),
  sysctl("vm.swappiness", ">= 1", "'>= 1' is no value; write the number itself"),
  sysctl(
    "kernel.core_pattern",
    "\ud800",
    "'\ufffd' is not well-formed Unicode; leave lone surrogates out",
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
  ["kernelModuleOptions", { "-overlay.a": "1" }, `'-overlay.a' ${notOption}`],
  option("overlay.a", 1, `'1' ${notOptionValue}`),
  option("overlay.a", "1\\", `'1\\' ${notOptionValue}`),
  option("overlay.a", "", `'' ${notOptionValue}`),
];

export const accepted: Accepted[] = [
  ["engine.version", "26"],
  ["unprivilegedPing.groups", "1 0"],
  ["sysctls", { "kernel.core_pattern": "|/usr/bin/x -p%p 'ü' $(id)" }],
  ["sysctls", { "user.max_user_namespaces": "20", "kernel.unprivileged_userns_clone": "1" }],
  ["sysctls", { "net.ipv4.tcp_rmem": "4096 131072 6291456" }],
  ["kernelModuleOptions", { "overlay.permit_mounts_in_userns": "1" }],
  ["kernelModuleOptions", { "usb-storage.quirks": "0123:4567:u,89ab:cdef:i" }],
];

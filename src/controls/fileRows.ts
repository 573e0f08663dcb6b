import type { HostFacts } from "../limitations/measured";
import type { FileMode } from "../limitations/measured";
import { type ControlRow, type ControlVerdict, met, notJudged, open } from "./control";

const docker = ".config/docker";
const units = ".config/systemd/user";

/** Directories from the home to these: whoever may write to one can put another file in place of what is in it. */
const homeOnly = ["."];
const toDocker = [...homeOnly, ".config", docker];
const toTls = [...toDocker, `${docker}/tls`];
const toUnits = [...homeOnly, ".config", ".config/systemd", units];

const runtimeOf = (host: HostFacts) => `/run/user/${host["account.uid"]}`;

/** Recommendations about files: on a rootless host their owner is the account, and not root. */
export const fileRows = {
  "daemon-json-file": {
    title: "Only the account can change daemon.json",
    references: ["CIS 3.17", "CIS 3.18"],
    how: "met: mode 0600, owned by the account",
    judge: (host) => judgeFiles(host, [`${docker}/daemon.json`], 0o022, toDocker),
  },
  "environment-file": {
    title: "Only the account can read the daemon's environment, which may have passwords",
    references: [],
    how: "met: mode 0600, owned by the account",
    judge: (host) => judgeFiles(host, [`${docker}/environment`], 0o077, toDocker),
  },
  "unit-file": {
    title: "Only the account can change the daemon's unit",
    references: ["CIS 3.1", "CIS 3.2"],
    how: "met: mode 0644, owned by the account",
    judge: (host) => judgeFiles(host, [`${units}/docker.service`], 0o022, toUnits),
  },
  "tls-certificate-files": {
    title: "Only the account can change the certificates of tcpSocket",
    references: ["CIS 3.9", "CIS 3.10", "CIS 3.11", "CIS 3.12"],
    how: "met: mode 0644, owned by the account",
    judge: (host, given) =>
      given.hasTcpSocket
        ? judgeFiles(host, [`${docker}/tls/ca.pem`, `${docker}/tls/cert.pem`], 0o022, toTls)
        : met("tcpSocket is not set"),
  },
  "tls-key-file": {
    title: "Only the account can read the private key of tcpSocket",
    references: ["CIS 3.13", "CIS 3.14"],
    how: "met: mode 0600, owned by the account. CIS asks for 0400, which the owner can change at any time",
    judge: (host, given) =>
      given.hasTcpSocket
        ? judgeFiles(host, [`${docker}/tls/key.pem`], 0o077, toTls)
        : met("tcpSocket is not set"),
  },
  "socket-file": {
    title: "Only the account can use the daemon's socket",
    references: ["CIS 3.15", "CIS 3.16"],
    how: "met: 0660, owned by the account, in a directory that is 0700. Its group is the account's, or one of its subordinate ids",
    judge: (host) => judgeFiles(host, [`${runtimeOf(host)}/docker.sock`], 0o007, [runtimeOf(host)]),
  },
  "runtime-directory": {
    title: "Only the account can enter the directory of the socket",
    references: [],
    how: "met: /run/user/UID is 0700, owned by the account",
    judge: (host) => judgeFiles(host, [runtimeOf(host)], 0o077, []),
  },
  "home-directory": {
    title: "Only the account can change its home",
    references: [],
    how: "met, unless the home was there before with other rights",
    judge: (host) => judgeFiles(host, homeOnly, 0o022, []),
  },
} satisfies Record<string, ControlRow>;

/**
 * @param refused bits of the mode that none of the files may have.
 * @param directories in which the files are; nobody else may write to them.
 */
function judgeFiles(
  host: HostFacts,
  files: readonly string[],
  refused: number,
  directories: readonly string[],
): ControlVerdict {
  const modes = host["files.modes"];
  const uid = host["account.uid"];
  if (modes === undefined || uid === undefined) return notJudged("modes and owners of its files");
  const missing = [...files, ...directories].filter((name) => modes[name] === undefined);
  if (missing.length > 0) return notJudged(`the mode of ${missing.join(" and ")}`);
  const wrong = [
    ...files.filter((name) => isWrong(modes[name], uid, refused)),
    ...directories.filter((name) => isWrong(modes[name], uid, 0o022)),
  ];
  const evidence = (wrong.length > 0 ? wrong : files).map((name) => inWords(name, modes[name]));
  return wrong.length === 0
    ? met(evidence.join(", "))
    : open(
        evidence.join(", "),
        `restore owner and mode of ${wrong.join(" and ")}: a new operations.recheck does that for files of this package, and chmod for directories`,
      );
}

/** Files of root are as safe as those of the account. */
function isWrong({ mode, uid }: FileMode, account: number, refused: number): boolean {
  return (mode & refused) !== 0 || (uid !== account && uid !== 0);
}

function inWords(name: string, { mode, uid, gid }: FileMode): string {
  return `${name} is ${mode.toString(8).padStart(4, "0")} of uid ${uid}, gid ${gid}`;
}

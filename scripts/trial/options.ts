import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { utils } from "ssh2";
import { EngineSource, RootfulDocker } from "../../index";

/** What a trial is told on its command line. */
export interface Options {
  host: string;
  port: number;
  /** Who logs in: root, or a user whom sudo or doas makes root without a password. */
  user: string;
  /** Absent where the SSH agent has the key. */
  privateKey: string | undefined;
  /** `TYPE BASE64`. */
  hostKey: string;
  engine: EngineOptions;
  rootfulDocker: RootfulDocker;
  /** The account that is made for the trial, and removed after it. */
  account: string;
  /** Folders of the machine that the picture leaves out. */
  ignored: readonly string[];
  /** Where everything is written. Absent for a new temporary folder. */
  folder: string | undefined;
  /** Whether nobody is asked. */
  yes: boolean;
}

/** The engine, as the component takes it. */
export interface EngineOptions {
  source: EngineSource;
  version: string | undefined;
  sha256: string | undefined;
  rootlessExtrasSha256: string | undefined;
  mirror: string | undefined;
}

export const usage = `npm run trial -- --host ADDRESS [OPTION...]

  --port NUMBER                  of the SSH server; 22
  --user NAME                    root, or somebody whom sudo or doas makes root without a password; root
  --key FILE                     private key without a passphrase; those of the SSH agent
  --host-key "TYPE BASE64"       the machine's public key; the one in ~/.ssh/known_hosts
  --source NAME                  ${Object.values(EngineSource).join(", ")}; distribution
  --engine-version VERSION       of the engine; the newest
  --sha256 SUM                   of docker-VERSION.tgz, for static-archive
  --rootless-extras-sha256 SUM   of docker-rootless-extras-VERSION.tgz, for static-archive
  --mirror URL                   a copy of Docker's downloads
  --rootful-docker NAME          ${Object.values(RootfulDocker).join(", ")}; refuse
  --account NAME                 the account that the trial makes and removes; rootless-trial
  --ignore FOLDER                a folder of the machine that is not compared; may be repeated
  --folder FOLDER                for the report and the pictures; a new temporary one
  --yes                          asks nobody
`;

const text = { type: "string" } as const;

/** @throws Error that names the option and says what to do. */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      host: text,
      port: { ...text, default: "22" },
      user: { ...text, default: "root" },
      key: text,
      "host-key": text,
      source: { ...text, default: EngineSource.Distribution },
      "engine-version": text,
      sha256: text,
      "rootless-extras-sha256": text,
      mirror: text,
      "rootful-docker": { ...text, default: RootfulDocker.Refuse },
      account: { ...text, default: "rootless-trial" },
      ignore: { ...text, multiple: true, default: [] },
      folder: text,
      yes: { type: "boolean", default: false },
    },
  });
  if (values.host === undefined) throw new Error(`--host is missing\n\n${usage}`);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Error(`--port '${values.port}' is no port: take a number from 1 to 65535`);
  return {
    host: values.host,
    port,
    user: values.user,
    privateKey: privateKeyOf(values.key),
    hostKey: values["host-key"]?.trim() ?? knownHostKey(values.host, port),
    engine: {
      source: oneOf("--source", values.source, Object.values(EngineSource)),
      version: values["engine-version"],
      sha256: values.sha256,
      rootlessExtrasSha256: values["rootless-extras-sha256"],
      mirror: values.mirror,
    },
    rootfulDocker: oneOf(
      "--rootful-docker",
      values["rootful-docker"],
      Object.values(RootfulDocker),
    ),
    account: accountName(values.account),
    ignored: values.ignore.map(ignoredFolder),
    folder: values.folder,
    yes: values.yes,
  };
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === value);
  if (choice === undefined)
    throw new Error(`${option} '${value}' is unknown: take one of ${choices.join(", ")}`);
  return choice;
}

/** The name becomes a part of shell scripts. */
function accountName(name: string): string {
  if (!/^[a-z_][a-z0-9_-]{0,30}$/.test(name))
    throw new Error(`--account '${name}' is no name: take lower-case letters, digits, _ and -`);
  return name;
}

/** The same of a folder. */
function ignoredFolder(folder: string): string {
  if (!/^(\/[\w.+@-]+)+$/.test(folder))
    throw new Error(`--ignore '${folder}' is no folder: take a whole path without blanks`);
  return folder;
}

function privateKeyOf(file: string | undefined): string | undefined {
  if (file === undefined) {
    if (process.env.SSH_AUTH_SOCK) return undefined;
    throw new Error("no key to log in with: name its file by --key, or start an SSH agent");
  }
  const key = readFileSync(file, "utf8");
  const parsed = utils.parseKey(key);
  if (!(parsed instanceof Error)) return key;
  throw new Error(
    `--key '${file}': ${parsed.message}. A key with a passphrase works by an SSH agent: run 'ssh-add ${file}' and leave --key out`,
  );
}

/** The key that this user's ssh has noted for the machine. */
function knownHostKey(host: string, port: number): string {
  const name = port === 22 ? host : `[${host}]:${port}`;
  let known = "";
  try {
    known = execFileSync("ssh-keygen", ["-F", name], { encoding: "utf8" });
  } catch {
    // It exits with 1 where there is none.
  }
  const key = /^\S+ (ssh-ed25519 \S+)/m.exec(known) ?? /^\S+ ((?:ssh|ecdsa)-\S+ \S+)/m.exec(known);
  if (key !== null) return key[1];
  throw new Error(
    `the public key of ${name} is not known: log in once with 'ssh -o HostKeyAlgorithms=ssh-ed25519 ${host}' and compare it, or name it by --host-key`,
  );
}

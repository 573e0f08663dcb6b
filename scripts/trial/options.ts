import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { RootlessDockerHostArgs } from "../../index";

/** What a trial is told on its command line. */
export interface Options {
  host: string;
  port: number;
  /** Who logs in: root, or a user whom sudo or doas makes root without a password. */
  user: string;
  /** A file. Absent where the SSH agent has the key. */
  key: string | undefined;
  /** `TYPE BASE64`. */
  hostKey: string;
  /** Inputs of the component, beside those that the trial sets itself. */
  inputs: Partial<RootlessDockerHostArgs>;
  /** Folders of the machine that the picture leaves out. */
  ignored: readonly string[];
  /** Where everything is written. Absent for a new temporary folder. */
  folder: string | undefined;
  /** Whether nobody is asked. */
  yes: boolean;
}

export const usage = `npm run trial -- --host ADDRESS [OPTION...]

  --port NUMBER             of the SSH server; 22
  --user NAME               root, or somebody whom sudo or doas makes root without a password; root
  --key FILE                private key without a passphrase; those of the SSH agent
  --host-key "TYPE BASE64"  the machine's public key; the one in ~/.ssh/known_hosts
  --inputs JSON             inputs of the component, such as '{"engine": {"source": "docker-repository"}}'
  --ignore FOLDER           a folder of the machine that is not compared; may be repeated
  --folder FOLDER           for the report and the pictures; a new temporary one
  --yes                     asks nobody
`;

/** @throws Error that names the option and says what to do. */
export function readOptions(words: readonly string[]): Options {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      host: text,
      port: { ...text, default: "22" },
      user: { ...text, default: "root" },
      key: text,
      "host-key": text,
      inputs: { ...text, default: "{}" },
      ignore: { ...text, multiple: true, default: [] },
      folder: text,
      yes: { type: "boolean", default: false },
    },
  });
  const { host, user, key, folder, yes } = values;
  if (host === undefined) throw new Error(`--host is missing\n\n${usage}`);
  if (key === undefined && !process.env.SSH_AUTH_SOCK)
    throw new Error("no key to log in with: name its file by --key, or start an SSH agent");
  if (key !== undefined) readFileSync(key);
  // It becomes a part of a shell script.
  const odd = values.ignore.find((one) => !/^(\/[\w.+@-]+)+$/.test(one));
  if (odd !== undefined)
    throw new Error(`--ignore '${odd}' is no folder: take a whole path without blanks`);
  const port = Number(values.port);
  return {
    ...{ host, port, user, key, folder, yes, ignored: values.ignore },
    hostKey: values["host-key"]?.trim() ?? knownHostKey(host, port),
    inputs: inputsOf(values.inputs),
  };
}

function inputsOf(text: string): Partial<RootlessDockerHostArgs> {
  try {
    return JSON.parse(text) as Partial<RootlessDockerHostArgs>;
  } catch (error) {
    throw new Error(`--inputs '${text}' is no JSON: ${String(error)}`, { cause: error });
  }
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

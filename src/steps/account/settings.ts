import { isPrivateKey } from "../../validation/credentials";
import { isPublicKey } from "../../validation/publicKey";
import type { Reader, Rule } from "../../validation/reader";
import { absolutePath, between, filledLine, ownDirectory } from "../../validation/rules";
import { type Document, byCodeUnits } from "../document";
import { type AccountLimitsSettings, accountLimitsDocument, accountLimitsSettings } from "./limits";

export interface AccountSettings {
  name: string;
  create: boolean;
  uid?: number;
  home?: string;
  shell?: string;
  authorizedKeys: string[];
  subordinateIds: SubordinateIdsSettings;
  cgroupControllers: string[];
  limits: AccountLimitsSettings;
}

/** The account's default name; not a package's or a group's that Docker's own packages make. */
export const defaultAccountName = "docker-rootless";

// Debian's base-passwd has them everywhere, with homes in the system's directories. docker.io makes a
// group docker, whose members are as good as root where a root daemon runs.
const systemAccounts =
  "root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc _apt nobody docker";

// A name that Debian's useradd accepts without --badname (shadow's libmisc/chkname.c), of at most
// 32 characters.
const accountName: Rule<string> = (value) =>
  systemAccounts.split(" ").includes(value)
    ? "is reserved by the system; name an ordinary account"
    : /^[a-z_][a-z0-9_-]{0,31}$/.test(value)
      ? undefined
      : "is not an account name; use at most 32 of a-z, 0-9, '_' and '-', and a letter or '_' first";

// sshd(8): options, in which a space stands in quotes only, then type, key and comment.
const keyLine =
  /^(?!#)((?:[^ \t"\\]|\\"|\\(?!")|"(?:[^"\\]|\\"|\\(?!"))*")+[ \t]+)?((?:ssh|ecdsa|sk)-[a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/]+={0,3})([ \t]|$)/;

const authorizedKey: Rule<string> = (value) => {
  if (isPrivateKey(value))
    return "is a private key; keep that secret, and write the public key from the file NAME.pub";
  const [, , type = "", key = ""] = keyLine.exec(value.trim()) ?? [];
  return (
    filledLine(value.trim()) ??
    (isPublicKey(type, key)
      ? undefined
      : "is not a public key; write a whole line of authorized_keys such as 'ssh-ed25519 AAAA... name'")
  );
};

export function accountSettings(read: Reader): AccountSettings {
  const settings = {
    name: read.string("name", { rule: accountName }) ?? defaultAccountName,
    create: read.boolean("create") ?? true,
    uid: read.number("uid", { rule: between(1000, 59_999) }),
    home: read.string("home", { rule: ownDirectory }),
    // The agent's default is for a new account: one that exists keeps its shell.
    shell: read.string("shell", { rule: absolutePath }),
    // A file's or a generator's key ends in a line break.
    authorizedKeys: read.strings("authorizedKeys", authorizedKey).map((key) => key.trim()),
    subordinateIds: subordinateIdsSettings(read.object("subordinateIds")),
    cgroupControllers: cgroupControllersSettings(read),
    limits: accountLimitsSettings(read.object("limits")),
  };
  read.refuseOthers();
  return settings;
}

/** The part that preflight checks too: whether the account can be had at all. */
export function identityDocument(
  account: Omit<AccountSettings, "authorizedKeys" | "cgroupControllers" | "limits">,
): Document {
  return {
    account: account.name,
    create: account.create,
    uid: account.uid,
    home: account.home,
    shell: account.shell,
    ...subordinateIdsDocument(account.subordinateIds),
  };
}

export function accountDocument(account: AccountSettings): Document {
  return {
    ...identityDocument(account),
    "cgroup.controllers": account.cgroupControllers.join(" "),
    ...accountLimitsDocument(account.limits),
    authorized_keys: account.authorizedKeys.join("\n") || undefined,
  };
}

export interface SubordinateIdsSettings {
  count: number;
  uidStart?: number;
  gidStart?: number;
}

// Ids are 32 bits, and the last one means "none" (user_namespaces(7)).
const lastId = 4_294_967_294;

function subordinateIdsSettings(read: Reader): SubordinateIdsSettings {
  const count = read.number("count", { rule: between(65_536, 1_000_000_000) }) ?? 65_536;
  const start = between(65_536, lastId - count + 1);
  const settings = {
    count,
    uidStart: read.number("uidStart", { rule: start }),
    gidStart: read.number("gidStart", { rule: start }),
  };
  read.refuseOthers();
  return settings;
}

function subordinateIdsDocument(ids: SubordinateIdsSettings): Document {
  return {
    subuid: ids.count,
    subgid: ids.count,
    "subuid-start": ids.uidStart,
    "subgid-start": ids.gidStart,
  };
}

/** Controllers that systemd can delegate (systemd.resource-control(5)) and containers use. */
const controllers = ["cpu", "cpuset", "io", "memory", "pids"];

const controller: Rule<string> = (name) =>
  controllers.includes(name)
    ? undefined
    : `is not a controller that containers use; choose from ${controllers.join(", ")}`;

function cgroupControllersSettings(read: Reader): string[] {
  const names = read.strings("cgroupControllers", controller);
  return read.given("cgroupControllers") ? [...new Set(names)].sort(byCodeUnits) : controllers;
}

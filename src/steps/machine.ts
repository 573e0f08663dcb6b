import { type AccountInfo, idRanges } from "./account/args";
import { limitEffects } from "./account/limits";
import { accountDocument, identityDocument } from "./account/settings";
import { ipv6Document } from "./daemon/network";
import { storagePlaceDocument } from "./daemon/storage";
import type { Document } from "./document";
import { restarts } from "./effects";
import type { Versions } from "./engine/args";
import {
  engineDocument,
  otherSourceDocument,
  pluginsDocument,
  rootfulDockerDocument,
  rootfulDockerEffect,
} from "./engine/settings";
import { optional, text, wholeNumber } from "./facts";
import type { SettingsAt } from "./inputPaths";
import {
  appArmorDocument,
  moduleOptionsDocument,
  portsDocument,
  privilegedPortsEffect,
  sysctlsDocument,
} from "./kernel/settings";
import { defineStep } from "./step";

/** Inputs of the kernel's part: settings, options of modules, the AppArmor profile, and ports below 1024. */
export const kernelInputs = ["kernel", "engine.source", "privilegedPorts"] as const;

export function kernelDocument(given: SettingsAt<(typeof kernelInputs)[number]>): Document {
  return {
    ...sysctlsDocument(given.kernel),
    ...moduleOptionsDocument(given.kernel.moduleOptions),
    ...appArmorDocument(given.kernel.appArmorProfile, given.engine.source),
    ...portsDocument(given.privilegedPorts),
  };
}

/** Inputs that can be impossible on a machine, and so are looked at before anything is changed. */
export const preflightInputs = [
  "account.name",
  "account.create",
  "account.uid",
  "account.home",
  "account.shell",
  "account.subordinateIds",
  "engine.source",
  "engine.plugins",
  "rootfulDocker",
  "storageDriver",
  "network.ipv6",
  "daemon.data-root",
] as const;

/** @param owner of the installation: PROJECT/STACK/NAME. */
export function preflightDocument(
  given: SettingsAt<(typeof preflightInputs)[number]>,
  owner: string,
): Document {
  return {
    ...identityDocument(given.account),
    ...otherSourceDocument(given.engine),
    ...pluginsDocument(given.engine),
    ...rootfulDockerDocument(given.rootfulDocker),
    ...ofOthers(given),
    owner,
  };
}

/** The part that the daemon's step changes: preflight looks whether it can be. */
const ofOthers = (
  given: SettingsAt<"storageDriver" | "network.ipv6" | "daemon.data-root">,
): Document => ({
  ...storagePlaceDocument(given.storageDriver, given.daemon["data-root"]),
  ...ipv6Document(given.network),
});

const otherEngine = { restarts: "daemons restart if their engine changes" };
const otherIds = { restarts: "the daemon restarts if its ids change" };

/** Facts that the outputs of this step are made of. */
export const machineFacts = {
  "versions.engine": text,
  "versions.rootlesskit": text,
  "versions.kernel": text,
  "versions.os": text,
  "versions.buildx": optional(text),
  "versions.compose": optional(text),
  "account.name": text,
  "account.uid": wholeNumber,
  "account.gid": wholeNumber,
  "account.home": text,
  "subordinateIds.uids": idRanges,
  "subordinateIds.gids": idRanges,
};

/**
 * All that root sets up. Preflight finds every problem at once, before anything is changed. Then come the engine's
 * packages and the fate of a daemon of root's, the account with its ids and keys, and the kernel's settings.
 */
export const machine = defineStep({
  name: "machine",
  inputs: [...preflightInputs, "account", "engine", ...kernelInputs],
  effects: {
    source: otherEngine,
    version: otherEngine,
    "archive.*": otherEngine,
    "rootful-docker": rootfulDockerEffect,
    subuid: otherIds,
    subgid: otherIds,
    "subuid-start": otherIds,
    "subgid-start": otherIds,
    "cgroup.controllers": {
      restarts: "the daemon restarts if the account's controllers change",
    },
    ...limitEffects,
    "privileged-ports": privilegedPortsEffect,
    "rootlesskit.capability": restarts,
  },
  looksAt: ["daemon.json/data-root", "daemon.json/storage-driver", "ipv6", "owner", "program"],
  document: (given, owner) => ({
    ...ofOthers(given),
    ...engineDocument(given.engine, given.rootfulDocker),
    ...accountDocument(given.account),
    ...kernelDocument(given),
    owner,
  }),
  facts: machineFacts,
  outputs: {
    account: (facts): AccountInfo => ({
      name: facts["account.name"],
      uid: facts["account.uid"],
      gid: facts["account.gid"],
      home: facts["account.home"],
      subordinateIds: {
        uids: facts["subordinateIds.uids"],
        gids: facts["subordinateIds.gids"],
      },
    }),
    socketPath: (facts) => `/run/user/${facts["account.uid"]}/docker.sock`,
    versions: (facts): Versions => ({
      engine: facts["versions.engine"],
      rootlesskit: facts["versions.rootlesskit"],
      kernel: facts["versions.kernel"],
      os: facts["versions.os"],
      buildx: facts["versions.buildx"],
      compose: facts["versions.compose"],
    }),
  },
});

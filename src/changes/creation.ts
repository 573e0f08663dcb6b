import type * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "../inputs";
import { hookValue } from "../sdkInternals";
import type { Settings } from "../steps/settings";
import { limitsInWords } from "../steps/account/limits";
import type { AccountSettings } from "../steps/account/settings";
import { helpersInWords } from "../steps/daemon/credentialHelpers";
import { OnDestroyData, butAdopted } from "../steps/daemon/data";
import type { PruneSettings } from "../steps/daemon/prune";
import { driverName } from "../steps/daemon/storage";
import { EngineSource, RootfulDocker } from "../steps/engine/args";
import { purgedData } from "../steps/engine/settings";
import { renderDocument } from "../steps/document";
import { type InputPath, type SettingsAt, settingsAt } from "../steps/inputPaths";
import { kernelDocument, kernelInputs } from "../steps/machine";
import { PrivilegedPorts } from "../steps/kernel/args";
import { shownValue } from "./documents";
import { shown } from "./shown";

const daemonInputs = [
  "daemon",
  "environment",
  "secrets",
  "storageDriver",
  "network",
  "unitOverrides",
  "prune",
] as const;

/** Things that are made on a machine, a line each: a name, and what it says as soon as its inputs are known. */
const rows = [
  row("engine", ["engine", "rootfulDocker"], ({ engine, rootfulDocker }) =>
    list(
      sources[engine.source],
      engine.version,
      engine.repository?.url,
      engine.plugins.length > 0 ? `plugins ${engine.plugins.join(", ")}` : "",
      rootful[rootfulDocker],
    ),
  ),
  row("account", ["account"], ({ account }) =>
    list(
      `${account.name} (${account.create ? "created unless it exists" : "which has to exist"}; ${daemonOfItsOwn}), without root`,
      `${account.subordinateIds.count} subordinate ids`,
      `controllers ${account.cgroupControllers.join(" ")}`,
      limitsInWords(account.limits),
      keysInWords(account),
    ),
  ),
  row("kernel", kernelInputs, (given) =>
    renderDocument(kernelDocument(given))
      .trim()
      .replace(/^sysctl\.d\//gm, "")
      .replace(/\n/g, ", "),
  ),
  row("ports", ["privilegedPorts"], ({ privilegedPorts }) => ports[privilegedPorts]),
  row("daemon", daemonInputs, (given) =>
    list(
      `storage driver ${driverName(given.storageDriver) ?? "chosen by the engine"}`,
      values("daemon.json", given.daemon),
      values("environment", given.environment),
      names("secret", given.secrets),
      values("docker.service", given.unitOverrides),
      given.prune && pruneInWords(given.prune),
    ),
  ),
  row(
    "login",
    ["registryAuth", "registryCredentialHelpers"],
    ({ registryAuth, registryCredentialHelpers }) =>
      [...registryAuth, ...helpersInWords(registryCredentialHelpers)].join(", "),
  ),
  row("destroy", ["onDestroy"], ({ onDestroy }) =>
    onDestroy.data === OnDestroyData.Delete
      ? `a later pulumi destroy reverts all of it, and DELETES images, containers and volumes of this daemon${butAdopted}`
      : "a later pulumi destroy keeps images, containers and volumes of this daemon, and reverts the rest",
  ),
];

/**
 * The list of what is made on a machine, said once, with a new component. Where an `up` failed before its daemon was
 * there, the list is said with the daemon. Rows of steps that are there by now are left out.
 */
export class Creation {
  private makesMachine = false;
  private isFirst = false;

  constructor(private readonly inputs: Inputs) {}

  /** With a new component, whose installation is new too. */
  ofComponent(): Promise<string> {
    return creationInWords(this.inputs, "sets up", () => true);
  }

  /**
   * Notes whether an `up` has reported the component's outputs. Until then another machine takes no
   * daemon's place.
   */
  noteUpdate({ oldOutputs }: pulumi.ResourceHookArgs): void {
    this.isFirst = oldOutputs?.dockerHost === undefined;
  }

  /** With a step, which comes after those that it needs; undefined unless it is the daemon. */
  async ofStep(
    step: string,
    newInputs: pulumi.ResourceHookArgs["newInputs"],
  ): Promise<string | undefined> {
    if (step === "machine") this.makesMachine = true;
    if (step !== "daemon") return undefined;
    // An installation that comes with it is another machine's or account's, which the component says.
    const isNew = this.isFirst || (await hookValue(newInputs?.triggers)) !== undefined;
    if (!isNew) return undefined;
    // The other rows are the machine's.
    const isLeft = (row: string) =>
      this.makesMachine || ["daemon", "login", "destroy"].includes(row);
    return `${await creationInWords(this.inputs, "continues to set up", isLeft)}\n${afterFailure}`;
  }
}

/** No hook sees what an earlier `up` has left with the engine, or what `--replace` names: all that may be is named. */
const afterFailure =
  "  (an earlier up did not finish, or --replace replaces the step daemon: a running daemon may restart. If the earlier up was moving the installation, the old one is deleted at the end, with its data if onDestroy.data was delete)";

async function creationInWords(
  inputs: Inputs,
  makes: string,
  isMade: (row: string) => boolean,
): Promise<string> {
  const [host, user] = await Promise.all([
    shown(
      inputs.from(["connection.host"], ({ connection }) => connection.host),
      "a machine whose address is not known yet, so this preview does not check it",
    ),
    shown(inputs.from(["connection.user"], ({ connection }) => connection.user)),
  ]);
  const lines = await Promise.all(
    rows
      .filter(({ name }) => isMade(name))
      .map(async ({ name, paths, say }) => {
        const words = await shown(inputs.from(paths, say));
        return words && `  ${name.padEnd(8)} ${words}`;
      }),
  );
  return [
    `${makes} a rootless Docker host on ${host}, logged in as ${user}`,
    ...lines.filter(Boolean),
  ].join("\n");
}

interface Row {
  name: string;
  paths: readonly InputPath[];
  say: (settings: Settings) => string;
}

function row<Path extends InputPath>(
  name: string,
  paths: readonly Path[],
  say: (given: SettingsAt<Path>) => string,
): Row {
  return { name, paths, say: (settings) => say(settingsAt(settings, paths)) };
}

const pruneInWords = ({ all, until, schedule }: PruneSettings) =>
  `docker system prune${all ? " --all" : ""} ${schedule}, of what is older than ${until}`;

const daemonOfItsOwn = "a rootless daemon that it already has is taken over, and restarts once";

/** An account that is there may have keys of its own, of which a program knows nothing. */
function keysInWords({ authorizedKeys, create }: AccountSettings): string {
  if (authorizedKeys.length > 0) return `keys to log in: ${authorizedKeys.length}`;
  return create ? "no keys to log in, so nobody can use dockerHost if the account is new" : "";
}

const list = (...parts: (string | undefined)[]) => parts.filter(Boolean).join("; ");

const values = (of: string, mapping: Record<string, unknown>) =>
  names(
    of,
    Object.fromEntries(
      Object.entries(mapping).map(([name, value]) => [`${name} ${shownValue(value)}`, value]),
    ),
  );

const names = (of: string, mapping: object) =>
  Object.keys(mapping).length > 0 ? `${of} ${Object.keys(mapping).sort().join(", ")}` : "";

const sources: Record<EngineSource, string> = {
  [EngineSource.Distribution]: "the distribution's packages",
  [EngineSource.DockerRepository]: "Docker's packages",
  [EngineSource.StaticArchive]: "Docker's archives",
  [EngineSource.Preinstalled]: "the engine that is installed",
};

const rootful: Record<RootfulDocker, string> = {
  [RootfulDocker.Refuse]: "up fails if root runs a Docker daemon",
  [RootfulDocker.Keep]: "root's Docker daemon is kept",
  [RootfulDocker.Disable]:
    "root's Docker daemon is stopped with its containers and masked, and its data are kept",
  [RootfulDocker.Purge]: `REMOVES root's Docker: ${purgedData}`,
};

const ports: Record<PrivilegedPorts, string> = {
  [PrivilegedPorts.None]: "",
  [PrivilegedPorts.FileCapability]: "below 1024, through a file capability of rootlesskit",
  [PrivilegedPorts.Sysctl]: "below 1024, for every user of the machine",
};

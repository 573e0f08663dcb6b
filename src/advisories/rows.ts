import { type AdvisoryId, advisoryIds } from "../steps/advisoryIds";
import type { InputPath, SettingsAt } from "../steps/inputPaths";
import type { HostFacts } from "../limitations/measured";
import { AppArmorProfile } from "../steps/kernel/args";
import {
  type Advisory,
  type AdvisoryRow,
  type GivenInputs,
  overriddenBy,
  unknown,
  type Verdict,
} from "./advisory";
import { engineRows } from "./engineRows";
import { kernelRows } from "./kernelRows";
import { networkRows } from "./networkRows";

/** All rows, by their ids. */
export const advisoryRows: Record<AdvisoryId, AdvisoryRow> = {
  ...kernelRows,
  ...engineRows,
  ...networkRows,
};

/** What concerns a host, or may: rows that are affected come first, then those that are unknown. */
export function advisoriesOf(host: HostFacts, given: GivenInputs): Advisory[] {
  const all = advisoryIds.map((id): Advisory => {
    const { title, meaning, fix, source } = advisoryRows[id];
    const { status, evidence } = verdictOf(id, host, given);
    const accepted = given.acceptedAdvisories.includes(id);
    return { id, title, status, evidence, meaning, fix, source, accepted };
  });
  const having = (status: string) => all.filter((one) => one.status === status);
  return [...having("affected"), ...having("unknown")];
}

/** What the row of an id says of a host. */
export function verdictOf(id: AdvisoryId, host: HostFacts, given: GivenInputs): Verdict {
  const { judge, isOfProgram } = advisoryRows[id];
  const verdict = judge(host, given);
  const overridden = isOfProgram ? overriddenBy(host) : undefined;
  return overridden && verdict.status === "unaffected"
    ? unknown(`${verdict.evidence}, but ${overridden}`)
    : verdict;
}

/** Inputs that rows read. */
export const judgedInputs = [
  "acceptedAdvisories",
  "daemon",
  "engine.source",
  "kernel.appArmorProfile",
  "network.driver",
  "secrets",
  "tcpSocket",
] as const satisfies readonly InputPath[];

export function givenInputs(settings: SettingsAt<(typeof judgedInputs)[number]>): GivenInputs {
  const prefix = "daemon.json/";
  const secretKeys = Object.keys(settings.secrets)
    .filter((place) => place.startsWith(prefix))
    .map((place) => place.slice(prefix.length));
  return {
    acceptedAdvisories: settings.acceptedAdvisories,
    daemon: settings.daemon,
    secretKeys,
    engineSource: settings.engine.source,
    networkDriver: settings.network.driver,
    makesProfiles: settings.kernel.appArmorProfile !== AppArmorProfile.None,
    hasTcpSocket: settings.tcpSocket !== undefined,
  };
}

import * as pulumi from "@pulumi/pulumi";
import type { Advisory } from "../advisories/advisory";
import { advisoriesOf, givenInputs } from "../advisories/rows";
import type { StepCommands } from "../children/runSteps";
import type { Inputs } from "../inputs";
import { hostFactsOf, type MeasuringStep, measuredBy } from "../limitations/measured";
import { log } from "../log";
import { keyOfRun, knownValue } from "../sdkInternals";
import { type Facts, factsOf } from "../steps/facts";
import type { EarlierReports } from "./earlierReports";

/** A host of the program, and what concerns it. */
export interface Told {
  host: string;
  advisories: readonly Advisory[];
}

/**
 * In previews, warns of each advisory that affects hosts of the program, once for all of them. Facts are those that the
 * hosts reported last, and inputs those of the program now. No host is asked. A host that never reported is left out.
 *
 * @param name the component's.
 */
export function warnOfAdvisories(
  name: string,
  inputs: Inputs,
  commands: StepCommands,
  earlier: EarlierReports,
): void {
  if (!pulumi.runtime.isDryRun()) return;
  const tell = expectHost(keyOfRun());
  lastTold(inputs, commands, earlier).then(
    (told) => tell({ host: name, ...told }),
    // What cannot be read is said by the outputs, and is no reason to end a preview or to keep others waiting.
    () => tell({ host: name, advisories: [] }),
  );
}

async function lastTold(
  inputs: Inputs,
  commands: StepCommands,
  earlier: EarlierReports,
): Promise<Omit<Told, "host">> {
  const steps = Object.keys(measuredBy) as MeasuringStep[];
  const reports = await Promise.all(
    steps.map(async (step) => [step, await lastFacts(step, commands, earlier)] as const),
  );
  const known = reports.filter(([, facts]) => facts !== undefined);
  if (known.length === 0) return { advisories: [] };
  const settings = await inputs.knownSettings();
  const facts = hostFactsOf(Object.fromEntries(known));
  return { advisories: advisoriesOf(facts, givenInputs(settings)) };
}

async function lastFacts(
  step: MeasuringStep,
  commands: StepCommands,
  earlier: EarlierReports,
): Promise<Facts | undefined> {
  const stdout: pulumi.Output<string | undefined> = commands[step].stdout;
  // The hook of a step that changes has run before its stdout turns out to be unknown.
  const report = (await knownValue(stdout)) ?? (await earlier.of(step));
  return report === undefined ? undefined : factsOf(step, report);
}

/** Hosts that have not told yet, and what the others have, by the run that they are of. */
const runs = new Map<unknown, { waiting: number; told: Told[] }>();

/**
 * Expects that a host tells what concerns it. The last host of a run that tells has it said for all of them. Hosts that
 * come later, as in a program that makes them after others are known, are said by themselves.
 */
export function expectHost(key: unknown): (told: Told) => void {
  const run = runs.get(key) ?? { waiting: 0, told: [] };
  runs.set(key, run);
  run.waiting += 1;
  return (told) => {
    run.told.push(told);
    run.waiting -= 1;
    if (run.waiting > 0) return;
    runs.delete(key);
    say(run.told);
  };
}

function say(told: readonly Told[]): void {
  const { warnings, accepted } = advisoriesInWords(told);
  for (const warning of warnings) letGo(log("warn", warning));
  if (accepted !== undefined) letGo(log("info", accepted));
}

/** Nobody waits for a message, and one that gets lost ends no preview. */
function letGo(message: Promise<void>): void {
  message.catch(() => undefined);
}

/** One line for each advisory that affects a host, and one for all that are accepted. */
export function advisoriesInWords(told: readonly Told[]): {
  warnings: string[];
  accepted: string | undefined;
} {
  const all = told.flatMap(({ host, advisories }) =>
    advisories
      .filter(({ status }) => status === "affected")
      .map((advisory) => ({ host, advisory })),
  );
  const open = hostsById(all.filter(({ advisory }) => !advisory.accepted));
  const accepted = hostsById(all.filter(({ advisory }) => advisory.accepted));
  const ids = [...accepted.keys()].map((id) => `${id} (${accepted.get(id)?.hosts.join(", ")})`);
  return {
    warnings: [...open.values()].map(inOneLine),
    accepted: ids.length > 0 ? `advisories that are accepted: ${ids.join(", ")}` : undefined,
  };
}

interface Concerned {
  advisory: Advisory;
  hosts: string[];
}

/** In the order of the ids, with the hosts in the order of their names: two previews say the same. */
function hostsById(all: readonly { host: string; advisory: Advisory }[]): Map<string, Concerned> {
  const found = new Map<string, Concerned>();
  for (const { host, advisory } of all) {
    const concerned = found.get(advisory.id) ?? { advisory, hosts: [] };
    found.set(advisory.id, concerned);
    concerned.hosts.push(host);
  }
  for (const { hosts } of found.values()) hosts.sort();
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function inOneLine({ advisory, hosts }: Concerned): string {
  const { id, title, meaning, fix, source } = advisory;
  return `${id} affects ${hosts.join(", ")}: ${title}. ${meaning} To fix: ${fix}. See ${source}. To accept it, name it in acceptedAdvisories; after a fix on the host itself, a new operations.recheck asks the host again`;
}

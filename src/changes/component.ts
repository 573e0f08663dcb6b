import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { dockerHostOf } from "../reach";
import { type Inputs, isGiven } from "../inputs";
import { hookOutput, hookValue, isKnown, knownValue } from "../sdkInternals";
import { isPlain } from "../ssh/connection";
import { OnDestroyData, butAdopted } from "../steps/daemon/data";
import type { Creation } from "./creation";
import { shown } from "./shown";

/**
 * The words of a new component say what is made on a machine. Those of an update say what another machine or account in
 * its place means, or another way to the same one.
 */
export async function componentInWords(
  inputs: Inputs,
  creation: Creation,
  args: pulumi.ResourceHookArgs,
): Promise<string | undefined> {
  if (args.oldInputs === undefined) return creation.ofComponent();
  creation.noteUpdate(args);
  return (await replacementInWords(inputs, args)) ?? wayInWords(inputs, args);
}

interface Place {
  before: pulumi.Output<string | undefined>;
  after: pulumi.Output<string>;
  from: string | undefined;
  isSame: boolean;
}

/** Where the daemon was and is to be. A port of its own makes no other machine. */
async function placeOf(inputs: Inputs, { oldOutputs }: pulumi.ResourceHookArgs): Promise<Place> {
  const before = hookOutput<string | undefined>(oldOutputs?.dockerHost);
  const after = pulumi.output(dockerHostOf(inputs));
  const [from, to] = await Promise.all([knownValue(before), knownValue(after)]);
  const place = (url: string | undefined) => url?.replace(/:\d+$/, "");
  return { before, after, from, isSame: from !== undefined && place(from) === place(to) };
}

/** The fate of the daemon where the machine or the account is another one, undefined where both stay. */
async function replacementInWords(
  inputs: Inputs,
  args: pulumi.ResourceHookArgs,
): Promise<string | undefined> {
  const { before, after, from, isSame } = await placeOf(inputs, args);
  // A component that was never whole has no daemon.
  if (from === undefined || isSame) return undefined;
  const onDestroy = await hookValue<{ data?: unknown }>(args.oldInputs?.onDestroy);
  const fate =
    onDestroy?.data === OnDestroyData.Delete ? `are DELETED${butAdopted}` : "are kept on the disk";
  const account = inputs.from(["account.name"], (settings) => settings.account.name);
  const isSameAccount = from.startsWith(`ssh://${await knownValue(pulumi.output(account))}@`);
  const mayStay = isSameAccount && !(await isKnown(after));
  const words = [
    mayStay
      ? "connection.host is not known before pulumi up. If it stays the same, nothing moves. If it changes, a new, empty daemon starts there, and nothing is copied to it."
      : `a new, empty daemon starts at ${await shown(after)}, and nothing is copied to it.`,
    `Once it answers, the one at ${await shown(before as pulumi.Output<string>)} stops with its containers: its images, containers and volumes ${fate}`,
  ];
  // Another address may be the same machine's.
  if (isSameAccount)
    words.push(
      "(if both addresses are the same machine, nothing stops, and all of it remains in use)",
    );
  return words.join(" ");
}

/** That the same machine is reached in another way: of each step a preview says `[secret]`, and no more. */
async function wayInWords(
  inputs: Inputs,
  args: pulumi.ResourceHookArgs,
): Promise<string | undefined> {
  const [{ isSame }, before, after] = await Promise.all([
    placeOf(inputs, args),
    fieldsOf(args.oldInputs?.connection),
    fieldsOf(args.newInputs?.connection),
  ]);
  const fields = [...new Set([...before.keys(), ...after.keys()])];
  const changes = fields.filter(
    // How commands become root, once they are there, is the machine step's alone.
    (key) => key !== "privilegeEscalation" && !isDeepStrictEqual(before.get(key), after.get(key)),
  );
  if (!isSame || after.size === 0 || changes.length === 0) return undefined;
  return `the connection changes (${changes.sort().join(", ")}): Pulumi reaches the same machine in another way. Every step runs again, and repairs drift`;
}

/** Those that are given, with their values where these are known. */
async function fieldsOf(connection: unknown): Promise<Map<string, unknown>> {
  const given = isPlain(connection) ? connection : await hookValue<object>(connection);
  const known = Object.entries(given ?? {}).map(
    async ([name, value]) => [name, await hookValue(value)] as const,
  );
  return new Map((await Promise.all(known)).filter(([, value]) => isGiven(value)));
}

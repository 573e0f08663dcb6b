import type { Step } from "../steps/step";
import { type Change, effectOf } from "../steps/effects";

/** Keys that stand in every step's document, or repeat what another child says. */
const saidElsewhere = new Set(["agent", "drift", "recheck", "secrets", "take-over"]);

/** The longest value that is shown whole. */
const shownLength = 60;

/**
 * The changes on the host when a step's document becomes another one, in one line, with what each means; undefined
 * where nothing changes.
 *
 * @param isSecret whether one of the two is: then no value is shown.
 */
export function changeInWords(
  step: Step,
  before: string,
  after: string,
  isSecret: boolean,
): string | undefined {
  const changes = changesBetween(before, after).filter(({ key }) => !step.looksAt.includes(key));
  if (changes.length === 0) return undefined;
  return byEffect(
    changes.map((change) => [
      describe(change, isSecret),
      effectOf(step.effects, isSecret ? hidden(change) : change).words,
    ]),
  );
}

/** The keys of a step's document whose change restarts the daemon, or may, each with what it does. No value is shown. */
export function restartingKeys(
  step: Step,
  before: string,
  after: string,
): [key: string, effect: string][] {
  const keys = changesBetween(before, after).flatMap((change) => {
    const { words, restarts } = effectOf(step.effects, change);
    return restarts ? [[change.key, words] as [string, string]] : [];
  });
  return isUpgrade(before, after) && mayRestart(step) ? [...keys, ["agent", upgrades]] : keys;
}

/** Whether the code of a step is another one, as after an upgrade of this package. A document of nothing else does nothing. */
function isUpgrade(before: string, after: string): boolean {
  const [old, present] = [parse(before), parse(after)];
  return old.size > 1 && present.has("agent") && old.get("agent") !== present.get("agent");
}

const mayRestart = (step: Step) =>
  Object.values(step.effects).some((effect) => typeof effect === "object");

const upgrades =
  "this version of rootless-docker runs other code as root in this step, and the daemon restarts if what it reads differs then";

/** Things in one line, those together that have the same effect. */
export function byEffect(things: readonly (readonly [thing: string, effect: string])[]): string {
  const together = new Map<string, string[]>();
  for (const [thing, effect] of things)
    together.set(effect, [...(together.get(effect) ?? []), thing]);
  return [...together]
    .map(([effect, all]) => all.join(", ") + (effect && `: ${effect}`))
    .join(". ");
}

/** A value of a secret document: that it is there, and no more. */
const hidden = ({ key, before, after }: Change): Change => ({
  key,
  before: before === undefined ? undefined : "[secret]",
  after: after === undefined ? undefined : "[secret]",
});

function changesBetween(before: string, after: string): Change[] {
  const [old, present] = [parse(before), parse(after)];
  return [...new Set([...old.keys(), ...present.keys()])]
    .filter((key) => !saidElsewhere.has(key) && old.get(key) !== present.get(key))
    .sort()
    .map((key) => ({ key, before: value(old.get(key)), after: value(present.get(key)) }));
}

function parse(document: string): Map<string, string> {
  const lines = document.split("\n").filter((line) => line.includes(": "));
  return new Map(
    lines.map((line) => {
      const at = line.indexOf(": ");
      return [line.slice(0, at), line.slice(at + 2)];
    }),
  );
}

/** The value of JSON, which renderDocument writes. The error of anything else would quote it. */
function value(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

function describe({ key, before, after }: Change, isSecret: boolean): string {
  const how = after === undefined ? "no longer set" : before === undefined ? "is new" : "changes";
  return isSecret
    ? `${key} [secret] ${how}`
    : `${key} ${shownValue(before)} => ${shownValue(after)}`;
}

/** As JSON, cut where it is long. */
export function shownValue(given: unknown): string {
  const text = given === undefined ? "(not set)" : JSON.stringify(given);
  return text.length > shownLength ? `${text.slice(0, shownLength)}...` : text;
}

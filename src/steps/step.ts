import type { Effect } from "./effects";
import type { Settings } from "./settings";
import type { Document } from "./document";
import { type Facts, type FactTypes, type Read, readFacts } from "./facts";
import { type InputPath, type SettingsAt, settingsAt } from "./inputPaths";

/** One step on the host: all that the component, its documentation and its tests know of it. */
export interface Step<Name extends string = string, Outputs extends object = object> {
  /** It names the child `NAME-STEP` and the step of the agent: it never changes. */
  readonly name: Name;
  /** The settings that its document is made of. Unknown or secret values elsewhere do not matter. */
  readonly inputs: readonly InputPath[];
  /** The effects of a key's change beyond the key itself, for people who read a preview. `*` stands for any text. */
  readonly effects: Readonly<Record<string, Effect>>;
  /** Whether its document is a secret as a whole, unless it is empty. */
  readonly isSecret: boolean;
  /** Keys of its document that it looks at and another child changes, or that say nothing to people. */
  readonly looksAt: readonly string[];
  /** The steps that come before it; with none, only the agent does. */
  readonly needs: readonly Step[];
  /** Desired state of the host. */
  document(settings: Settings, owner: string): Document;
  /**
   * Outputs of the component, made of the facts that the step reported.
   *
   * @throws ReportError that names the step and a fact that is missing or wrong.
   */
  readonly outputs: {
    readonly [Output in keyof Outputs]: (command: string, facts: Facts) => Outputs[Output];
  };
}

interface Definition<
  Name extends string,
  Path extends InputPath,
  Types extends FactTypes,
  Outputs extends object,
> {
  name: Name;
  /** Defaults to none. */
  needs?: readonly Step[];
  inputs: readonly Path[];
  /** Defaults to none. */
  effects?: Readonly<Record<string, Effect>>;
  /** Defaults to false. */
  isSecret?: boolean;
  /** Defaults to none. */
  looksAt?: readonly string[];
  document: (given: SettingsAt<Path>, owner: string) => Document;
  /** Defaults to none. */
  facts?: Types;
  outputs?: { [Output in keyof Outputs]: (facts: Read<Types>) => Outputs[Output] };
}

/** A step, whose functions get the inputs and facts that it names and no others. */
export function defineStep<
  const Name extends string,
  const Path extends InputPath,
  // A step without facts has none, and no outputs.
  Types extends FactTypes = Record<string, never>,
  Outputs extends object = object,
>(definition: Definition<Name, Path, Types, Outputs>): Step<Name, Outputs> {
  const { name, inputs, document, facts = {}, outputs = {}, needs = [] } = definition;
  const { effects = {}, isSecret = false, looksAt = [] } = definition;
  const readers = Object.entries(outputs as Record<string, (facts: unknown) => unknown>).map(
    ([output, make]) => [
      output,
      (command: string, report: Facts) => make(readFacts(command, facts, report)),
    ],
  );
  return {
    name,
    inputs,
    effects,
    isSecret,
    looksAt,
    needs,
    document: (settings, owner) => document(settingsAt(settings, inputs), owner),
    outputs: Object.fromEntries(readers) as Step<Name, Outputs>["outputs"],
  };
}

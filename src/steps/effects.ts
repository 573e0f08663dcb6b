/** What a change of a key does beyond the key itself, in words; of a secret document a value is "[secret]". */
export type Effect = string | ((before: unknown, after: unknown) => string);

/** One key of a step's document that is another one than before; undefined where it is not there. */
export interface Change {
  key: string;
  before: unknown;
  after: unknown;
}

/** The effect of the most exact pattern that a key fits; `*` stands for any text. */
export function effectOf(effects: Record<string, Effect>, change: Change): string | undefined {
  const [pattern] = Object.keys(effects)
    .filter((candidate) => fits(change.key, candidate))
    .sort((a, b) => b.length - a.length);
  const effect = pattern === undefined ? undefined : effects[pattern];
  return typeof effect === "function" ? effect(change.before, change.after) : effect;
}

function fits(key: string, pattern: string): boolean {
  const [start, end] = pattern.split("*");
  return end === undefined
    ? key === start
    : key.length >= start.length + end.length && key.startsWith(start) && key.endsWith(end);
}

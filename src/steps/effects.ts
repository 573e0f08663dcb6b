/** The effect of a key's change beyond the key itself, in words; a value of a secret document is "[secret]". */
type Words = string | ((before: unknown, after: unknown) => string);

/** With `restarts`, the daemon restarts for it, or may: only the host knows. */
export type Effect = Words | { restarts: Words };

/** One key of a step's document that is another one than before; undefined where it is not there. */
export interface Change {
  key: string;
  before: unknown;
  after: unknown;
}

/** The effect of the most exact pattern that a key fits; `*` stands for any text. */
export function effectOf(
  effects: Readonly<Record<string, Effect>>,
  { key, before, after }: Change,
): { words: string; restarts: boolean } {
  const [pattern] = Object.keys(effects)
    .filter((candidate) => fits(key, candidate))
    .sort((a, b) => b.length - a.length);
  const effect = pattern === undefined ? "" : effects[pattern];
  const restarts = typeof effect === "object";
  const words = restarts ? effect.restarts : effect;
  return { words: typeof words === "function" ? words(before, after) : words, restarts };
}

function fits(key: string, pattern: string): boolean {
  const [start, end] = pattern.split("*");
  return end === undefined
    ? key === start
    : key.length >= start.length + end.length && key.startsWith(start) && key.endsWith(end);
}

/** The effect of a change that the daemon reads when it starts. */
export const restartWords =
  "the daemon restarts; containers stop, and those with a restart policy start again";

/** The effect of such a change. */
export const restarts = { restarts: restartWords };

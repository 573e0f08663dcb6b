/** Numbers that a seed decides. */
export interface Random {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  oneOf<T>(items: readonly T[]): T;
}

/** mulberry32, the smallest generator that is good enough here. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { fraction, oneOf: (items) => items[Math.floor(fraction() * items.length)] };
}

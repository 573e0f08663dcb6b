export const survivorClasses = ["missing test", "same behaviour", "keeps no promise"] as const;
export type SurvivorClass = (typeof survivorClasses)[number];

/** What is known of a mutant that no test notices. */
export interface Survival {
  /**
   * `missing test`: one has to be written. `same behaviour`: nobody can see a difference, as where another check stands
   * behind this one. `keeps no promise`: the code may go, or no promise is about it.
   */
  class: SurvivorClass;
  reason: string;
}

/** A change of the sources that breaks a rule, or may break one. */
export interface Mutant {
  id: string;
  /** The number of a promise of docs/security.md, or 0 where nobody has said which. */
  promise: number;
  /** What is changed, in a few words. */
  what: string;
  /** Below the checkout, such as `src/host/core/lock.sh`. */
  file: string;
  apply: (text: string) => string;
  /** Test files that are to notice it, the first to be asked first: below the checkout. */
  room: readonly string[];
  survival?: Survival;
}

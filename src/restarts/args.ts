/** What becomes of an `up` that would restart the daemon. */
export const Restarts = {
  /** It does so. A preview says it before. */
  Allow: "Allow",
  /**
   * It ends with an error before anything on a machine is changed, and a preview says so. The same holds for another
   * `connection.host` or `account.name`, with which the whole installation moves. A change of ids, of controllers or of
   * the engine counts, too: only the machine knows whether the daemon has to restart for it. The inputs count, as the last
   * `up` had them. What a program does not say is not seen: a first `up` that takes a daemon over, a new package of the
   * distribution, what `recheck` repairs, the rest of a move that was cut off, a destroy. An engine without resource hooks
   * cannot do this, and refuses it.
   */
  Refuse: "Refuse",
} as const;
export type Restarts = (typeof Restarts)[keyof typeof Restarts];

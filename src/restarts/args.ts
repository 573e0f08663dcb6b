/** What becomes of an `up` that would restart the daemon. */
export const Restarts = {
  /** It does so. A preview says it before. */
  Allow: "Allow",
  /**
   * It ends with an error before anything on a machine is changed, and a preview says so. The same holds for another
   * `connection.host` or `account.name`, with which the whole installation moves. Changes of ids, controllers or the
   * engine count, since only the machine knows whether the daemon restarts for them. The inputs are compared with those
   * of the last `up`. Not seen are a daemon that a first `up` takes over, new packages of the distribution, repairs by
   * `recheck`, and a destroy. An engine without resource hooks refuses the value.
   */
  Refuse: "Refuse",
} as const;
export type Restarts = (typeof Restarts)[keyof typeof Restarts];

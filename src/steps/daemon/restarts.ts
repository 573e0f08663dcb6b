/** What a change does that the daemon reads when it starts. */
export const restartWords =
  "the daemon restarts; containers stop, and those with a restart policy start again";

/** The effect of such a change. */
export const restarts = { restarts: restartWords };

/** The effect of a change that the daemon reads when it starts. */
export const restarts =
  "the daemon restarts; containers stop, and those with a restart policy start again";

/** The effect of a change that the daemon reads when it starts. */
export const restarts = "the daemon restarts";

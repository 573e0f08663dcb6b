import { type BuiltAgent, joinAgent } from "./joinAgent";

/**
 * The agent. The build puts the result in the place of this module, which then imports nothing. In a checkout that is not
 * built the agent is joined each time a process starts, so that it is never older than its sources.
 */
export const builtAgent: BuiltAgent = joinAgent();

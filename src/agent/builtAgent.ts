// The build puts the result in the place of this module, which then imports nothing. In a checkout that is not built the
// agent is joined each time a process starts, so that it is never older than its sources.
// eslint-disable-next-line no-restricted-imports
import { joinAgent } from "../../scripts/agent/joinAgent";
import type { StepName } from "../steps";

/** The agent as the build has put it together from `src/host`. */
export interface BuiltAgent {
  /** Its text, as gzip in base64. */
  packed: string;
  /** SHA-256 of its text, in hexadecimal. */
  sum: string;
  /** The hash of every folder of its sources, a line each. */
  parts: string[];
  /** The hash of the code that each step runs. */
  codeHashes: Record<StepName, string>;
}

export const builtAgent: BuiltAgent = joinAgent();

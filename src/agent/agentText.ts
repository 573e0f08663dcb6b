import { gunzipSync } from "node:zlib";
import { type StepName, stepNames } from "../steps";
import { version } from "../version";
import { builtAgent } from "./builtAgent";

export { stepNames, type StepName };

let text: string | undefined;

/** The agent: one POSIX shell program. */
export function agentText(): string {
  return (text ??= gunzipSync(Buffer.from(builtAgent.packed, "base64")).toString("utf8"));
}

/** SHA-256 of the agent's text, in hexadecimal. */
export function agentSum(): string {
  return builtAgent.sum;
}

/**
 * The agent by version and sum, and the hash of every folder of its source. A preview of an upgrade shows the folders
 * that changed by name, and not the agent's text.
 */
export function agentParts(): { program: string; parts: string[] } {
  return { program: `${version} ${agentSum().slice(0, 8)}`, parts: builtAgent.parts };
}

/** The agent as it travels on a command's stdin, compressed: the engine keeps that twice in a stack's state. */
export function packedAgent(): string {
  return [
    "# rootless-docker agent: what runs as root, as gzip+base64.",
    `# version ${version}`,
    "# Plain text on the host: /var/lib/rootless-docker/agents/ID/agent",
    ...(builtAgent.packed.match(/.{1,8192}/g) ?? []),
    "",
  ].join("\n");
}

/** Turns `packedAgent` on stdin into the agent's text on stdout. */
export const unpackCommand = 'grep -v "^#" | base64 -d | gzip -d';

/** The hash of the code that a step runs, which stands in its document. */
export function stepCodeHash(step: StepName): string {
  return builtAgent.codeHashes[step];
}

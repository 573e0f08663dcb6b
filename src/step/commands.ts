import { unpackCommand } from "../agent/agentText";

// What is run on the host, in words that any login shell takes (sh, csh, fish): what needs more of a shell
// is one word in single quotes for sh. `update` does what `install` and `apply` do, where Pulumi knows of the
// step: so the agent sees that one is created a second time.

const state = "/var/lib/rootless-docker";
const agent = `${state}/agent`;
/** It goes with the last lease, also where something is kept: without it there is nothing to take back. */
const leases = `${state}/leases`;

/** Which installation, and how it becomes root: the agent's last arguments. */
export interface Who {
  /** Hexadecimal. */
  lease: string;
  /** With a space before it, or empty. */
  escalation: string;
}

/**
 * The agent is on stdin. It starts from a file that only the SSH user can change, becomes root, and puts
 * itself into place. A run that was killed leaves that file to the next one; what others have given such a
 * name is not this user's to remove.
 */
export function installCommand(verb: "install" | "update", { lease, escalation }: Who): string {
  const file = `/tmp/rootless-docker.${lease}`;
  return `sh -c 'rm -f ${file}.* 2>/dev/null; f=$(mktemp ${file}.XXXXXX) && trap "rm -f $f" EXIT && (${unpackCommand}) >"$f" && sh "$f" ${verb} agent ${lease}${escalation}'`;
}

/** What was kept on purpose may be all that is left: then an earlier run has removed the agent. */
export function uninstallCommand({ lease, escalation }: Who): string {
  return `[ ! -e ${agent} ] && [ ! -d ${leases} ] || sh ${agent} revert agent ${lease}${escalation} </dev/null`;
}

/** The step's document is on stdin. */
export function applyCommand(
  verb: "apply" | "update",
  step: string,
  { lease, escalation }: Who,
): string {
  return `sh ${agent} ${verb} ${step} ${lease}${escalation}`;
}

/** The same document is on stdin. */
export function revertCommand(step: string, { lease, escalation }: Who): string {
  return `[ ! -d ${leases} ] || sh ${agent} revert ${step} ${lease}${escalation}`;
}

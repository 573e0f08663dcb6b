import { createHash } from "node:crypto";
import { unpackCommand } from "../agent/agentText";

// What is run on the host, in words that any login shell takes (sh, csh, fish): what needs more of a shell
// is one word in single quotes for sh. `update` does what `install` and `apply` do, where Pulumi knows of the
// step: so the agent sees that one is created a second time.

const state = "/var/lib/rootless-docker";

/** What the agent's end says on a machine that has nothing of the installation. */
export const nothingThere = `agent: nothing taken back: this machine has no record of the installation in ${state}`;

/** Runs the installation's own agent, if it is whole: what a power cut or a hand left of it says nothing. */
function run(lease: string, words: string): string {
  const own = `${state}/agents/${lease}`;
  return `sha256sum --quiet -c ${own}/sha256 && sh ${own}/agent ${words}`;
}

/**
 * The same, where anything of the installation is on this machine: its record or, where an end was killed,
 * only its agent. The machine may have been made anew.
 */
function runIfThere(lease: string, words: string, otherwise = ""): string {
  const [record, own] = [`${state}/leases/${lease}`, `${state}/agents/${lease}`];
  return `sh -c '[ ! -d ${record} ] && [ ! -h ${own} ]${otherwise} || { ${run(lease, words)}; }'`;
}

/** Which installation, and how it becomes root. */
export interface Invocation {
  /** Hexadecimal. */
  lease: string;
  /** For the agent's own step, which writes it down for the others. With a space before it, or empty. */
  escalation: string;
}

/** The same of a step. */
export interface StepInvocation {
  /** Hexadecimal. */
  lease: string;
  /** Of the agent's resource: a step that Pulumi makes for another agent has not taken the place of an earlier one. */
  agentId: string;
}

/** Pulumi's id of a resource, as one word for any shell. */
export function wordOfId(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 12);
}

/**
 * The agent is on stdin. It starts from a file that only the SSH user can change, becomes root, and puts
 * itself into place. A run that was killed leaves that file to the next one; what others have given such a
 * name is not this user's to remove.
 */
export function installCommand(
  verb: "install" | "update",
  { lease, escalation }: Invocation,
): string {
  const file = `/tmp/rootless-docker.${lease}`;
  return `sh -c 'rm -f ${file}.* 2>/dev/null; f=$(mktemp ${file}.XXXXXX) && trap "rm -f $f" EXIT && (${unpackCommand}) >"$f" && sh "$f" ${verb} agent ${lease}${escalation}'`;
}

/** stdin is not read. Where nothing is there, this last command says so for all. */
export function uninstallCommand({ lease }: Invocation): string {
  const words = `revert agent ${lease} </dev/null`;
  return runIfThere(lease, words, ` && echo "${nothingThere}" >&2`);
}

/** The step's document is on stdin. */
export function applyCommand(
  verb: "apply" | "update",
  step: string,
  { lease, agentId }: StepInvocation,
): string {
  return run(lease, `${verb} ${step} ${lease} "" ${agentId}`);
}

/** Prints what is not as the installation left it; nothing where none is there. */
export function checkCommand({ lease }: Invocation): string {
  return runIfThere(lease, `check host ${lease}`);
}

/**
 * Prints what an `up` would find wrong on a machine that has nothing of the installation. The agent is on stdin,
 * and runs from a file that only the SSH user can change.
 *
 * @param document of preflight, whose values everybody on the machine may see.
 */
export function checkNewCommand(document: string, escalation: string): string {
  const words = `check new ${Buffer.from(document).toString("hex")}${escalation}`;
  return `sh -c 'f=$(mktemp /tmp/rootless-docker.check.XXXXXX) && trap "rm -f $f" EXIT && (${unpackCommand}) >"$f" && sh "$f" ${words}'`;
}

/** The same document is on stdin. */
export function revertCommand(step: string, { lease, agentId }: StepInvocation): string {
  return runIfThere(lease, `revert ${step} ${lease} "" ${agentId}`);
}

import { createHash } from "node:crypto";
import { AgentTransfer } from "../ssh/args";
import { byPassword } from "../ssh/settings";
import { agentSum, unpackCommand } from "./agentText";

// These commands run on the host, in words that any login shell takes (sh, csh, fish). A text that needs more of a
// shell is one word in single quotes for sh. `update` does what `apply` does, where Pulumi knows of the step: so the
// agent sees that one is created a second time. With a password for sudo, it is the first line on stdin of all that
// becomes root; what runs before must not read it.

const state = "/var/lib/rootless-docker";

/** The message of the agent's end on a machine that has nothing of the installation. */
export const nothingThere = `agent: nothing taken back: this machine has no record of the installation in ${state}`;

/** Runs the installation's own agent, if it is whole: what a power cut or a hand left of it says nothing. */
function run(installation: string, words: string): string {
  const own = `${state}/agents/${installation}`;
  return `sha256sum --quiet -c ${own}/sha256 && sh ${own}/agent ${words}`;
}

/**
 * The same, where anything of the installation is on this machine: its record or, where an end was killed,
 * only its agent. The machine may have been made anew.
 */
function runIfThere(
  installation: string,
  words: string,
  { before = "", otherwise = "" } = {},
): string {
  const [record, own] = [
    `${state}/installations/${installation}`,
    `${state}/agents/${installation}`,
  ];
  return `sh -c '${before}[ ! -d ${record} ] && [ ! -h ${own} ]${otherwise} || { ${run(installation, words)}; }'`;
}

/**
 * The word for the escalation in all commands but the install: the installed agent knows its
 * escalation, but for a password.
 */
const wordOf = (escalation: string) => (escalation === byPassword ? byPassword : '""');

/** Which installation, how the agent gets there, and how it becomes root. */
export interface Invocation {
  /** Hexadecimal. */
  installation: string;
  transfer: AgentTransfer;
  /** The agent's word for it, which its installation writes down for the steps. */
  escalation: string;
}

/** The same of a step. */
export interface StepInvocation {
  /** Hexadecimal. */
  installation: string;
  /** As above: with a password, stdin has a line more. */
  escalation: string;
  /**
   * The id of the agent's resource: a step that Pulumi makes for another agent has not taken the
   * place of an earlier one.
   */
  agentId: string;
}

/** Pulumi's id of a resource, as one word for any shell. */
export function wordOfId(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 12);
}

/** Where the login finds the agent's text until it is installed, as a word of sh. */
export function copyPath(transfer: AgentTransfer, installation: string): string {
  // SFTP takes a path without a "/" in the login's home, which stdin does without.
  return transfer === AgentTransfer.Sftp
    ? `.rootless-docker-${installation}`
    : `/tmp/rootless-docker.${installation}.$(id -u)`;
}

/** All files of an installation in /tmp. */
const ownFiles = (installation: string) => `/tmp/rootless-docker.${installation}.*`;

/** The agent is on stdin. The file is one that only the SSH user can change; a run that was killed left one. */
export function copyCommand({ installation }: Pick<Invocation, "installation">): string {
  const file = copyPath(AgentTransfer.Stdin, installation);
  return `sh -c 'rm -f ${file} && umask 077 && set -C && (${unpackCommand}) >${file}'`;
}

/** stdin is not read. */
export function removeCopyCommand({ installation }: Pick<Invocation, "installation">): string {
  return `sh -c 'rm -f ${copyPath(AgentTransfer.Stdin, installation)} || :'`;
}

/**
 * The document of the first step, `machine`, is on stdin. The agent is put into place first, unless it is there
 * already. Others of the login's group may be able to change the copy: so root runs a file that the login alone has,
 * once its sum is right.
 */
export function machineCommand(verb: "apply" | "update", who: Invocation & StepInvocation): string {
  const { installation, transfer, escalation, agentId } = who;
  const asks = escalation === byPassword;
  // A run that was killed has left one.
  const files = ownFiles(installation);
  const places = `a=${state}/agents/${installation} c=${copyPath(transfer, installation)}`;
  const installed = `.${installation}.${agentSum().slice(0, 16)}${asks ? "sudo" : escalation}`;
  const isThere = `[ "$(readlink $a)$(cat $a/escalation)" = ${installed} ] && sha256sum --status -c $a/sha256`;
  const isWhole = `echo "${agentSum()}  $f" | sha256sum --status -c || ! echo "sha256sum: $c: not what was brought" >&2`;
  const install = `sh $f install agent ${installation} ${escalation}`;
  const apply = `sh $a/agent ${verb} machine ${installation} ${wordOf(escalation)} ${agentId}`;
  // Both agents read the password, which this shell keeps in a variable of its own: printf is a part of it.
  const [before, installs, applies] = asks
    ? [readPassword, `${printPassword} | ${install}`, `{ ${printPassword}; cat; } | ${apply}`]
    : ["", `${install} </dev/null`, apply];
  const bring = `f=$(mktemp /tmp/rootless-docker.${installation}.XXXXXX) && trap "rm -f $f" EXIT && cat $c >$f && { ${isWhole}; } && ${installs} >/dev/null`;
  return `sh -c '${before}${places}; { ${isThere}; } 2>/dev/null || { ${bring}; } && { rm -f $c ${files}; ${applies}; }'`;
}

// Not of the environment, which the programs have that this shell starts.
const readPassword = "unset p; IFS= read -r p; ";
const printPassword = 'printf "%s\\n" "$p"';

/** stdin is not read, but for a password. Where nothing is there, this last command says so for all. */
export function uninstallCommand({ installation, transfer, escalation }: Invocation): string {
  const words = `revert agent ${installation} ${escalation === byPassword ? byPassword : "</dev/null"}`;
  const copy = `rm -f ${copyPath(transfer, installation)} ${ownFiles(installation)}; `;
  return runIfThere(installation, words, {
    before: copy,
    otherwise: ` && echo "${nothingThere}" >&2`,
  });
}

/** The step's document is on stdin. */
export function applyCommand(
  verb: "apply" | "update",
  step: string,
  { installation, agentId, escalation }: StepInvocation,
): string {
  return run(installation, `${verb} ${step} ${installation} ${wordOf(escalation)} ${agentId}`);
}

/** Prints what is not as the installation left it, as JSON, and null where none is there. */
export function checkCommand({ installation, escalation }: Invocation): string {
  return runIfThere(installation, `check host ${installation} ${wordOf(escalation)}`, {
    otherwise: " && echo null",
  });
}

/**
 * Prints what an `up` would find wrong on a machine that has nothing of the installation. The agent is on stdin,
 * and runs from a file that only the SSH user can change.
 *
 * @param document of preflight, whose values everybody on the machine may see.
 */
export function checkNewCommand(document: string, escalation: string): string {
  const words = `check new ${Buffer.from(document).toString("hex")} ${escalation}`;
  const [before, given] =
    escalation === byPassword ? [readPassword, `${printPassword} | `] : ["", ""];
  return `sh -c '${before}f=$(mktemp /tmp/rootless-docker.check.XXXXXX) && trap "rm -f $f" EXIT && (${unpackCommand}) >"$f" && ${given}sh "$f" ${words}'`;
}

/** The same document is on stdin. */
export function revertCommand(
  step: string,
  { installation, agentId, escalation }: StepInvocation,
): string {
  return runIfThere(
    installation,
    `revert ${step} ${installation} ${wordOf(escalation)} ${agentId}`,
  );
}

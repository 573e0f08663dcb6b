import { createHash } from "node:crypto";
import { AgentTransfer } from "../ssh/args";
import { byPassword } from "../ssh/settings";
import { agentSum, unpackCommand } from "./agentText";

// These commands run on the host, in words that any login shell takes (sh, csh, fish): each is one word in single quotes
// for sh. They are short, since Pulumi's error begins with the whole command when a step fails. `update` does what
// `apply` does, where Pulumi knows of the step: so the agent sees that one is created a second time. With a password for
// sudo, it is the first line on stdin of all that becomes root; what runs before must not read it.

const state = "/var/lib/rootless-docker";

/** The message of the agent's end on a machine that has nothing of the installation. */
export const nothingThere = `agent: nothing to revert: this machine has no record of the installation in ${state}`;

/** A text for sh in which `$i` is the installation's id, and `$a` the directory of its agent. */
function shell(installation: string, text: string): string {
  return `sh -c 'i=${installation}; a=${state}/agents/$i; ${text}'`;
}

/**
 * Runs the installation's own agent, if it is whole: what a power cut or a hand left of it says nothing. It takes the
 * shell's place, so that Pulumi hears of a signal that ends it.
 */
const run = (words: string, stdin = "") =>
  `sha256sum --quiet -c $a/sha256 && ${stdin}exec sh $a/agent ${words}`;

/**
 * The same, where anything of the installation is on this machine: its record or, where an end was killed,
 * only its agent. The machine may have been replaced.
 */
const runIfThere = (words: string, otherwise = "") =>
  `[ ! -d ${state}/installations/$i ] && [ ! -h $a ]${otherwise} || { ${run(words)}; }`;

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

/** Where the login finds the agent's text until it is installed, as a word of sh; `$i` may stand for the installation. */
export function copyPath(transfer: AgentTransfer, installation: string): string {
  // SFTP takes a path without a "/" in the login's home, which stdin does without.
  return transfer === AgentTransfer.Sftp
    ? `.rootless-docker-${installation}`
    : `/tmp/rootless-docker.${installation}.$(id -u)`;
}

/** All files of an installation in /tmp: of its copy, and of runs that were killed. */
const ownFiles = "/tmp/rootless-docker.$i.*";

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
 * The document of the first step, `machine`, is on stdin. If the login has a copy of the agent, that is installed first,
 * which changes nothing where it is installed already. Others of the login's group may be able to change the copy: so
 * root runs a file that the login alone can change, once its sum is right.
 */
export function machineCommand(verb: "apply" | "update", who: Invocation & StepInvocation): string {
  const { installation, transfer, escalation, agentId } = who;
  const asks = escalation === byPassword;
  const install = `sh $f install agent $i ${escalation}`;
  const apply = `${verb} machine $i ${wordOf(escalation)} ${agentId}`;
  // Both agents read the password, which this shell keeps in a variable of its own: printf is a part of it.
  const [before, installs, applies] = asks
    ? [readPassword, `${printPassword} | ${install}`, run(apply, `{ ${printPassword}; cat; } | `)]
    : ["", `${install} </dev/null`, run(apply)];
  const isWhole = `echo "${agentSum()}  $f" | sha256sum --quiet -c >&2`;
  // Others can put files of these names into /tmp: a file of theirs that stays is no failure.
  const bring = `f=$(mktemp /tmp/rootless-docker.$i.XXXX) && cat $c >$f && ${isWhole} && ${installs} >/dev/null && { rm -f $c ${ownFiles}; :; }`;
  // Where the copy is in /tmp, others can make a file of that name, which does not count.
  const text = `${before}c=${copyPath(transfer, "$i")}; [ ! -O $c ] || { ${bring}; } && ${applies}`;
  return shell(installation, text);
}

// Not of the environment, which the programs have that this shell starts.
const readPassword = "unset p; IFS= read -r p; ";
const printPassword = 'printf "%s\\n" "$p"';

/** stdin is not read, but for a password. Where nothing is there, this last command says so for all. */
export function uninstallCommand({ installation, transfer, escalation }: Invocation): string {
  const words = `revert agent $i ${escalation === byPassword ? byPassword : "</dev/null"}`;
  const removeCopy = `rm -f ${copyPath(transfer, "$i")} ${ownFiles}; `;
  return shell(installation, removeCopy + runIfThere(words, ` && echo "${nothingThere}" >&2`));
}

/** The step's document is on stdin. */
export function applyCommand(
  verb: "apply" | "update",
  step: string,
  { installation, agentId, escalation }: StepInvocation,
): string {
  return shell(installation, run(`${verb} ${step} $i ${wordOf(escalation)} ${agentId}`));
}

/** Prints what is not as the installation left it, as JSON, and null where none is there. */
export function checkCommand({ installation, escalation }: Invocation): string {
  return shell(installation, runIfThere(`check host $i ${wordOf(escalation)}`, " && echo null"));
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
  return shell(installation, runIfThere(`revert ${step} $i ${wordOf(escalation)} ${agentId}`));
}

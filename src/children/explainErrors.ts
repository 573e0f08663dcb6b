import * as pulumi from "@pulumi/pulumi";
import { withoutSecrets } from "../ssh/withoutSecrets";
import { hooksWork } from "../engineHooks";
import type { HookName } from "../hookNames";
import { plainError } from "../log";
import { knownValue } from "../sdkInternals";

/** Messages of SSH itself when a connection cannot be made, and what each asks for. */
const causes: { says: RegExp; happened: string; fix: string; begun?: true }[] = [
  {
    says: /without exit status or exit signal|No response from server/,
    happened: "the connection closed while the step ran",
    fix: "run pulumi up again, which completes what the step began",
    begun: true,
  },
  {
    says: /subsystem request failed/,
    happened: "the SSH server does not support SFTP, which copies the program that runs as root",
    fix: "set agentTransfer to stdin, or add 'Subsystem sftp internal-sftp' to the machine's sshd_config",
  },
  {
    // Which of the two depends on who is faster.
    says: /error (receiving version|sending init) packet/,
    happened: "the login prints text, or ends, before SFTP begins",
    fix: "see what 'ssh USER@HOST true' prints: if it names another user, set connection.user to that name; if the user may not log in, give it a shell; if a ~/.bashrc prints text, set agentTransfer to stdin",
  },
  {
    says: /SSH_FX_FAILURE/,
    happened: "no file can be written in the home of connection.user, as on a full disk",
    fix: "see with 'df' and 'quota' what fills it, free 200 KB, then run pulumi up again",
  },
  {
    says: /failed to (create|copy|stat) /,
    happened:
      "connection.user has no home in which it can write, and the program that runs as root is copied there",
    fix: "set agentTransfer to stdin, or give that user a home",
  },
  {
    says: /dial unix/,
    happened:
      "no SSH agent answers at connection.agentSocketPath, or at SSH_AUTH_SOCK where Pulumi runs",
    fix: "start that agent, or set the socket of one that runs; to use no agent, unset both, even if privateKey is set",
  },
  {
    says: /no common algorithm for host key/,
    happened: "the SSH server has no usable host key of the type in connection.hostKey",
    fix: "set hostKey to the machine's ed25519 or ecdsa key (/etc/ssh/ssh_host_*_key.pub): OpenSSH 8.8 and later refuse ssh-rsa as the command plugin requests it",
  },
  {
    says: /host key mismatch|knownhosts|host key/i,
    happened: "the machine's host key differs from connection.hostKey",
    fix: "compare it with the machine's /etc/ssh/ssh_host_*_key.pub: if the machine was created again, set hostKey to its new key; if not, somebody may be intercepting the connection",
  },
  {
    says: /unable to authenticate|no supported methods|permission denied/i,
    happened: "the SSH server refuses the credentials of connection.user",
    fix: "put the public key into that user's ~/.ssh/authorized_keys, or set privateKey, password or agentSocketPath",
  },
  {
    says: /not password protected|not an encrypted key/,
    happened: "privateKeyPassword is set, but the key has no passphrase",
    fix: "leave privateKeyPassword out, because even an empty one is used",
  },
  {
    says: /cannot decode|parse.*private key|ssh: no key found|passphrase|decryption password|privateKey/i,
    happened: "privateKey cannot be read as PEM or OpenSSH text",
    fix: "set it to the whole text of the key file, and privateKeyPassword to its passphrase",
  },
  {
    says: /handshake failed: (EOF|Connection lost|.*(reset|broken pipe))/i,
    happened: "the SSH server hangs up before connection.user can log in",
    fix:
      "check first that the machine has that user, with your key in its ~/.ssh/authorized_keys. After " +
      "failed logins sshd blocks an address for a while, so wait a minute, then run again. If user and " +
      "key are right, something such as fail2ban blocks the address, or MaxStartups in the " +
      "machine's sshd_config is too low for four connections at a time: raise it, or " +
      "connection.dialErrorLimit",
  },
  {
    says: /no such host|ENOTFOUND/,
    happened: "the name in connection.host has no address where Pulumi runs",
    fix: "check the spelling of the name, and with 'getent hosts NAME' its DNS entry",
  },
  {
    says: /dial|timed? ?out|timeout|deadline exceeded|refused|no route|unreachable|EOF|reset|handshake/i,
    happened: "no SSH server answers at connection.host and connection.port",
    fix: "check the address, port and firewall, and that the machine has booted; if it is slow, raise connectTimeout",
  },
];

/**
 * The message for an error of the connection itself, or undefined for any other error. It names the
 * step, what happened, and what to do, as the agent's own messages do.
 *
 * @param user of the login, where it may be shown.
 */
export function explainConnectionError(
  step: string,
  error: string,
  user?: string,
): string | undefined {
  if (/Process exited with status/.test(error)) return undefined;
  const cause = causes.find(({ says }) => says.test(error));
  if (cause === undefined) return undefined;
  const happened = cause.happened.replace(
    "connection.user",
    (input) => input + (user ? ` '${user}'` : ""),
  );
  return `${step}: connection: ${happened} (${lastLine(error)}). To fix: ${cause.fix}.${cause.begun ? "" : " This step changed nothing."}`;
}

const missingAgent = {
  part: "agent",
  happened: "the program on the machine is missing or damaged",
  fix: "run pulumi up with a new value of operations.recheck, which installs it again, then repeat this command. Perhaps the machine was created again, somebody changed or removed the agent, or the power failed",
};

/** What a login prints that has not come to the agent, in the line that is quoted, and what each asks for. */
const beforeTheAgent: (typeof missingAgent & { says: RegExp })[] = [
  // The commands that version 0.1.0 left in a state leave it to the shell.
  { ...missingAgent, says: /^\S*sh: .*\/rootless-docker\/agent.*$/m },
  {
    // sha256sum says so before anything else is run: in any language, and whichever of its two streams comes first.
    ...missingAgent,
    says: /(?<=^Process exited with [^:]*: running ".*":\n)(?:sha256sum: .*|.*rootless-docker(?:\/agents\/[0-9a-f]+\/(?:agent|sha256)|[.-][0-9a-f]+(?:\.\w+)?): .*)/,
  },
  {
    says: /^This account is currently not available.*$/m,
    part: "login",
    happened: "the user may not run commands",
    fix: "give connection.user a shell such as /bin/sh with 'usermod --shell', or connect as another user",
  },
  {
    says: /^sudo: .*must have a tty.*$/m,
    part: "sudo",
    happened: "sudo requires a terminal, and a step has none",
    fix: "add 'Defaults:NAME !requiretty' to sudoers, with the name of connection.user",
  },
  {
    // A cloud's image, where a key of root's only says which user to be.
    says: /^Please login as the user "(?<user>[^"\n]+)".*$/m,
    part: "login",
    happened: "this user may not log in",
    fix: "set connection.user to 'USER', which becomes root with sudo",
  },
];

/** The same for a login that ran something else than the agent, or nothing. */
export function explainFailedLogin(step: string, error: string): string | undefined {
  for (const { says, part, happened, fix } of beforeTheAgent) {
    const match = says.exec(error);
    if (match === null) continue;
    const todo = fix.replace("USER", () => match.groups?.user ?? "");
    return `${step}: ${part}: ${happened} (${match[0].trim()}). To fix: ${todo}`;
  }
  return undefined;
}

/**
 * The output of a step that failed, with the agent's problems first. Each is one line that says what happened, and
 * how to fix it. The command is left out. Undefined where the step failed for another reason.
 */
export function explainProblems(error: string): string | undefined {
  const [, printed] = /^Process exited with [^:]*: running ".*":\n([^]*)$/.exec(error) ?? [];
  if (printed === undefined) return undefined;
  const lines = printed.trimEnd().split("\n");
  const isProblem = (line: string) => /^[\w-]+: .+: .+\. To fix: ./.test(line);
  const problems = lines.filter(isProblem);
  if (problems.length === 0) return undefined;
  return [...problems, ...lines.filter((line) => !isProblem(line))].join("\n");
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}

/**
 * A hook that says what a failed connection or a missing agent means, and that says the agent's own problems before the
 * command that has failed. A preview has it too, where nothing fails. None under mocks.
 *
 * @param hosts named in what SSH says; shown unless they are secrets.
 */
export function explainErrors(
  hookName: HookName,
  hosts: readonly pulumi.Input<string>[],
  user: pulumi.Input<string>,
): pulumi.ResourceHookBinding | undefined {
  if (!hooksWork()) return undefined;
  const hook = new pulumi.ErrorHook(
    hookName("error"),
    async ({ name: resource, errors: [error] }) => {
      const text = await withoutSecrets(error ?? "", hosts);
      const message =
        explainConnectionError(resource, text, await unlessSecret(user)) ??
        explainFailedLogin(resource, text) ??
        explainProblems(text);
      // The engine shows what a hook throws as the resource's error.
      if (message) throw plainError(message);
      return false;
    },
  );
  return { onError: [hook] };
}

async function unlessSecret(value: pulumi.Input<string>): Promise<string | undefined> {
  const output = pulumi.output(value);
  return (await pulumi.isSecret(output)) ? undefined : knownValue(output);
}

import * as pulumi from "@pulumi/pulumi";
import { withoutSecrets } from "../ssh/withoutSecrets";
import type { HookName } from "../hookNames";
import { hooksWork, knownValue } from "../sdkInternals";

const aLogin = "a login as connection.user";

/** Messages of SSH itself when a connection cannot be made, and what each asks for. */
const causes: { says: RegExp; found: string; wanted: string; fix: string; begun?: true }[] = [
  {
    says: /without exit status or exit signal|No response from server/,
    found: "a connection that closed while the step ran",
    wanted: "the end of the step",
    fix: "run pulumi up again: it ends what the step began",
    begun: true,
  },
  {
    says: /subsystem request failed/,
    found: "an SSH server without SFTP",
    wanted: "the subsystem sftp, which brings the program that runs as root",
    fix: "set agentTransfer to stdin, or write 'Subsystem sftp internal-sftp' into the machine's sshd_config",
  },
  {
    // Which of the two depends on who is faster.
    says: /error (receiving version|sending init) packet/,
    found: "a login that prints text or ends before SFTP begins",
    wanted: "one that is silent where no terminal is there",
    fix: "see what 'ssh USER@HOST true' prints: the name of another user is the one for connection.user; a user who may not log in needs a shell; where a ~/.bashrc prints, set agentTransfer to stdin",
  },
  {
    says: /SSH_FX_FAILURE/,
    found: "a home of connection.user that takes no file, as on a full disk",
    wanted: "room for 200 KB there",
    fix: "see with 'df' and 'quota' what fills it, then run pulumi up again",
  },
  {
    says: /failed to (create|copy|stat) /,
    found: "no home of connection.user in which it may write",
    wanted: "one, for the program that runs as root",
    fix: "set agentTransfer to stdin, or give that user a home",
  },
  {
    says: /dial unix/,
    found: "no SSH agent that answers",
    wanted: "one at connection.agentSocketPath, or at SSH_AUTH_SOCK where Pulumi runs",
    fix: "start that agent, or name the socket of one that runs; without an agent unset both, also where privateKey is set",
  },
  {
    says: /no common algorithm for host key/,
    found: "an SSH server that does not sign with a key of hostKey's type",
    wanted: "a type that it signs with",
    fix: "set hostKey to the machine's ed25519 or ecdsa key (/etc/ssh/ssh_host_*_key.pub): servers since OpenSSH 8.8 refuse ssh-rsa as the command plugin asks for it",
  },
  {
    says: /host key mismatch|knownhosts|host key/i,
    found: "another host key than connection.hostKey",
    wanted: "the machine that hostKey names",
    fix: "compare with the machine's /etc/ssh/ssh_host_*_key.pub: if it was created again, set hostKey to its new key; if not, somebody may be intercepting the connection",
  },
  {
    says: /unable to authenticate|no supported methods|permission denied/i,
    found: "the SSH server refusing the credentials",
    wanted: aLogin,
    fix: "put the public key into that user's ~/.ssh/authorized_keys, or set privateKey, password or agentSocketPath",
  },
  {
    says: /not password protected|not an encrypted key/,
    found: "a privateKeyPassword for a key that has none",
    wanted: "a passphrase only for a key that is encrypted",
    fix: "leave privateKeyPassword out; an empty one counts, too",
  },
  {
    says: /cannot decode|parse.*private key|ssh: no key found|passphrase|decryption password|privateKey/i,
    found: "a privateKey that cannot be read",
    wanted: "PEM or OpenSSH text",
    fix: "give the whole file as it is, and its passphrase as privateKeyPassword",
  },
  {
    says: /handshake failed: (EOF|Connection lost|.*(reset|broken pipe))/i,
    found: "the SSH server hanging up before a login",
    wanted: aLogin,
    fix:
      "see first whether the machine has that user, with your key in its ~/.ssh/authorized_keys: after " +
      "failed logins sshd shuts an address out for a while, so wait a minute, then run again. Where " +
      "both are right, something such as fail2ban shuts the address out, or MaxStartups in the " +
      "machine's sshd_config is too low for four connections at a time: raise it, or " +
      "connection.dialErrorLimit",
  },
  {
    says: /no such host|ENOTFOUND/,
    found: "no address of the name in connection.host",
    wanted: "a name that can be looked up where Pulumi runs, or an address",
    fix: "see whether the name is spelled right, and with 'getent hosts NAME' whether its DNS entry is there",
  },
  {
    says: /dial|timed? ?out|timeout|deadline exceeded|refused|no route|unreachable|EOF|reset|handshake/i,
    found: "no SSH server that answers",
    wanted: "one at connection.host and connection.port",
    fix: "check address, port and firewall, and that the machine has booted; a slow one needs a larger connectTimeout",
  },
];

/**
 * The message for an error of the connection itself, or undefined for any other error. It names the
 * step, what was found, what was wanted, and what to do, as the agent's own messages do.
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
  const wanted = user && cause.wanted === aLogin ? `${aLogin} '${user}'` : cause.wanted;
  return `${step}: connection: found ${cause.found} (${lastLine(error)}); wanted ${wanted}. To fix: ${cause.fix}.${cause.begun ? "" : " Nothing was changed by this step."}`;
}

/**
 * The same for a step that found no agent, or one that is not whole. sha256sum says so before anything else
 * is run; the commands that version 0.1.0 left in a state leave it to the shell.
 */
export function explainMissingAgent(step: string, error: string): string | undefined {
  const [words] = /^\S*sh: .*\/rootless-docker\/agent.*$/m.exec(error) ?? sumsWords(error);
  return (
    words &&
    `${step}: agent: found none that is whole (${words}); wanted the one that the step machine puts there. To fix: run pulumi up with a new value of operations.recheck, which puts it back, then run this again: the machine was created again, somebody changed or removed the agent, or the power failed`
  );
}

/** In any language, and whichever of its two streams comes first. */
function sumsWords(error: string): string[] {
  const [, first = ""] = /":\n(.*)/.exec(error) ?? [];
  const isSum =
    /^sha256sum: |rootless-docker(\/agents\/[0-9a-f]+\/(agent|sha256)|[.-][0-9a-f]+(\.\w+)?): /.test(
      first,
    );
  return isSum ? [first] : [];
}

/** The same for a login that runs nothing. */
export function explainNoShell(step: string, error: string): string | undefined {
  const [words] = /^This account is currently not available.*$/m.exec(error) ?? [];
  return (
    words &&
    `${step}: login: found a user that may not run commands (${words}); wanted a login shell that does. To fix: give connection.user a shell such as /bin/sh with 'usermod --shell', or connect as another user`
  );
}

/** The same for the user of a cloud's image whose key only says which one to use. */
export function explainOtherUser(step: string, error: string): string | undefined {
  const [words, user] = /^Please login as the user "([^"\n]+)".*$/m.exec(error) ?? [];
  return (
    words &&
    `${step}: login: found a user who may not log in (${words.trim()}); wanted one who may. To fix: set connection.user to '${user}'; what needs root is run by sudo`
  );
}

/**
 * The output of a step that failed, with the agent's problems first. Each is one line that says what was found, what was
 * wanted, and how to fix it. The command is left out. Undefined where the step failed for another reason.
 */
export function explainProblems(error: string): string | undefined {
  const [, printed] = /^Process exited with [^:]*: running ".*":\n([^]*)$/.exec(error) ?? [];
  if (printed === undefined) return undefined;
  const lines = printed.trimEnd().split("\n");
  const isProblem = (line: string) => /^[\w-]+: .*found .*; wanted .*\. To fix: /.test(line);
  const problems = lines.filter(isProblem);
  if (problems.length === 0) return undefined;
  return [...problems, ...lines.filter((line) => !isProblem(line))].join("\n");
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}

/**
 * A hook that says what a failed connection or a missing agent means, and that says the agent's own problems before the
 * command that has failed. None under mocks; a preview needs none.
 *
 * @param hosts named in what SSH says; shown unless they are secrets.
 */
export function explainErrors(
  hookName: HookName,
  hosts: readonly pulumi.Input<string>[],
  user: pulumi.Input<string>,
): pulumi.ResourceHookBinding | undefined {
  if (pulumi.runtime.isDryRun() || !hooksWork()) return undefined;
  const hook = new pulumi.ErrorHook(
    hookName("error"),
    async ({ name: resource, errors: [error] }) => {
      const text = await withoutSecrets(error ?? "", hosts);
      const message =
        explainConnectionError(resource, text, await unlessSecret(user)) ??
        explainMissingAgent(resource, text) ??
        explainNoShell(resource, text) ??
        explainOtherUser(resource, text) ??
        explainProblems(text);
      // The engine shows what a hook throws as the resource's error.
      if (message) throw new Error(message);
      return false;
    },
  );
  return { onError: [hook] };
}

async function unlessSecret(value: pulumi.Input<string>): Promise<string | undefined> {
  const output = pulumi.output(value);
  return (await pulumi.isSecret(output)) ? undefined : knownValue(output);
}

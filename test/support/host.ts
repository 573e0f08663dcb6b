import { readFileSync } from "node:fs";
import { busyboxImageTar } from "../../stand-ins/dockerCli";
import {
  createHost,
  type Finished,
  type HostArgs,
  type SshOptions,
  type TestHost,
  strict,
} from "../../stand-ins/hosts";

/** A host of these tests. Each file makes its own, and shares it among its tests. */
export async function bootHost(args: Partial<HostArgs> = {}): Promise<TestHost> {
  return createHost({ suite: "trixie", ...args });
}

/** Runs shell commands as an account, with the environment of its service manager. Throws if one fails. */
export function asAccount(host: TestHost, account: string, command: string): Promise<string> {
  return host.run(shellOf(account), { input: strict + command });
}

/** The same, whatever it exits with. */
export function tryAsAccount(
  host: TestHost,
  account: string,
  command: string,
  options: Pick<SshOptions, "timeoutSeconds"> = {},
): Promise<Finished> {
  return host.ssh(shellOf(account), { ...options, input: strict + command });
}

function shellOf(account: string): string {
  return `setpriv --reuid ${account} --regid ${account} --init-groups env -i HOME=$(getent passwd ${account} | cut -d: -f6) PATH=$PATH:/usr/sbin XDG_RUNTIME_DIR=/run/user/$(id -u ${account}) sh`;
}

/** The daemon's process and start: they change with every restart. */
export function daemonStart(host: TestHost, account: string): Promise<string> {
  return asAccount(
    host,
    account,
    "systemctl --user show -p MainPID -p ActiveEnterTimestampMonotonic docker.service",
  );
}

/** Gives the account's daemon an image: there is no registry. */
export async function importImage(host: TestHost, account: string, where = ""): Promise<void> {
  await host.run("cat >/tmp/busybox.tar", { input: readFileSync(await busyboxImageTar()) });
  await asAccount(host, account, `docker ${where} import /tmp/busybox.tar busybox >/dev/null`);
  await host.run("rm /tmp/busybox.tar");
}

/** Runs a command of this package exactly as it is, and returns its stdout. Throws if it fails. */
export async function runExactly(
  host: TestHost,
  command: string,
  options: SshOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await host.ssh(command, options);
  if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${command}\n${stderr}${stdout}`);
  return stdout;
}

/** Runs lines as root, in the machine's `sh`. Throws if one fails. */
export function root(host: TestHost, lines: string): Promise<string> {
  return host.run("sh", { input: strict + lines });
}

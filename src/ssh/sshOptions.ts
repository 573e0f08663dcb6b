import { type ConnectionSettings, type HopSettings, keyOf } from "./settings";

/**
 * Arguments of `ssh` (OpenSSH 8.5 or later) that lead to the machine as the connection does: over its proxy, and to
 * these host keys only. No file is read or written for that.
 *
 * They are words for exec. A shell reads ProxyCommand alone: what is quoted there are names, numbers and keys, of which
 * validation lets none have a quote.
 */
export function sshOptions({ proxy, ...target }: Omit<ConnectionSettings, "connectTimeout">) {
  return [...hostKeyOptions(target), ...(proxy ? [`ProxyCommand=${jumpOver(proxy)}`] : [])].flatMap(
    (option) => ["-o", option],
  );
}

/** None where no key is given: then ssh checks the host as its own configuration says. */
function hostKeyOptions({ hostKey }: HopSettings): string[] {
  if (!hostKey) return [];
  return [
    "StrictHostKeyChecking=yes",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    // ssh starts it without a shell, wants its whole path, and writes the name that it looks for in the place of %H.
    `KnownHostsCommand=/usr/bin/env echo %H ${keyOf(hostKey)}`,
  ];
}

/** As `-J` does, which does not hand the options of a host key on. */
function jumpOver(proxy: HopSettings): string {
  const { host, port, user } = proxy;
  const options = hostKeyOptions(proxy).map((option) => `-o '${option}' `);
  const words = `${options.join("")}-l '${user}' -p ${port} '${host}'`;
  // The outer ssh fills in where the machine is, and leaves all others to the inner one.
  return `ssh -W '[%h]:%p' ${words.replace(/%/g, "%%")}`;
}

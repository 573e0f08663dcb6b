/**
 * A disposable host by hand.
 *
 *     npx tsx stand-ins/hosts/cli.ts create [suite]    a host until Ctrl-C; prints how to reach it. In place of a suite
 *                                                    also a system, such as fedora44
 *     npx tsx stand-ins/hosts/cli.ts refresh sid       takes the packages of Debian sid of today for later images
 *     npx tsx stand-ins/hosts/cli.ts clean             removes what dead processes have left
 */
import { createHost, destroyAllHosts, removeLeftovers } from ".//";
import { progress } from "../progress";
import { requireHostTools } from "../requirements";
import { isSystem } from "../systems/systems";
import { keptSid, refreshSid } from "./sid";
import { untilInterrupted } from "./untilInterrupted";

async function create(suite = "trixie"): Promise<void> {
  const host = await createHost(isSystem(suite) ? { suite, like: suite } : { suite });
  const { name, address, port, user, hostKey, privateKeyPath, root } = host;
  const connection = { name, address, port, user, hostKey, privateKeyPath, root };
  console.log(JSON.stringify(connection, undefined, 2));
  console.log(`ssh -F ${host.sshConfigPath} ${name}`);
  console.error("Ctrl-C removes it.");
  await untilInterrupted();
  await progress("removing the host", destroyAllHosts);
}

async function clean(): Promise<void> {
  const removed = await removeLeftovers();
  console.log(removed.length === 0 ? "nothing was left" : `removed ${removed.join(", ")}`);
}

async function refresh(): Promise<void> {
  await requireHostTools();
  const before = await keptSid();
  const now = await refreshSid();
  console.log(now === before ? `nothing has moved: ${now}` : `${before} -> ${now}`);
}

async function main([verb, ...args]: string[]): Promise<void> {
  if (verb === "create") return create(...args);
  if (verb === "clean") return clean();
  if (verb === "refresh" && args[0] === "sid") return refresh();
  throw new Error("usage: cli.ts create [suite] | clean | refresh sid");
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

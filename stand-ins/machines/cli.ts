/**
 * A disposable virtual machine by hand.
 *
 *     npx tsx stand-ins/machines/cli.ts create [suite]    a machine until Ctrl-C; prints how to reach it
 *
 * `stand-ins/hosts/cli.ts clean` removes what dead processes have left, machines too.
 */
import { createMachine, destroyAllMachines, suites, type Suite } from ".//";
import { untilInterrupted } from "../hosts/untilInterrupted";
import { progress } from "../progress";

async function create(suite: Suite): Promise<void> {
  const machine = await createMachine({ suite });
  const { name, address, port, user, hostKey, privateKeyPath } = machine;
  const connection = { name, address, port, user, hostKey, privateKeyPath };
  console.log(JSON.stringify(connection, undefined, 2));
  console.log(`ssh -F ${machine.sshConfigPath} ${name}`);
  console.error("Ctrl-C removes it.");
  await untilInterrupted();
  await progress("removing the machine", destroyAllMachines);
}

async function main([verb, wanted = "trixie"]: string[]): Promise<void> {
  const suite = suites.find((name) => name === wanted);
  if (verb === "create" && suite !== undefined) return create(suite);
  throw new Error(`usage: cli.ts create [${suites.join(" | ")}]`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

import { createWorkspaceStack } from "../testbed/toolchain";
import { contestants, programs } from "./previewPrograms";

/** One preview of one contestant. Prints the CPU seconds of the program alone. */
async function main(): Promise<void> {
  // The SDK takes a stack trace of every promise, and tsx translates each line: an installed package has no maps.
  process.setSourceMapsEnabled(false);
  const who = contestants.find((name) => name === process.argv[2]) ?? "package";
  const program = programs[who];
  const hosts = Number(process.argv[3]);
  const stack = await createWorkspaceStack({ stackName: "bench", program: program(hosts) });
  const before = process.cpuUsage();
  await stack.preview();
  const { user, system } = process.cpuUsage(before);
  console.log(`program ${((user + system) / 1e6).toFixed(2)}`);
}

void main();

import { connect } from "node:net";
import { createInterface } from "node:readline";

interface Reply {
  id?: string;
  return?: unknown;
  error?: { desc: string };
}

/**
 * Runs one command of QEMU's machine protocol, and returns its answer. Throws what QEMU objects to.
 *
 * @param socketPath the machine's control socket, which serves one connection at a time.
 */
export async function qmp(
  socketPath: string,
  execute: string,
  args: Record<string, unknown> = {},
): Promise<unknown> {
  const socket = connect(socketPath);
  const ask = (id: string, name: string, given: object = {}) =>
    socket.write(`${JSON.stringify({ execute: name, arguments: given, id })}\n`);
  try {
    ask("ready", "qmp_capabilities");
    ask("asked", execute, args);
    // Its greeting and events come in between.
    for await (const line of createInterface({ input: socket })) {
      const { id, return: answer, error } = JSON.parse(line) as Reply;
      if (error !== undefined) throw new Error(`QEMU refused ${execute}: ${error.desc}`);
      if (id === "asked") return answer;
    }
    throw new Error(`QEMU ended before it answered ${execute}`);
  } finally {
    socket.destroy();
  }
}

/** Runs one command of QEMU's monitor for people, which says nothing when all is well. */
export async function monitor(socketPath: string, command: string): Promise<void> {
  const said = await qmp(socketPath, "human-monitor-command", { "command-line": command });
  if (said !== "") throw new Error(`QEMU refused "${command}": ${String(said).trim()}`);
}

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentText } from "../src/agent/agentText";
import { version } from "../src/version";
import { cached, cacheDir } from "../stand-ins/cache";
import { createHost } from "../stand-ins/hosts";
import { contentHash } from "../stand-ins/toolchain/contentHash";
import { type Answer, type Behind, type Login, startFleet } from "../stand-ins/fleetServer";

/** Answers of a real host, by what it was asked. */
export type Recording = Record<string, Answer>;

/** The verbs and steps of the agent that a command has, such as `apply daemon`. The id that follows may be in `$i`. */
export function askedBy(command: string): string {
  const verbs = command.matchAll(
    / (install|apply|update|revert|check) ([a-z]+) (?:[0-9a-f]{4}|\$i\b)/g,
  );
  return Array.from(verbs, ([, verb, step]) => `${verb} ${step}`).join(", ");
}

/** Gives at once what the real host answered, and refuses what that was not asked. */
export function replay(recording: Recording): Behind {
  return {
    async run(command) {
      // The bare program's.
      if (command === "true") return { stdout: "", stderr: "", exitCode: 0 };
      const answer = recording[askedBy(command)];
      if (!answer) throw new Error(`${unknown}: ${command}`);
      return answer;
    },
    upload: async () => undefined,
  };
}

export const unknown = "no answer of a host was recorded for this command";

/**
 * What a disposable host answers to all that `work` asks it, through a server that writes it down. The answers are kept
 * until the package, or what writes them down, is another one.
 */
export async function recordingOf(work: (login: Login) => Promise<unknown>): Promise<Recording> {
  const sources = ["../src", "../stand-ins/fleetServer.ts", "fleetHost.ts", "fleetPrograms.ts"];
  const hash = contentHash(
    sources.map((path) => join(__dirname, path)),
    [agentText()],
  );
  const dir = await cached(cacheDir("fleet-recording", version, hash), async (tmp) => {
    const recording = await recordOnHost(work);
    writeFileSync(join(tmp, "answers.json"), JSON.stringify(recording, undefined, 2));
  });
  return JSON.parse(readFileSync(join(dir, "answers.json"), "utf8")) as Recording;
}

async function recordOnHost(work: (login: Login) => Promise<unknown>): Promise<Recording> {
  const recording: Recording = {};
  const host = await createHost({ suite: "trixie" });
  try {
    const fleet = await startFleet(1, {
      async run(command, input) {
        const asked = askedBy(command);
        if (!asked) throw new Error(`no verb of the agent is in: ${command}`);
        return (recording[asked] = await host.ssh(command, { input }));
      },
      upload: (path, input) => host.run(`cat >'${path}'`, { input }),
    });
    try {
      await work(fleet.logins[0]);
    } finally {
      fleet.close();
    }
  } finally {
    await host.destroy();
  }
  return recording;
}

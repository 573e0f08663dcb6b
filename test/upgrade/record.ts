import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { version as packageVersion } from "../../package.json";
import { createHost, destroyAllHosts } from "../../stand-ins/hosts";
import { Stack } from "../support/stack";
import { connectionTo } from "../support/hostStack";
import { readableSchema } from "../../scripts/readableSchema";
import { placesOf, type ProgramArgs, recordedFile, toRecorded } from "./recorded";

/**
 * Runs this version's program on a new host, and keeps the state that it leaves, and the schema. For each
 * release once, before it: `npx tsx test/upgrade/record.ts`, with the program of the release beside.
 */
async function record(version: string): Promise<void> {
  const { program } = (await import(recordedFile(version, "program.ts"))) as {
    program: (args: ProgramArgs) => void;
  };
  const host = await createHost({ suite: "trixie" });
  const places = await placesOf(host);
  const stack = await Stack.start("upgrade");
  await stack.up(() => program({ connection: connectionTo(host), userKey: places.userKey }));
  const { recorded, agent } = toRecorded(await stack.exportState(), places);
  writeFileSync(recordedFile(version, "state.json"), recorded);
  writeFileSync(recordedFile(version, "agent.txt"), agent);
  writeFileSync(recordedFile(version, "schema.json"), withoutProse(await readableSchema()));
  execFileSync("npx", ["prettier", "--write", recordedFile(version, "*.json")]);
}

/** The words of a schema may change; what programs say may not. */
function withoutProse(schema: string): string {
  const kept = (key: string, value: unknown) =>
    key === "description" && typeof value === "string" ? undefined : value;
  return JSON.stringify(JSON.parse(schema), kept);
}

if (require.main === module) {
  void record(`v${packageVersion}`).finally(destroyAllHosts);
}

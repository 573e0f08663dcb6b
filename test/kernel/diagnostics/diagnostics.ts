import type { StepArgs } from "../../support/documents";
import type { Installation } from "../../support/installation";

/** The account of every machine here. */
export const account = "app";

/** What preflight says, which is nothing where all is well: the engine that is asked for, there is not. */
export async function preflightOf(app: Installation, wishes: StepArgs = {}): Promise<string[]> {
  const { exitCode, said } = await app.tryApply("machine", {
    account: { name: account },
    engine: { version: "9.9.9" },
    ...wishes,
  });
  expect(exitCode).toBe(1);
  return said.at(-1)?.startsWith("engine: engine.version: ") ? [] : said;
}

/** The line that is about one thing, without who says it. */
export function lineAbout(lines: readonly string[], about: string): string {
  const found = lines.map((line) => line.replace(/^[a-z]+: /, ""));
  const line = found.find((text) => text.startsWith(`${about}: `) && text.includes("To fix: "));
  if (line === undefined) throw new Error(`nothing about ${about}: ${lines.join("\n")}`);
  expect(line).toMatch(/: .+\. To fix: .+/);
  return line;
}

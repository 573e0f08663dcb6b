import type { StepArgs } from "../../../testkit/documents";
import type { Installation } from "../../../testkit/installation";

/** The account of every machine here. */
export const account = "app";

/** What preflight says, which is nothing where all is well. It must have changed nothing. */
export async function preflightOf(app: Installation, wishes: StepArgs = {}): Promise<string[]> {
  const { exitCode, changed, said } = await app.tryApply("preflight", {
    account: { name: account },
    ...wishes,
  });
  if (exitCode === 0) return [];
  expect([exitCode, changed]).toEqual([1, []]);
  return said;
}

/** The line that is about one thing, without who says it. */
export function lineAbout(lines: readonly string[], about: string): string {
  const found = lines.map((line) => line.replace(/^[a-z]+: /, ""));
  const line = found.find((text) => text.startsWith(`${about}: found `));
  if (line === undefined) throw new Error(`nothing about ${about}: ${lines.join("\n")}`);
  expect(line).toMatch(/: found .+; wanted .+\. To fix: .+/);
  return line;
}

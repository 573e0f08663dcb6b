import type { TestHost } from "../../../testbed/hosts";
import { asAccount } from "../../../testkit/host";
import type { StepArgs } from "../../../testkit/documents";
import type { Installation } from "../../../testkit/installation";

/** The account of every machine here. */
export const account = "app";

const agent = "$(ls -d /var/lib/rootless-docker/agents/[!.]*/agent | head -n 1)";

/** What the doctor says is wrong, one line each; nothing on a healthy host. */
export async function problemsOf(host: TestHost): Promise<string[]> {
  const { stdout } = await host.ssh(`sh ${agent} doctor --problems`);
  return stdout.split("\n").filter((line) => line !== "");
}

/** What people read. */
export const doctorOf = (host: TestHost) => host.ssh(`sh ${agent} doctor`);

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

const mendIn = (line: string) => line.slice(line.indexOf("To fix: "));

/** Carries out the commands in quotes that a line's fix names first, up to "; or", ", or" or ", and read". */
export async function fix(host: TestHost, line: string): Promise<void> {
  const [first] = mendIn(line).split(/[;,] or |, and read /);
  const commands = [...first.matchAll(/'([^']+)'/g)].map(([, command]) => command);
  if (commands.length === 0) throw new Error(`no command in ${first}`);
  for (const command of commands)
    await (first.includes(` as ${account}`)
      ? asAccount(host, account, command)
      : host.run(`export PATH=$PATH:/usr/sbin; ${command}`));
}

/** Deletes the lines that a fix names, as 'FILE:NUMBER:LINE'. The line has to be what is there. */
export async function deleteLines(host: TestHost, line: string): Promise<void> {
  const named = [...mendIn(line).matchAll(/'(\/[^:']+):(\d+):([^']+)'/g)];
  if (named.length === 0) throw new Error(`no lines in ${line}`);
  for (const [, file, number, text] of named) {
    expect(await host.run(`sed -n ${number}p ${file}`)).toBe(`${text}\n`);
    // Numbers of later lines stay as they are.
    await host.run(`sed -i '${number}s/.*//' ${file}`);
  }
}

/** The sysctls that a fix would have in the program. */
export function sysctlsIn(line: string): StepArgs {
  const json = /set sysctls to (\{.*\})/.exec(mendIn(line))?.[1] ?? "";
  return { sysctls: JSON.parse(json) as Record<string, string> };
}

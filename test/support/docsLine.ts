import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import { ensureToolchain } from "../../stand-ins/toolchain";

/** The line of the examples of shell in a document that begins like this. */
export function lineOfDocs(beginning: string, document = "docs/changes.md"): string {
  const text = readFileSync(join(__dirname, "../..", document), "utf8");
  const [line, ...others] = text.split("\n").filter((each) => each.startsWith(beginning));
  if (line === undefined || others.length > 0)
    throw new Error(`${document} has not one line that begins with '${beginning}'`);
  return line;
}

/**
 * The same stack, whose `up` or `preview` is a line of shell that runs as it stands, of which that command is a part. To
 * it goes besides what the Automation API says: where the program is, which stack it is, and that nobody is asked.
 */
export async function stackOfLine(
  line: string,
  { name: stackName, workspace: { workDir, envVars } }: Stack,
  program: PulumiFn,
): Promise<Stack> {
  const [, verb] = /\bpulumi (up|preview)\b/.exec(line) ?? [];
  if (verb === undefined) throw new Error(`no pulumi up or preview in '${line}'`);
  const { env } = await ensureToolchain();
  const root = mkdtempSync(join(tmpdir(), "line-"));
  const shim = join(root, "bin/pulumi");
  mkdirSync(join(root, "bin"));
  writeFileSync(
    shim,
    `#!/bin/sh
PATH=${env.PATH}
[ "$1" = ${verb} ] || exec pulumi "$@"
shift
besides=$*
pulumi() { command pulumi "$@" $besides; }
${line}
`,
  );
  chmodSync(shim, 0o755);
  const pulumiCommand = await PulumiCommand.get({ root });
  const inline = { stackName, projectName: "conformance", program };
  const stack = await LocalWorkspace.selectStack(inline, { pulumiCommand, workDir, envVars });
  stack.outputs = async () => ({});
  stack.info = async () => undefined;
  return stack;
}

/** The one example of shell in a document that holds this. */
export function blockOfDocs(holds: string, document: string): string {
  const text = readFileSync(join(__dirname, "../..", document), "utf8");
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, code]) => code ?? "");
  const [block, ...others] = blocks.filter((code) => code.includes(holds));
  if (block === undefined || others.length > 0)
    throw new Error(`${document} has not one example of shell with '${holds}'`);
  return block;
}

import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { ensureToolchain } from "./toolchain";

/** What a stack is made of. */
export interface WorkspaceStackArgs {
  /** The stack's name. */
  stackName: string;
  /** The project's name. Defaults to `testbed`. */
  projectName?: string;
  /** The program. */
  program: PulumiFn;
  /** The folder that keeps the state. Defaults to a new temporary one. */
  backendDir?: string;
  /** Plain configuration values, by their full keys, such as `project:key`. */
  config?: Record<string, string>;
}

/**
 * A stack of an inline program on the testbed's toolchain, with its state in a folder. A stack that
 * is in `backendDir` already is opened as it is. `stack.workspace.envVars.PULUMI_BACKEND_URL` says
 * where the state is.
 */
export async function createWorkspaceStack({
  stackName,
  projectName = "testbed",
  program,
  backendDir = mkdtempSync(join(tmpdir(), "pulumi-state-")),
  config = {},
}: WorkspaceStackArgs): Promise<Stack> {
  const { pulumiCommand, env } = await ensureToolchain();
  const stateFile = join(backendDir, ".pulumi/stacks", projectName, `${stackName}.json`);
  const inline = { stackName, projectName, program };
  const options = {
    pulumiCommand,
    workDir: mkdtempSync(join(tmpdir(), "pulumi-project-")),
    envVars: { ...env, PULUMI_BACKEND_URL: `file://${backendDir}` },
  };
  // `createOrSelectStack` does both in turn, and each is a run of the CLI.
  const stack = existsSync(stateFile)
    ? await LocalWorkspace.selectStack(inline, options)
    : await LocalWorkspace.createStack(inline, options);
  const values = Object.entries(config).map(([key, value]) => [key, { value }] as const);
  if (values.length > 0) {
    await stack.setAllConfig(Object.fromEntries(values));
  }
  return stack;
}

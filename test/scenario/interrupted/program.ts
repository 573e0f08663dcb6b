import * as pulumi from "@pulumi/pulumi";
import { OnDestroyData, PrivilegedPorts, RootlessDockerHost } from "../../../index";
import { Stack } from "../../../testkit/stack";
import type { connectionTo } from "../../../testkit/hostStack";
import type { Verb } from "../../../testkit/runningSteps";

/** One stack's operation: what a process of its own is told of it. */
export interface Operation {
  verb: Verb;
  stackName: string;
  backendDir: string;
  connection: ReturnType<typeof connectionTo>;
}

/** Something for every step. */
export const programFor = (connection: Operation["connection"]) => (): void => {
  new RootlessDockerHost("web", {
    connection,
    account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3Nz somebody"] },
    daemon: { debug: true },
    environment: { TOKEN: pulumi.secret("s3cret") },
    privilegedPorts: PrivilegedPorts.FileCapability,
    onDestroy: { data: OnDestroyData.Delete },
  });
};

async function main(): Promise<void> {
  const { verb, stackName, backendDir, connection } = JSON.parse(process.argv[2]) as Operation;
  const stack = await Stack.start(stackName, backendDir);
  const operate = verb === "apply" ? stack.tryUp(programFor(connection)) : stack.tryDestroy();
  const { failure } = await operate;
  if (failure !== undefined) {
    process.stderr.write(failure);
    process.exitCode = 1;
  }
}

if (require.main === module) void main();

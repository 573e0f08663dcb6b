import { RootlessDockerHost } from "../../index";
import { createWorkspaceStack } from "../../testbed/toolchain";

/** Runs `up` in a process of its own, so that the whole of it can be killed. */
async function main(): Promise<void> {
  const { stackName, backendDir, connection, wishes } = JSON.parse(process.argv[2]) as {
    stackName: string;
    backendDir: string;
    connection: { host: string };
    wishes: object;
  };
  const stack = await createWorkspaceStack({
    stackName,
    backendDir,
    projectName: "conformance",
    program: async () => {
      new RootlessDockerHost("web", { connection, ...wishes });
    },
  });
  await stack.up({
    onEvent: ({ resourcePreEvent }) => {
      const urn = resourcePreEvent?.metadata.urn;
      if (urn) process.stdout.write(`${urn.split("::").at(-1)}\n`);
    },
  });
}

void main();

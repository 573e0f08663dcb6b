import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { hookNames } from "../../../src/hookNames";
import { RootlessDockerProvider } from "../../../src/plugin/provider";
import { startRecording } from "../mocks";

test("each problem is said once: the engine prints the list beside the message", async () => {
  await startRecording({ preview: true });
  const provider = new RootlessDockerProvider(join(__dirname, "../../.."));
  const inputs = { connection: { host: "a b" }, rootfulDocker: "Keep" };
  const type = "rootless-docker:index:RootlessDockerHost";
  await expect(provider.construct("web", type, inputs, {})).rejects.toMatchObject({
    message: "2 problems in the arguments of RootlessDockerHost",
    errors: [{ propertyPath: "connection.host" }, { propertyPath: "rootfulDocker" }],
  });
});

test("hooks of a host below a component of another process have the same names in each run", async () => {
  await startRecording({ preview: true });
  const provider = new RootlessDockerProvider(join(__dirname, "../../.."));
  const parent = new pulumi.DependencyResource(
    "urn:pulumi:dev::project::app:index:Site$app:index:Rack::b",
  );
  const type = "rootless-docker:index:RootlessDockerHost";
  // Its arguments are refused, which is after the parent's URN is asked for, and before anything is registered.
  const inputs = { connection: { host: "a b" } };
  await expect(provider.construct("web", type, inputs, { parent })).rejects.toThrow();
  expect(hookNames("web", parent)("wait")).toBe(
    "rootless-docker:app:index:Site$app:index:Rack::b/web-wait",
  );
});

import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { hookNames } from "../../../src/hookNames";
import { RootlessDockerProvider } from "../../../src/plugin/provider";
import { startRecording } from "../mocks";

test("each problem is said once, and without the list that the engine prints values with", async () => {
  await startRecording({ preview: true });
  const provider = new RootlessDockerProvider(join(__dirname, "../../.."));
  const inputs = {
    connection: { host: "a b" },
    registryAuth: [{ username: "me", password: "hunter3\nx" }],
  };
  const type = "rootless-docker:index:RootlessDockerHost";
  const error: unknown = await provider
    .construct("web", type, inputs, {})
    .catch((thrown: unknown) => thrown);
  expect(pulumi.InputPropertiesError.isInstance(error)).toBe(false);
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  const { message } = error as Error;
  expect(message).toMatch(
    /^2 problems in the arguments of RootlessDockerHost\n {2}connection\.host: 'a b' is not /,
  );
  expect(message).toMatch(/^ {2}registryAuth\[0\]\.password: the value /m);
  expect(message).not.toContain("hunter3");
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

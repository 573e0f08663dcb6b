import { join } from "node:path";
import { RootlessDockerProvider } from "../../../src/plugin/provider";
import { startRecording } from "../mocks";

test("each problem is said once: the engine prints the list beside the message", async () => {
  await startRecording({ preview: true });
  const provider = new RootlessDockerProvider(join(__dirname, "../../.."));
  const inputs = { connection: { host: "a b" }, rootfulDocker: "keep" };
  const type = "rootless-docker:index:RootlessDockerHost";
  await expect(provider.construct("web", type, inputs, {})).rejects.toMatchObject({
    message: "2 problems in the arguments of RootlessDockerHost",
    errors: [{ propertyPath: "connection.host" }, { propertyPath: "rootfulDocker" }],
  });
});

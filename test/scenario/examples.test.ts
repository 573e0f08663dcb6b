import type { Stack } from "@pulumi/pulumi/automation";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { asAccount, importImage } from "../support/host";
import { stackOfExample } from "../support/stackOfExample";

// The TypeScript examples, each as it is, with the configuration that it asks for.
let host: TestHost;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
});
afterAll(destroyAllHosts);

async function comesAndGoes(stack: Stack): Promise<Record<string, { value: unknown }>> {
  const { outputs } = await stack.up();
  const { changeSummary } = await stack.preview({ expectNoChanges: true });
  expect(Object.keys(changeSummary)).toEqual(["same"]);
  await stack.destroy();
  return outputs;
}

test("quickstart", async () => {
  const outputs = await comesAndGoes(await stackOfExample("quickstart", host));
  expect(outputs.dockerHost.value).toBe(`ssh://docker-rootless@${host.address}:22`);
});

test("two-accounts", async () => {
  const { ids } = await comesAndGoes(await stackOfExample("two-accounts", host));
  expect(Object.keys(ids.value as object).sort()).toEqual(["ci", "web"]);
});

test("with-docker-cli: the image is not in a registry here, and so is brought between two runs", async () => {
  const stack = await stackOfExample("with-docker-cli", host, { image: "busybox" });
  await expect(stack.up()).rejects.toThrow(/busybox/);
  await importImage(host, "app");
  const serve = `docker run --name made busybox true && docker commit -c 'CMD ["sleep", "infinity"]' made busybox`;
  await asAccount(host, "app", `${serve} && docker rm made`);
  const { containerId } = await comesAndGoes(stack);
  expect(containerId.value).toMatch(/^[0-9a-f]{64}/);
});

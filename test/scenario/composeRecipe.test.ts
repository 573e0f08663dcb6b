import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { asAccount, importImage } from "../support/host";
import { stackOfExample, withCompose } from "../support/stackOfExample";

// examples/compose, as it is. Compose is Debian 13's, on the machine of the tests, which is another one than the host.
let host: TestHost;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
});
afterAll(destroyAllHosts);

const page = () => fetch(`http://${host.address}:8080`).then((answer) => answer.text());

test("Compose builds an image on the host and publishes a port; destroy takes the containers away", async () => {
  const stack = await stackOfExample("compose", host);
  await withCompose(stack, host);
  // There is no registry, so that the image is brought between two runs.
  await expect(stack.up()).rejects.toThrow(/busybox/);
  await importImage(host, "app");
  await asAccount(host, "app", "docker tag busybox busybox:1.37");
  await stack.up();
  expect(await page()).toBe("<p>Hello from a rootless container</p>\n");

  const running = () =>
    asAccount(host, "app", "docker ps --format '{{.Names}} {{.Image}} {{.Ports}}'");
  expect(await running()).toMatch(/^compose-web-1 compose-web 0\.0\.0\.0:8080->80\/tcp/);
  const { changeSummary } = await stack.preview({ expectNoChanges: true });
  expect(Object.keys(changeSummary)).toEqual(["same"]);

  await stack.destroy();
  await expect(page()).rejects.toThrow("fetch failed");
  // The account and its images are kept; the container and the network of Compose were removed before the daemon.
  expect(await host.run("ls /home/app/.local/share/docker/containers")).toBe("");
});

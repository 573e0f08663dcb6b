import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../testbed/hosts";
import { OnDestroyData } from "../../index";
import { HostStack, stepsRun } from "../../testkit/hostStack";

// Another account is another identity: all is made anew for it, then taken back from the old one.
let host: TestHost;
let before: HostSnapshot;

beforeAll(async () => {
  host = await createHost({ suite: "bookworm" });
  before = await snapshotHost(host);
});
afterAll(destroyAllHosts);

test("another account replaces every step, and the old account's things go", async () => {
  const installation = await HostStack.on(host, "replaced");
  const onDestroy = { data: OnDestroyData.Delete };
  await installation.up({ account: { name: "app" }, onDestroy });
  const web = { account: { name: "web" }, onDestroy };
  expect(await installation.preview(web)).toMatch(/\+-10 to replace\n/);
  const outcome = await installation.up(web);
  const ran = stepsRun(outcome);
  const created = ran.filter((line) => line.startsWith("create-replacement"));
  const deleted = ran.filter((line) => line.startsWith("delete-replaced"));
  expect(created[0]).toBe("create-replacement web-lease");
  expect(created.at(-1)).toBe("create-replacement web-report");
  expect(deleted.at(-1)).toBe("delete-replaced web-lease");
  expect(ran.lastIndexOf(created.at(-1) ?? "")).toBeLessThan(ran.indexOf(deleted[0]));

  expect((await host.ssh("getent passwd app")).exitCode).toBe(2);
  expect(installation.outputs).toMatchObject({ account: { name: "web" } });
  const docker =
    "runuser -u web -- env XDG_RUNTIME_DIR=/run/user/$(id -u web) docker info -f '{{.Driver}}'";
  expect((await host.run(docker)).trim()).toBe("overlay2");

  await installation.destroy();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

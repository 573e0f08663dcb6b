import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../testbed/hosts";
import { OnDestroyData } from "../../index";
import { asAccount, importImage } from "../../testkit/host";
import { lineOfDocs } from "../../testkit/docsLine";
import { live } from "../../testkit/stack";
import { everyStep, HostStack, stepsRun, type ComponentArgs } from "../../testkit/hostStack";

// What people do with one resource of the component: `--target` and `--replace`. A delete that is meant
// would take the data along.
const wishes: ComponentArgs = {
  account: { name: "app" },
  environment: { HTTPS_PROXY: "http://user:password@proxy.example:3128" },
  onDestroy: { data: OnDestroyData.Delete },
};

let host: TestHost;
let before: HostSnapshot;
let installation: HostStack;
/** The daemon's process. */
let running: string;

beforeAll(async () => {
  host = await createHost({ suite: "trixie", engine: true });
  before = await snapshotHost(host);
  installation = await HostStack.on(host, "one-step");
  await installation.up(wishes);
  await importImage(host, "app");
  running = await installation.daemonStart();
});
afterAll(destroyAllHosts);

const upBy = (line: string, more: ComponentArgs = {}) =>
  installation.upBy(line, () => ({ ...wishes, ...more }));

async function expectAsBefore(): Promise<void> {
  expect(await installation.daemonStart()).toBe(running);
  expect(await asAccount(host, "app", "docker run --rm busybox id -u")).toBe("0\n");
  expect(stepsRun(await installation.up(wishes))).toEqual([]);
}

const replacing = (step: string) => [
  `create-replacement web-${step}`,
  `delete-replaced web-${step}`,
  `replace web-${step}`,
];
const stays = (step: string) =>
  `${step}: stays: Pulumi has replaced it, and deletes the one from before`;

test("--target: the edit of one step is applied, others wait", async () => {
  const edited: ComponentArgs = {
    unprivilegedPing: { groups: "0 1000" },
    daemon: { "log-level": "warn" },
  };
  const outcome = await upBy(lineOfDocs("pulumi up --target"), edited);
  expect(stepsRun(outcome)).toEqual(["update web-kernel"]);
  expect(await host.run("sysctl -n net.ipv4.ping_group_range")).toBe("0\t1000\n");
  expect(stepsRun(await installation.up(wishes))).toEqual(["update web-kernel"]);
  await expectAsBefore();
});

test("--replace of one step: it runs again, and what it made stays", async () => {
  const outcome = await upBy(lineOfDocs("pulumi up --replace '**::web-daemon'"));
  expect(stepsRun(outcome).sort()).toEqual(replacing("daemon"));
  expect(live(outcome, "web-daemon")).toEqual([
    "daemon: nothing to change",
    stays("daemon"),
    "daemon: nothing to take back",
  ]);
  await expectAsBefore();
});

test("--replace of every step: the same", async () => {
  const flags = everyStep.map((step) => `--replace '**::web-${step}'`).join(" ");
  const outcome = await upBy(`pulumi up ${flags}`);
  expect(stepsRun(outcome).sort()).toEqual(everyStep.flatMap(replacing).sort());
  for (const step of everyStep.filter((name) => name !== "preflight"))
    expect(live(outcome, `web-${step}`)).toContainEqual(stays(step));
  await expectAsBefore();
});

test("--replace of the lease: a new one takes the account over", async () => {
  const outcome = await upBy(lineOfDocs("pulumi up --replace '**::web-lease'"));
  expect(stepsRun(outcome)).toEqual(
    expect.arrayContaining(["lease", ...everyStep].flatMap(replacing)),
  );
  expect(live(outcome, "web-preflight").join()).toContain("takes the account app over from");
  await expectAsBefore();
});

test("destroy: the machine is what it was", async () => {
  await upBy(lineOfDocs("pulumi up --replace '**::web-daemon'"));
  await installation.destroy();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import type { StepArgs } from "../support/documents";
import { bootHost } from "../support/host";
import { Installation } from "../support/installation";

// The hosts of these tests have no controllers: what systemd is told is seen here, and what the kernel then
// does in test/kernel/twoAccounts.test.ts.
afterAll(destroyAllHosts);

const properties = ["MemoryMax", "MemorySwapMax", "CPUQuotaPerSecUSec", "TasksMax", "IOWeight"];
const limited = [String(300 * 2 ** 20), "0", "1.5s", "2000", "50"];

let host: TestHost;
let app: Installation;
let before: Awaited<ReturnType<typeof snapshotHost>>;
let dropIn: string;
/** What systemd has for an account without limits of its own. */
let usual: string[];

const wishes = (limits?: object): StepArgs => ({
  account: { name: "app", cgroupControllers: [], limits },
  onDestroy: { data: "delete" },
});
const apply = (limits?: object) => app.apply("machine", wishes(limits));
const all = { memory: "300m", cpus: 1.5, tasks: 2000, ioWeight: 50 };

/** What systemd has for the running slice, each in the words of `systemctl show`. */
async function ofSlice(slice = "user-$(id -u app).slice"): Promise<string[]> {
  const asked = properties.map((name) => `systemctl show -p ${name} --value ${slice}`);
  const values = (await host.run(asked.join("\n"))).trim().split("\n");
  return values.map((value) => value.replace(/^1\.50*s$/, "1.5s"));
}

const managerStart = () =>
  host.run("systemctl show -p ActiveEnterTimestampMonotonic user@$(id -u app).service");

beforeAll(async () => {
  host = await bootHost({ engine: true });
  before = await snapshotHost(host);
  app = new Installation(host, "a1");
  await app.install();
  await apply();
  await host.run("systemctl start user@$(id -u app).service");
  dropIn = (
    await host.run("echo /etc/systemd/system/user-$(id -u app).slice.d/rootless-docker.conf")
  ).trim();
  usual = await ofSlice();
});

afterEach(() => apply());

test("a drop-in of the account's slice, which systemd applies while the slice runs", async () => {
  const start = await managerStart();
  const { changed } = await apply(all);
  expect(changed.at(-1)).toBe(`${dropIn}: written`);
  expect(await host.run(`cat ${dropIn}; stat -c '%a %U' ${dropIn}`)).toBe(
    "# Managed by rootless-docker (Pulumi).\n[Slice]\nMemoryMax=300M\nMemorySwapMax=0\nCPUQuota=150%\nTasksMax=2000\nIOWeight=50\n644 root\n",
  );
  expect(await ofSlice()).toEqual(limited);
  expect(await managerStart()).toBe(start);
  expect((await apply(all)).changed).toEqual([]);
});

test("another account's slice stays as it is", async () => {
  const other = await ofSlice("user-54321.slice");
  await apply(all);
  expect(await ofSlice("user-54321.slice")).toEqual(other);
});

test("a change, and one limit less, reach the running slice", async () => {
  await apply(all);
  const start = await managerStart();
  await apply({ cpus: 0.25, tasks: 500 });
  expect(await ofSlice()).toEqual([usual[0], usual[1], "250ms", "500", usual[4]]);
  expect(await managerStart()).toBe(start);
});

test("dropped, the slice has again what it had, and no file is left", async () => {
  await apply(all);
  const { changed } = await apply();
  expect(changed).toEqual([`${dropIn}: removed`]);
  expect(await ofSlice()).toEqual(usual);
  await host.run(`none ls -d ${dropIn} $(dirname ${dropIn})`);
});

test("a machine without controllers: up says which limits may have no effect", async () => {
  const { said } = await apply(all);
  for (const name of ["memory", "cpus", "tasks", "ioWeight"])
    expect(said.join("\n")).toContain(`account.limits.${name} may have no effect`);
});

test("a limit that somebody changed is drift, and the next up repairs it", async () => {
  await apply(all);
  await host.run(`sed -i s/MemoryMax=300M/MemoryMax=3G/ ${dropIn}; systemctl daemon-reload`);
  expect(await app.drift()).toEqual([
    expect.objectContaining({ step: "machine", about: dropIn }) as object,
  ]);
  await apply(all);
  expect(await ofSlice()).toEqual(limited);
  expect(await app.drift()).toEqual([]);
});

test("a file of that name which was there before comes back", async () => {
  await host.run(
    `mkdir -p $(dirname ${dropIn}); printf '[Slice]\\nTasksMax=777\\n' >${dropIn}; systemctl daemon-reload`,
  );
  await apply(all);
  expect(await ofSlice()).toEqual(limited);
  await apply();
  expect(await host.run(`cat ${dropIn}`)).toBe("[Slice]\nTasksMax=777\n");
  expect((await ofSlice())[3]).toBe("777");
  await host.run(`rm -r $(dirname ${dropIn}); systemctl daemon-reload`);
});

test("destroy leaves nothing of it", async () => {
  await apply(all);
  await app.revert("machine", wishes(all));
  await app.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  await app.install();
});

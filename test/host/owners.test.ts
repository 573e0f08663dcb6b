import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { expectNoAgent, give } from "../../testkit/accountOnly";
import { asAccount, bootHost } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run("touch /etc/subuid /etc/subgid");
});

describe("one account, two leases", () => {
  const byOther = { owner: 'b/prod/it\'s "$(x)"' };
  const taken = (lease: string, owner: string, by: string) =>
    `account: installation ${lease}: found the account held taken over from it by ${owner} (installation ${by}); wanted it to hold the account. To fix: take this RootlessDockerHost out of its program, which changes nothing here; or set takeOver, which takes the account back`;

  test("another owner is told who holds it", async () => {
    const first = await give(host, "held", { owner: "a/prod/web" });
    await first.apply();
    const second = await give(host, "held", byOther);
    const { said } = await second.installation.tryApply("preflight", second.all);
    expect(said).toEqual([
      'preflight: account held: found it held on this machine by a/prod/web; wanted it free, or held by b/prod/it\'s "$(x)". To fix: use another account, or destroy the other one first, or set takeOver to take over from it; if it is this one under an earlier name, give it aliases',
    ]);
    await second.installation.revertAgent();
    expect((await first.apply()).changed).toEqual([]);
    await first.back();
    expect(await host.run("getent passwd held || echo gone")).toBe("gone\n");
  });

  test("takeOver stops the first one's steps; if it does not come to its end, the first has all of it", async () => {
    const first = await give(host, "held", { owner: "a/prod/web" });
    await first.apply();
    // What both want differently is no contradiction.
    const wishes = { ...byOther, takeOver: true, subordinateIds: { count: 131_072 } };
    const second = await give(host, "held", wishes);
    await second.apply();
    expect(await host.run("grep -c ^held:.*:131072 /etc/subuid")).toBe("1\n");
    expect((await first.installation.tryApply("account", first.all)).said).toEqual([
      taken(first.installation.lease, byOther.owner, second.installation.lease),
    ]);
    await second.back();
    expect((await first.apply()).facts).toMatchObject({ "account.name": "held" });
    await first.back();
    expect(await host.run("getent passwd held || echo gone")).toBe("gone\n");
  });

  test("a new lease of the same owner takes over by itself; the old one comes back with takeOver only", async () => {
    const old = await give(host, "held", { owner: "a/prod/web" });
    await old.apply();
    const anew = await give(host, "held", { owner: "a/prod/web" });
    const [oldLease, newLease] = [old.installation.lease, anew.installation.lease];
    expect((await anew.installation.apply("preflight", anew.all)).said).toEqual([
      `preflight: takes the account held over from a/prod/web (installation ${oldLease})`,
      "preflight: nothing to change",
    ]);
    // Once, not with every run.
    expect((await anew.installation.apply("preflight", anew.all)).said).toEqual([
      "preflight: nothing to change",
    ]);
    expect((await old.installation.tryApply("preflight", old.all)).said).toEqual([
      `preflight: account held: found it taken over from this installation by a/prod/web (installation ${newLease}); wanted it free, or held by this installation. To fix: take this RootlessDockerHost out of its program, which changes nothing here; or set takeOver, which takes the account back`,
    ]);
    await old.installation.apply("preflight", { ...old.all, takeOver: true });
    expect((await old.installation.apply("account", old.all)).changed).toEqual([]);
    expect((await anew.installation.tryApply("account", anew.all)).said).toEqual([
      taken(newLease, "a/prod/web", oldLease),
    ]);
    await anew.back();
    await old.back();
    expect(await host.run("getent passwd held || echo gone")).toBe("gone\n");
  });

  test("a lease that this machine does not know changes nothing", async () => {
    const { installation, all } = await give(host, "held");
    const { lease } = installation;
    await host.run(`rm -r /var/lib/rootless-docker/leases/${lease}`);
    expect((await installation.tryApply("account", all)).said).toEqual([
      `account: installation ${lease}: found nothing on this machine that knows it; wanted the record that the step preflight makes. To fix: give recheck a new value, with which every step runs, if the machine was made anew or given back`,
    ]);
    expect(await host.run("getent passwd held || echo gone")).toBe("gone\n");
    await installation.revertAgent();
  });
});

describe("a takeover that is destroyed before its report", () => {
  const key = "net.ipv4.tcp_fin_timeout";
  const conf = `/etc/sysctl.d/99-zz-rootless-docker-${key}.conf`;
  const timeout = () => host.run(`cat /proc/sys/net/ipv4/tcp_fin_timeout`);
  const steps = ["preflight", "engine", "account", "kernel", "daemon"] as const;
  const wishes = (owner: string, args: StepArgs): StepArgs => ({
    owner,
    account: { name: "tako" },
    resourceControllers: [],
    ...args,
  });
  const first = wishes("a/prod/web", {
    sysctls: { [key]: "17" },
    daemon: { "log-level": "warn" },
    environment: { WHOSE: "a" },
  });
  const second = wishes("b/prod/web", {
    takeOver: true,
    sysctls: { [key]: "18" },
    daemon: { "log-level": "debug", "insecure-registries": ["b.example"] },
    environment: { WHOSE: "b" },
  });
  const config = "/home/tako/.config/docker";
  const files = () => host.run(`cat ${config}/daemon.json ${config}/environment ${conf}`);
  const running = () =>
    asAccount(
      host,
      "tako",
      "tr '\\000' '\\n' </proc/$(cat $XDG_RUNTIME_DIR/docker.pid)/environ | grep WHOSE",
    );

  test("the first one's files, values and daemon are back; nothing of the second one's is", async () => {
    const before = await timeout();
    const [a, b] = [new Installation(host, "a1"), new Installation(host, "a2")];
    await a.install();
    for (const step of [...steps, "report"] as const) await a.apply(step, first);
    const held = await files();
    await b.install();
    for (const step of steps) await b.apply(step, second);
    expect([await running(), await timeout()]).toEqual(["WHOSE=b\n", "18\n"]);
    // Another value of its own is not what the first one had.
    await b.apply("kernel", { ...second, sysctls: { [key]: "19" } });
    const { changed } = await b.revert("daemon", second);
    expect(changed).toEqual([
      expect.stringMatching(/\/environment restored$/),
      expect.stringMatching(/\/daemon\.json restored$/),
      "daemon of tako restarted",
    ]);
    expect((await b.revert("kernel", second)).changed).toEqual([
      `${conf} restored`,
      `${key} restored to 17`,
    ]);
    for (const step of ["account", "engine"] as const) await b.revert(step, second);
    await b.revertAgent();
    expect([await files(), await running(), await timeout()]).toEqual([held, "WHOSE=a\n", "17\n"]);
    for (const step of [...steps, "report"] as const)
      expect([step, (await a.apply(step, first)).changed]).toEqual([step, []]);
    await a.revertAll(first);
    expect(await timeout()).toBe(before);
    expect(await host.run("getent passwd tako || echo gone")).toBe("gone\n");
  });

  test("what somebody has changed since stays", async () => {
    const [a, b] = [new Installation(host, "a3"), new Installation(host, "a4")];
    const retries = "net.ipv4.tcp_retries1";
    const own = { ...first, sysctls: { [key]: "17", [retries]: "4" } };
    const other = { ...second, sysctls: { [key]: "18", [retries]: "5" } };
    for (const [installation, all] of [
      [a, own],
      [b, other],
    ] as const) {
      await installation.install();
      for (const step of ["preflight", "kernel"] as const) await installation.apply(step, all);
    }
    await host.run(`sysctl -q ${retries}=6`);
    expect((await b.revert("kernel", other)).said).toContain(
      `kernel: sysctl ${retries} stays: somebody changed it after this package did`,
    );
    expect([await timeout(), await host.run(`sysctl -n ${retries}`)]).toEqual(["17\n", "6\n"]);
    await b.revertAgent();
    await a.revert("kernel", own);
    await a.revertAgent();
    await host.run(`sysctl -q ${retries}=3`);
  });
});

test("nothing of the agent is left", () => expectNoAgent(host));

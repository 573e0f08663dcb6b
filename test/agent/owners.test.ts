import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { expectNoAgent, give } from "./accountOnly";
import { bootHost } from "./harness";

afterAll(destroyAllHosts);

let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  await host.run("touch /etc/subuid /etc/subgid");
});

describe("one account, two leases", () => {
  const byOther = { owner: 'b/prod/it\'s "$(x)"' };
  const taken = (lease: string, owner: string, by: string) =>
    `account: lease ${lease}: found the account held taken over from it by ${owner} (lease ${by}); wanted it to hold the account. To mend: take this RootlessDockerHost out of its program, which changes nothing here; or set takeOver, which takes the account back`;

  test("another owner is told who holds it", async () => {
    const first = await give(host, "held", { owner: "a/prod/web" });
    await first.apply();
    const second = await give(host, "held", byOther);
    const { said } = await second.installation.tryApply("preflight", second.all);
    expect(said).toEqual([
      'preflight: account held: found it held on this machine by a/prod/web; wanted it free, or held by b/prod/it\'s "$(x)". To mend: use another account, or destroy the other one first, or set takeOver to take over from it; if it is this one under an earlier name, give it aliases',
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
      `preflight: takes the account held over from a/prod/web (lease ${oldLease})`,
      "preflight: nothing to change",
    ]);
    // Once, not with every run.
    expect((await anew.installation.apply("preflight", anew.all)).said).toEqual([
      "preflight: nothing to change",
    ]);
    expect((await old.installation.tryApply("preflight", old.all)).said).toEqual([
      `preflight: account held: found it taken over from this lease by a/prod/web (lease ${newLease}); wanted it free, or held by this lease. To mend: take this RootlessDockerHost out of its program, which changes nothing here; or set takeOver, which takes the account back`,
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
      `account: lease ${lease}: found nothing on this machine that knows it; wanted the record that the step preflight makes. To mend: give recheck a new value, with which every step runs, if the machine was made anew or given back`,
    ]);
    expect(await host.run("getent passwd held || echo gone")).toBe("gone\n");
    await installation.revertAgent();
  });
});

test("nothing of the agent is left", () => expectNoAgent(host));

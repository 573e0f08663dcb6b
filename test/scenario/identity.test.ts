import * as pulumi from "@pulumi/pulumi";
import {
  createHost,
  destroyAllHosts,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../testbed/hosts";
import { live, Stack } from "../../testkit/stack";
import {
  changesSince,
  childSteps,
  daemon,
  expectMoved,
  expectNothingToChange,
  program,
} from "./identity";

// Another name, another place in the program, another stack: what the engine does, and who holds the
// account afterwards. The tests follow each other on one host.
let host: TestHost;
let before: HostSnapshot;
let main: Stack;
/** The daemon of `app`, with its start: whatever takes the account over, it keeps running. */
let running: string;

const owner = (name: string, stack = "main") => `conformance/${stack}/${name}`;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  before = await snapshotHost(host);
  main = await Stack.start("main");
  await main.up(program(host, "web"));
  running = await daemon(host);
});
afterAll(destroyAllHosts);

/** The same with the installation as the child of a component. */
function inGroup(name: string, aliases: pulumi.Alias[]) {
  return () => {
    const parent = new pulumi.ComponentResource("test:index:Group", "group");
    program(host, name, {}, { parent, aliases })();
  };
}

/** Owners that the host knows, one a lease. */
async function owners(): Promise<string[]> {
  const text = await host.run(
    "cd /var/lib/rootless-docker/leases && for l in *; do cat $l/owner; echo; done",
  );
  return text.trim().split("\n");
}

describe("another name or place in one program", () => {
  test("renamed, with aliases: the new name is noted, and nothing else happens", async () => {
    const renamed = program(host, "site", {}, { aliases: [{ name: "web" }] });
    const text = await main.previewText(renamed, { diff: true });
    expect(text).toMatch(/~ owner *: "conformance\/main\/web" => "conformance\/main\/site"/);
    expect(text).toMatch(/~ 1 to update\n/);
    expect(childSteps(await main.up(renamed))).toEqual(["update site-preflight"]);
    expect(await owners()).toEqual([owner("site")]);
    expect(await daemon(host)).toBe(running);
  });

  test("moved to another parent, with aliases: nothing happens", async () => {
    const moved = inGroup("site", [{ parent: pulumi.rootStackResource }]);
    expect(childSteps(await main.up(moved))).toEqual(["create group"]);
    expect(await daemon(host)).toBe(running);
  });

  test("moved without aliases: made anew, takes over, and the daemon keeps running", async () => {
    const back = program(host, "site");
    expect(await main.previewText(back, { diff: false })).toMatch(
      /\+ 11 to create\n *- 12 to delete\n/,
    );
    const outcome = await main.up(back);
    expectMoved(outcome, "create site", "delete site");
    expect(live(outcome, "site-preflight")[0]).toMatch(
      /^preflight: takes the account app over from conformance\/main\/site \(lease [0-9a-f]{16}\)$/,
    );
    expect(await owners()).toEqual([owner("site")]);
    expect(await daemon(host)).toBe(running);
    expect(childSteps(await main.up(back))).toEqual([]);
  });

  test("renamed without aliases: an error that names the way out, and takeOver is one", async () => {
    const { failure } = await main.tryUp(program(host, "web"));
    expect(failure).toContain(
      "preflight: account app: found it held on this machine by conformance/main/site; wanted it free, or held by conformance/main/web. To fix: use another account, or destroy the other one first, or set takeOver to take over from it; if it is this one under an earlier name, give it aliases",
    );
    expect(await daemon(host)).toBe(running);

    const outcome = await main.up(program(host, "web", { takeOver: true }));
    // Lease and agent are there since the first try.
    expect(childSteps(outcome).slice(0, 2)).toEqual(["update web-agent", "create web-preflight"]);
    expect(childSteps(outcome).at(-1)).toBe("delete site-lease");
    expect(await owners()).toEqual([owner("web")]);
    expect(await daemon(host)).toBe(running);
    expectNothingToChange(await main.up(program(host, "web")), "web");
  });
});

describe("another stack", () => {
  let anew: Stack;
  let other: Stack;
  // A preview does not reach the host: to it, all is new. It is preflight that sees who is there.
  const wishes = { unprivilegedPing: { groups: "0 1000" } };
  const toCreate = /Resources:\n *\+ 12 to create\n/;

  test("state lost: the same program takes over; the old state changes nothing any more", async () => {
    anew = await Stack.start("main");
    expect(await anew.previewText(program(host, "web"), { diff: false })).toMatch(toCreate);
    const outcome = await anew.up(program(host, "web"));
    expect(childSteps(outcome).filter((line) => !line.startsWith("create "))).toEqual([]);
    expect(live(outcome, "web-report")).toContainEqual(
      expect.stringMatching(/^report: lease [0-9a-f]{16} taken over$/),
    );
    expect(await owners()).toEqual([owner("web")]);
    expect(await daemon(host)).toBe(running);

    const now = await snapshotHost(host);
    const edit = { unprivilegedPing: { groups: "0 9" } };
    expect((await main.tryUp(program(host, "web", edit))).failure).toMatch(
      /kernel: lease [0-9a-f]{16}: found the account app taken over from it by conformance\/main\/web \(lease [0-9a-f]{16}\); wanted it to hold the account\. To fix: /,
    );
    expect((await main.tryUp(program(host, "web", { recheck: "1" }))).failure).toMatch(
      /preflight: account app: found it taken over from this lease by conformance\/main\/web/,
    );
    await main.destroy();
    expect(await changesSince(now, host)).toEqual([]);
    expect(await daemon(host)).toBe(running);
  });

  test("two stacks by mistake: the second is refused; with takeOver the first is", async () => {
    other = await Stack.start("other");
    expect(await other.previewText(program(host, "web", wishes), { diff: false })).toMatch(
      toCreate,
    );
    expect((await other.tryUp(program(host, "web", wishes))).failure).toContain(
      "preflight: account app: found it held on this machine by conformance/main/web; wanted it free, or held by conformance/other/web.",
    );
    // The first one goes on as if nothing had been.
    expectNothingToChange(await anew.up(program(host, "web", { recheck: "2" })), "web");

    await other.up(program(host, "web", { ...wishes, takeOver: true }));
    expect(await owners()).toEqual([owner("web", "other")]);
    const now = await snapshotHost(host);
    const edit = { recheck: "2", daemon: { debug: true } };
    expect((await anew.tryUp(program(host, "web", edit))).failure).toMatch(
      /daemon: lease [0-9a-f]{16}: found the account app taken over from it by conformance\/other\/web/,
    );
    const old = await anew.exportState();
    await anew.destroy();
    expect(await changesSince(now, host)).toEqual([]);
    expect(await host.run("sysctl -n net.ipv4.ping_group_range")).toBe("0\t1000\n");
    expect(await daemon(host)).toBe(running);
    await anew.importState(old);
  });

  test("renamed: the new name is noted, and nothing else happens; destroy is exact", async () => {
    const same = program(host, "web", { ...wishes, takeOver: true });
    await other.rename("renamed");
    const text = await other.previewText(same, { diff: true });
    expect(text).toMatch(/~ owner *: "conformance\/other\/web" => "conformance\/renamed\/web"/);
    expect(text).toMatch(/~ 1 to update\n/);
    expect(childSteps(await other.up(same))).toEqual(["update web-preflight"]);
    expect(await owners()).toEqual([owner("web", "renamed")]);
    expect(await daemon(host)).toBe(running);
    expect(childSteps(await other.up(same))).toEqual([]);
    await other.destroy();
    expect(await changesSince(before, host)).toEqual([]);
  });

  test("a stack that comes to it later still finds no agent, only records of what was kept", async () => {
    await host.run("mkdir -p /var/lib/rootless-docker/things");
    await anew.destroy();
  });
});

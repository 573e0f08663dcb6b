import { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { type Outcome, said, steps, Stack } from "../support/stack";
import { connectionTo, everyChild as children, stepsRun } from "../support/hostStack";
import { OnDestroyData, RootlessDockerHost, type RootlessDockerHostArgs } from "../../index";

// What each resource option does to the component, on one host that every test leaves as it found it.
let host: TestHost;
let stack: Stack;

type Options = pulumi.ComponentResourceOptions;

beforeAll(async () => {
  host = await createHost({ suite: "trixie", engine: true });
  stack = await Stack.start("options");
});
afterAll(destroyAllHosts);

function component(name: string, opts: Options, args: Partial<RootlessDockerHostArgs> = {}) {
  const connection = connectionTo(host);
  const onDestroy = { data: OnDestroyData.Delete };
  return new RootlessDockerHost(
    name,
    { connection, account: { name: "app" }, onDestroy, ...args },
    opts,
  );
}

/** A program with something that comes first, the component, and a command that asks its daemon. */
function program(opts: Options = {}, args: Partial<RootlessDockerHostArgs> = {}) {
  return () => {
    // Slow enough to be last, if nothing waited for it.
    const first = new remote.Command("first", {
      connection: connectionTo(host),
      create: "sleep 2; ! test -e /var/lib/rootless-docker",
    });
    const web = component("web", { ...opts, dependsOn: first }, args);
    const create =
      "runuser -u app -- env XDG_RUNTIME_DIR=/run/user/$(id -u app) docker info -f '{{.Driver}}'";
    const connection = connectionTo(host);
    new remote.Command("user", { connection, create }, { dependsOn: web });
  };
}

/** What shows that nobody touched the host: its daemon, and the logins that it accepted so far. */
async function untouched(): Promise<{ daemon: string; logins: number }> {
  const daemon = await host.run("ps -o pid=,lstart= -p $(pgrep -u app -x dockerd)");
  const count = await host.run("journalctl -q -u ssh --no-pager | grep -c 'Accepted publickey'");
  return { daemon, logins: Number(count) };
}

/** The same after one look at it, which is two logins. */
const afterOneLook = ({ daemon, logins }: { daemon: string; logins: number }) => ({
  daemon,
  logins: logins + 2,
});

function timeoutsOf(name: string): unknown {
  return (stack.recorded(name) as { customTimeouts?: unknown } | undefined)?.customTimeouts;
}

describe("dependsOn", () => {
  test("the component waits, and what depends on it is made when its daemon answers", async () => {
    const outcome = await stack.up(program());
    expect(stack.outputs("user").stdout).toBe("overlay2");
    const order = finished(outcome);
    expect(order.indexOf("first")).toBeLessThan(order.indexOf("web-installation"));
    expect(order.indexOf("user")).toBeGreaterThan(order.indexOf("web-daemon"));
    const { dependencies } = stack.recorded("user") as { dependencies?: string[] };
    expect(dependencies).toContainEqual(expect.stringMatching(/::web-daemon$/));
  });
});

describe("customTimeouts", () => {
  test("reach every step", async () => {
    const seconds = { create: 3600, update: 1800, delete: 900 };
    await stack.up(program({ customTimeouts: { create: "1h", update: "30m", delete: "15m" } }));
    for (const child of children) expect(timeoutsOf(`web-${child}`)).toEqual(seconds);
  });

  test("end the tries to connect, with an error that says what to do", async () => {
    // Nothing listens there; without the timeout it would be tried for ever.
    const connection = { ...connectionTo(host), port: 23, dialErrorLimit: -1 };
    const opts = { customTimeouts: { update: "2s" } };
    const outcome = await stack.tryUp(program(opts, { connection }));
    const errors = said(outcome, "web-machine", "lasting").map(({ message }) => message);
    expect(errors.join("\n")).toContain(
      "web-machine: connection: no SSH server answers at connection.host and connection.port (context deadline exceeded). To fix: ",
    );
    // The first two log in nowhere for that.
    const tried = ["copy", "agent", "machine"].map((child) => `update web-${child}`);
    expect(stepsRun(outcome)).toEqual(tried);
  });
});

describe("transforms", () => {
  test("reach every child, one at a time where they want to", async () => {
    const patient: pulumi.ResourceTransform = ({ name, props, opts }) =>
      name === "web-machine"
        ? { props, opts: { ...opts, customTimeouts: { create: "2h" } } }
        : undefined;
    await stack.up(program({ transforms: [patient] }));
    const patientOnes = children.filter((child) => timeoutsOf(`web-${child}`) !== undefined);
    expect(patientOnes).toEqual(["machine"]);
    expect(timeoutsOf("web-machine")).toEqual({ create: 7200 });
  });
});

describe("ignoreChanges", () => {
  const edit = { kernel: { sysctls: { "net.ipv4.ping_group_range": "0 1000" } } };

  test("on the component reach no step: the edit is applied", async () => {
    const outcome = await stack.preview(program({ ignoreChanges: ["kernel"] }, edit));
    expect(stepsRun(outcome)).toEqual(["update web-machine"]);
  });

  test("on a step through a transform: the edit of this step is not applied", async () => {
    const keepMachine: pulumi.ResourceTransform = ({ name, props, opts }) =>
      name === "web-machine" ? { props, opts: { ...opts, ignoreChanges: ["stdin"] } } : undefined;
    const range = await host.run("sysctl -n net.ipv4.ping_group_range");
    expect(stepsRun(await stack.up(program({ transforms: [keepMachine] }, edit)))).toEqual([]);
    expect(await host.run("sysctl -n net.ipv4.ping_group_range")).toBe(range);
    expect(stepsRun(await stack.preview(program({}, edit)))).toEqual(["update web-machine"]);
  });
});

describe("aliases", () => {
  const renamed = (opts: Options) => () => void component("box", opts);

  test("under another name in the program, nothing is made anew", async () => {
    const ran = steps(await stack.preview(renamed({ aliases: [{ name: "web" }] })));
    // Only who owns the installation is written anew.
    const ofChildren = ran.filter((line) => /\b(box|web)-/.test(line));
    expect(ofChildren).toEqual(["update box-machine"]);
  });

  test("without them, everything is", async () => {
    const ran = steps(await stack.preview(renamed({})));
    expect(ran).toEqual(
      expect.arrayContaining([
        ...children.map((child) => `create box-${child}`),
        ...children.map((child) => `delete web-${child}`),
      ]),
    );
  });
});

describe("protect", () => {
  test("destroy refuses, and the host is not reached", async () => {
    await stack.up(program({ protect: true }));
    const before = await untouched();
    // What depends on the component goes first, unless it is protected too.
    await expect(stack.destroy()).rejects.toThrow(
      /web-daemon" cannot be deleted\s+because it is protected/,
    );
    expect(stack.recorded("user")).toBeUndefined();
    for (const child of children) expect(stack.recorded(`web-${child}`)).toBeDefined();
    expect(await untouched()).toEqual(afterOneLook(before));
  });
});

describe.each<[string, () => Options]>([
  ["retainOnDelete", () => ({ retainOnDelete: true })],
  // Its end stands for that of the machine.
  ["deletedWith", () => ({ deletedWith: new RandomId("machine", { byteLength: 4 }) })],
])("%s", (_name, options) => {
  test("destroy forgets every child, and the host is not reached", async () => {
    await stack.up(() => program(options())());
    const state = await stack.exportState();
    const before = await untouched();
    await stack.destroy();
    for (const child of children) expect(stack.recorded(`web-${child}`)).toBeUndefined();
    expect(await untouched()).toEqual(afterOneLook(before));
    await stack.importState(state);
  });
});

describe("connectTimeout", () => {
  test("a machine that boots while the program runs is waited for", async () => {
    // Longer than the ten tries of the command itself.
    await host.run("systemctl -q stop ssh; systemd-run -q --on-active=20 systemctl start ssh");
    const booting = await Stack.start("booting");
    const outcome = await booting.up(() => {
      component("booting", {}, { account: { name: "late" } });
    });
    expect(said(outcome, "booting", "lasting").map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /: no SSH server answers yet \(connect ECONNREFUSED [^)]+\)\. Trying for (300|29\d) more seconds/,
      ),
    );
    await booting.destroy();
  });
});

/** Names of the resources whose creation ended, in this order. */
function finished({ events }: Outcome): string[] {
  return events.flatMap(({ resOutputsEvent }) => {
    const urn = resOutputsEvent?.metadata.urn;
    return urn ? [urn.split("::").at(-1) ?? ""] : [];
  });
}

import * as pulumi from "@pulumi/pulumi";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { type Registry, serveRegistry } from "../../stand-ins/registry";
import { DriftDetection, type RootlessDockerHostArgs, StorageDriver } from "../../index";
import { type ComponentArgs, HostStack, stepsRun } from "../support/hostStack";
import { asAccount } from "../support/host";
import { version } from "../../src/version";
import type { Stack } from "../support/stack";

// What a reviewer reads, case by case: the whole text of the CLI, of which only addresses, keys and the order of
// what runs side by side are another one than there.

let host: TestHost;
let installation: HostStack;
beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  installation = await HostStack.on(host, "previews");
});
afterAll(destroyAllHosts);

type State = Awaited<ReturnType<Stack["exportState"]>>;

const wishes: ComponentArgs = {
  account: { name: "app" },
  storageDriver: StorageDriver.Overlay2,
  daemon: { "log-level": "info" },
  operations: { driftDetection: DriftDetection.Preview },
};

async function shown(args: Partial<RootlessDockerHostArgs>): Promise<string> {
  const text = await installation.stack.previewText(installation.program(args), { diff: false });
  return anonymous(text);
}

/** The steps that an `up` runs, and whether the daemon was another one afterwards. */
async function walked(args: ComponentArgs) {
  const before = await installation.daemonStart();
  const steps = stepsRun(await installation.up(args));
  return { steps, restarted: before !== (await installation.daemonStart()) };
}

function anonymous(text: string): string {
  const known = text
    .replaceAll(host.address, "203.0.113.7")
    .replace(/^@ .*\n/gm, "")
    .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "2026-11-27T13:25:47Z")
    .replace(/\d+ of \d+ files/g, "2 of N files")
    .replaceAll(version, "VERSION")
    .replace(/ +$/gm, "");
  const [resources, said = ""] = known.split(/^(?=Diagnostics:)/m);
  const rows = resources.split("\n");
  // A resource's last line has what is said of it as well, which is below.
  const sorted = new Set(rows.slice(2).map((row) => row.replace(/;? web[a-z-]*: .*$/, "")));
  return [...rows.slice(0, 2), ...[...sorted].sort(), said].join("\n");
}

test("a new host", async () => {
  expect(await shown(wishes)).toMatchSnapshot();
  await installation.up(wishes);
});

test("another storage driver", async () => {
  expect(await shown({ ...wishes, storageDriver: StorageDriver.Btrfs })).toMatchSnapshot();
});

describe("logins to registries", () => {
  let registry: Registry;
  const logins = (password: string): ComponentArgs => ({
    ...wishes,
    registryAuth: [{ address: registry.address, username: "robot", password }],
  });
  const shownHere = async (args: ComponentArgs) =>
    (await shown(args)).replaceAll(registry.address, "registry.example:5000");

  beforeAll(async () => {
    registry = await serveRegistry({ robot: "one" });
    const place = `~/.config/docker/certs.d/${registry.address}`;
    await asAccount(
      host,
      "app",
      `mkdir -p ${place}; cat >${place}/ca.crt <<'PEM'\n${registry.ca}PEM\n`,
    );
  });
  afterAll(() => registry.close());

  test("the first one", async () => {
    expect(await shownHere(logins("one"))).toMatchSnapshot();
    const { steps, restarted } = await walked(logins("one"));
    expect([steps, restarted]).toEqual([["update web-secrets", "update web-daemon"], false]);
  });

  test("another password, and a registry more", async () => {
    const more = logins("two");
    const registryAuth = [
      ...(more.registryAuth as object[]),
      { username: "me", password: pulumi.secret("three") },
    ] as ComponentArgs["registryAuth"];
    expect(await shownHere({ ...more, registryAuth })).toMatchSnapshot();
    registry.accept({ robot: "two" });
    const { steps, restarted } = await walked(logins("two"));
    expect([steps, restarted]).toEqual([["update web-secrets"], false]);
  });

  test("none any more", async () => {
    expect(await shownHere(wishes)).toMatchSnapshot();
    const { steps, restarted } = await walked(wishes);
    expect([steps, restarted]).toEqual([["update web-secrets", "update web-daemon"], false]);
    expect(await host.run("cat /home/app/.docker/config.json")).not.toContain(registry.address);
  });
});

test("changed by hand", async () => {
  await host.run("sysctl -q -w net.ipv4.ping_group_range='1 0'; loginctl disable-linger app");
  expect(await shown(wishes)).toMatchSnapshot();
  await installation.up(wishes);
});

test("another version of this package", async () => {
  const state = JSON.stringify(await installation.stack.exportState());
  const earlier = state
    .replaceAll(`program: \\"${version} `, 'program: \\"EARLIER ')
    .replaceAll(/("hash":")[0-9a-f]{64}/g, `$1${"0".repeat(64)}`)
    .replaceAll(/(# (?:resources|steps) )[0-9a-f]{8}/g, "$100000000")
    .replace(/(agent: \\")[0-9a-f]{8}(\\"\\napparmor-profile)/g, "$100000000$2");
  await installation.stack.importState(JSON.parse(earlier) as State);
  expect(await shown(wishes)).toMatchSnapshot();
  await installation.stack.importState(JSON.parse(state) as State);
});

test("another account", async () => {
  expect(await shown({ ...wishes, account: { name: "ci" } })).toMatchSnapshot();
});

test("destroy", async () => {
  const text = await installation.stack.destroyPreviewText();
  expect(text).toMatch(/on-destroy-data *: "keep"/);
});

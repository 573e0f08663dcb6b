import { type TestHost } from "../../stand-ins/hosts";
import { engineHost } from "../support/engineHost";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";
import { version } from "../../src/version";

// What a run leaves in the machine's journal.

const given = engineHost({ engine: true });
let host: TestHost;
let app: Installation;
const wishes: StepArgs = {
  owner: "infra/prod/web",
  account: { name: "app", cgroupControllers: [] },
};

beforeAll(async () => {
  host = given.host;
  app = new Installation(host, "a1");
  await app.install();
});

/** Entries since the last call, each with its priority first. */
let seen = 0;
async function entries(): Promise<string[]> {
  await host.run("journalctl --sync");
  const lines = await host.run(
    "journalctl -q -t rootless-docker -o json --output-fields=PRIORITY,MESSAGE",
  );
  const all = lines
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { PRIORITY: string; MESSAGE: string })
    .map(({ PRIORITY, MESSAGE }) => `${PRIORITY} ${MESSAGE}`);
  const fresh = all.slice(seen);
  seen = all.length;
  return fresh;
}

test("a run's beginning, its changes and its end", async () => {
  await entries();
  const { changed } = await app.apply("machine", wishes);
  expect(changed).not.toEqual([]);
  const [begin, ...rest] = await entries();
  // The helper of these tests has put an owner's record there already.
  expect(begin).toBe(`6 begins: apply of machine for installation a1, rootless-docker ${version}`);
  expect(rest).toEqual([
    ...changed.map((line) => `6 changed: ${line}`),
    `6 ends: apply of machine for infra/prod/web, rootless-docker ${version}`,
  ]);
});

test("nothing to do: the beginning and the end; a check of the machine writes nothing", async () => {
  await app.apply("machine", wishes);
  const words = `of machine for infra/prod/web, rootless-docker ${version}`;
  expect(await entries()).toEqual([`6 begins: update ${words}`, `6 ends: update ${words}`]);
  await app.drift();
  expect(await entries()).toEqual([]);
});

test("a run that fails: its problem, as an error", async () => {
  const { said } = await app.tryApply("machine", {
    ...wishes,
    kernel: { sysctls: { "net.core.no_such": "1" } },
  });
  const all = await entries();
  expect(all.filter((line) => line.startsWith("3 "))).toEqual([
    ...said.filter((line) => line.includes("net.core.no_such")).map((line) => `3 ${line}`),
    `3 fails with status 1: update of machine for infra/prod/web, rootless-docker ${version}`,
  ]);
});

test("without journald nothing is written, and the run does all the rest", async () => {
  await host.run(
    "systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journald 2>&1",
  );
  const more = { ...wishes, kernel: { sysctls: { "net.core.somaxconn": "4321" } } };
  expect((await app.apply("machine", more)).changed).not.toEqual([]);
  await host.run("systemctl start systemd-journald.socket systemd-journald");
  expect((await app.apply("machine", wishes)).changed).not.toEqual([]);
});

test("the end of an installation names its owner", async () => {
  await entries();
  await app.revert("machine", wishes);
  await app.revertAgent();
  const all = await entries();
  expect(all[0]).toBe(`6 begins: revert of machine for infra/prod/web, rootless-docker ${version}`);
  expect(all.at(-1)).toBe(`6 ends: revert of agent for infra/prod/web, rootless-docker ${version}`);
});

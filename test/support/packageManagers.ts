import { EngineSource, OnDestroyData, PrivilegedPorts } from "../../index";
import { packedAgent } from "../../src/agent/agentText";
import { checkNewCommand } from "../../src/agent/commands";
import { readNewMachine } from "../../src/drift/answer";
import { currentEngine, earlierEngine, engineTar } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { documentText, type StepArgs } from "./documents";
import { type EngineHost, revertEngine } from "./engineHost";
import { asAccount, importImage, runExactly } from "./host";
import { type Answer, Installation } from "./installation";

// What holds of every package manager.

/**
 * An engine, a container, nothing to change, the next engine with the data of the first, nothing to change, and all
 * of it taken back.
 *
 * @returns what is another way on the host than before.
 */
export async function liveThroughVersions(
  given: EngineHost,
  wishesOf: (version: string) => StepArgs,
  look: (machine: Answer) => Promise<void>,
): Promise<string[]> {
  const app = new Installation(given.host, "a1");
  const [earlier, current] = [earlierEngine, currentEngine].map(wishesOf);
  const { machine } = await app.applyAll(earlier);
  expect(machine.facts["versions.engine"]).toBe(earlierEngine);
  await look(machine);
  const runs = () => asAccount(given.host, "app", "docker run --rm busybox echo here");
  await importImage(given.host, "app");
  expect(await runs()).toBe("here\n");
  await given.host.run("none pgrep -u root -x dockerd; none ls /run/docker.sock");
  for (const { changed } of Object.values(await app.applyAll(earlier))) expect(changed).toEqual([]);
  await asAccount(given.host, "app", "docker volume create kept");
  await app.applyAll(current);
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
  expect(await runs()).toBe("here\n");
  for (const { changed } of Object.values(await app.applyAll(current))) expect(changed).toEqual([]);
  await app.revertAll(current);
  return diffSnapshots(given.before, await snapshotHost(given.host));
}

/** An engine that somebody has put on PATH: used, exchanged by them, and there after destroy. */
export function testPreinstalled(given: EngineHost): void {
  test("an engine that somebody has put there, and exchanges: a container, its data, and destroy", async () => {
    const put = async (version: string) =>
      given.host.run("tar -x -C /usr/local/bin --strip-components=1", {
        input: await engineTar(version),
      });
    await put(earlierEngine);
    const before = await snapshotHost(given.host);
    const app = new Installation(given.host, "a1");
    const engine = { source: EngineSource.Preinstalled };
    const there: StepArgs = {
      account: { name: "app" },
      engine,
      onDestroy: { data: OnDestroyData.Delete },
    };
    await app.applyAll(there);
    await importImage(given.host, "app");
    await asAccount(given.host, "app", "docker volume create kept");
    for (const { changed } of Object.values(await app.applyAll(there))) expect(changed).toEqual([]);
    await put(currentEngine);
    await app.applyAll(there);
    expect(await given.version()).toBe(`${currentEngine}\n`);
    expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
    expect(await asAccount(given.host, "app", "docker run --rm busybox echo here")).toBe("here\n");
    await app.revertAll(there);
    expect(await given.host.run("dockerd --version")).toContain(currentEngine);
    await put(earlierEngine);
    expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
    await given.host.run("tar -t | grep -v '/$' | sed 's|.*/|/usr/local/bin/|' | xargs -r rm -f", {
      input: await engineTar(earlierEngine),
    });
  });
}

/** A command that installs the package `slow` and goes on, how it is removed, and what the step says meanwhile. */
export interface AtWork {
  installs: string;
  removes: string;
  says: RegExp;
}

export function testAnotherAtWork(
  given: EngineHost,
  wishesOf: () => StepArgs,
  { installs, removes, says }: AtWork,
): void {
  test("another one at work is waited for, and what it did is not taken for this package's", async () => {
    const before = await snapshotHost(given.host);
    const app = new Installation(given.host, "a1");
    await app.install();
    await given.host.run(
      `${installs} >/dev/null 2>&1 & timeout 60 sh -c 'until pgrep -x sleep; do sleep 0.1; done'`,
    );
    const { said, changed } = await app.apply("machine", wishesOf());
    expect(said.join("\n")).toMatch(says);
    expect(changed.join("\n")).not.toContain("slow");
    await revertEngine(app, wishesOf());
    await given.host.run(removes);
    expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
  });
}

/**
 * A whole life with a source of the engine: the preview of a new machine, `up`, a container, an edit, nothing to change,
 * drift, and destroy. Then a short one that keeps the data, with no timer that systemd would have loaded.
 *
 * @param source what is asked for, with other arguments beside it.
 * @returns what is another way on the host than before, each line with the life that left it.
 */
export async function liveWhole(
  given: EngineHost,
  source: (args: StepArgs) => StepArgs,
): Promise<string[]> {
  const { host } = given;
  const before = await snapshotHost(host);
  const leftBy = async (life: string) =>
    diffSnapshots(before, await snapshotHost(host)).map((line) => `${life}: ${line}`);
  const wishes = source({});
  expect((await previewNew(given, wishes)).problems).toEqual([]);
  const app = new Installation(host, "a1");
  await app.up(wishes);
  const runs = () => asAccount(host, "app", "docker run --rm busybox echo here");
  await importImage(host, "app");
  expect(await runs()).toBe("here\n");

  const edited = { ...wishes, ...edit };
  await app.up(edited);
  expect(await runs()).toBe("here\n");
  expect((await app.up(edited)).changed).toEqual([]);
  expect(await app.drift()).toEqual([]);
  await host.run("sysctl -q -w net.core.somaxconn=4096");
  expect((await app.drift()).map(({ about }) => about)).toEqual(["net.core.somaxconn"]);
  await app.up(edited);
  expect(await app.drift()).toEqual([]);
  await destroyCalmly(app);
  const left = await leftBy("destroy");

  await app.up(source({ onDestroy: { data: OnDestroyData.Keep } }));
  await asAccount(host, "app", "docker volume create kept");
  await destroyCalmly(app);
  expect(await host.run("ls /home/app/.local/share/docker/volumes")).toContain("kept");
  // userdel leaves the group where login.defs does not say USERGROUPS_ENAB, as on openSUSE.
  await host.run(
    "userdel -r app 2>/dev/null; if getent group app >/dev/null; then groupdel app; fi",
  );
  return [...left, ...(await leftBy("destroy with the data kept"))];
}

/** openSUSE's docker makes the account dockremap when it is installed, and leaves it. */
export const ofDockremap =
  /\bfile \/etc\/(group|gshadow|passwd|shadow|sub[ug]id):|\b\w+ line added: dockremap\b/;

/** Nothing has to be killed for it. */
async function destroyCalmly(app: Installation): Promise<void> {
  const { said } = await app.destroy();
  expect(said.filter((line) => /does not stop|kills|root ends/.test(line))).toEqual([]);
}

/** Restarts the daemon, and changes what root has. */
const edit: StepArgs = {
  daemon: { "log-level": "warn" },
  privilegedPorts: PrivilegedPorts.FileCapability,
  prune: { schedule: "Sun 03:00" },
  kernel: { sysctls: { "net.core.somaxconn": "8192" } },
};

/** What a preview says of a machine that has nothing of the installation. */
async function previewNew({ host }: EngineHost, wishes: StepArgs) {
  const document = documentText("machine", wishes);
  return readNewMachine(
    await runExactly(host, checkNewCommand(document, "auto"), { input: packedAgent() }),
  );
}

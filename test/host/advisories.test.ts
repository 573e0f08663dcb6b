import { advisoriesOf, advisoryRows, givenInputs, hostFactsOf } from "../../src/advisories/rows";
import { controlRows } from "../../src/controls/rows";
import { readSettings } from "../../src/steps/settings";
import type { TestHost } from "../../stand-ins/hosts";
import type { StepArgs } from "../support/documents";
import { engineHost } from "../support/engineHost";
import { Installation } from "../support/installation";

// The facts that advisories and controls are made of, on a host, and rows that answer as the host is.

const given = engineHost({ engine: true });
let host: TestHost;
let app: Installation;
const wishes: StepArgs = { account: { name: "app" } };
const inputs = givenInputs(readSettings({ connection: { host: "a" } }).settings);

type Reports = Parameters<typeof hostFactsOf>[0];
const reports: Reports = {};
const facts = () => hostFactsOf(reports);
const statusOf = (id: keyof typeof advisoryRows) => advisoryRows[id].judge(facts(), inputs).status;

beforeAll(async () => {
  host = given.host;
  app = new Installation(host, "a1");
  await app.install();
  for (const [step, answer] of Object.entries(await app.applyAll(wishes)))
    reports[step as keyof Reports] = answer.facts;
});

test("the kernel's facts are those of its files", async () => {
  expect(facts()["kernel.build"]).toBe((await host.run("cat /proc/sys/kernel/version")).trim());
  // A machine that is a container has no modules of its kernel; one that is loaded is seen all the same.
  const loaded = await host.run("test -e /sys/module/algif_aead && echo loaded || echo unseen");
  expect(facts()["kernel.algifAead"]).toBe(loaded.trim());
});

test("nothing opens a socket of AF_ALG: the module is as it was before", async () => {
  const modules = "cut -d ' ' -f 1 /proc/modules | sort";
  const before = await host.run(modules);
  await app.apply("machine", wishes);
  expect(await host.run(modules)).toBe(before);
});

test("the daemon runs the file that is installed", () => {
  expect(facts()["dockerd.isInstalledFile"]).toBe(true);
  expect(statusOf("daemon-older-than-package")).toBe("unaffected");
});

test("a daemon whose file was replaced by one that looks the same runs an older program", async () => {
  // With the same size and time nothing restarts the daemon.
  await host.run(`file=$(realpath "$(command -v dockerd)")
    cp -p "$file" "$file.new"
    mv "$file.new" "$file"`);
  reports.daemon = (await app.apply("daemon", wishes)).facts;
  expect(facts()["dockerd.isInstalledFile"]).toBe(false);
  expect(statusOf("daemon-older-than-package")).toBe("affected");
});

test("rows that this engine and system do not have are not listed", () => {
  const listed = advisoriesOf(facts(), inputs).map(({ id }) => id);
  // Debian 13 has engine 26.1 and RootlessKit 2.3.
  expect(listed).not.toEqual(
    expect.arrayContaining([
      "dynamic-ports-collide",
      "net-host-reaches-loopback",
      "udp-replies-lost",
    ]),
  );
  expect(statusOf("dynamic-ports-collide")).toBe("unaffected");
  expect(statusOf("udp-replies-lost")).toBe("unaffected");
  expect(statusOf("live-restore")).toBe("unaffected");
});

describe("controls of files", () => {
  const files = "daemon-json-file environment-file unit-file socket-file runtime-directory";
  const verdictOf = (id: string) => controlRows[id].judge(facts(), inputs);

  test.each(files.split(" "))("%s: met, with the mode that stat prints", (id) => {
    expect(verdictOf(id)).toMatchObject({ status: "met", fix: "" });
  });

  test("the socket's evidence is its own mode", async () => {
    const runtime = "/run/user/$(id -u app)";
    const mode = await host.run(`stat -c %04a ${runtime}/docker.sock`);
    expect(verdictOf("socket-file").evidence).toContain(`docker.sock is ${mode.trim()} `);
    await host.run(`chmod 755 ${runtime}`);
    try {
      reports.daemon = (await app.apply("daemon", wishes)).facts;
      expect(verdictOf("runtime-directory").status).toBe("open");
    } finally {
      await host.run(`chmod 700 ${runtime}`);
    }
  });

  test.each([
    ["daemon-without-root", "met"],
    ["user-namespace", "met"],
    ["seccomp-profile", "met"],
    ["no-experiments", "met"],
    ["live-restore", "declined"],
    ["no-new-privileges", "open"],
  ])("%s: %s", (id, status) => {
    expect(verdictOf(id).status).toBe(status);
  });
});

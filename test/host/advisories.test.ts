import { advisoriesOf, advisoryRows, givenInputs } from "../../src/advisories/rows";
import { controlRows, verdictOf } from "../../src/controls/rows";
import { hostFactsOf } from "../../src/limitations/measured";
import { readSettings } from "../../src/steps/settings";
import type { TestHost } from "../../stand-ins/hosts";
import type { StepArgs } from "../support/documents";
import { asAccount } from "../support/host";
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

test("the daemon runs the file that is installed", () => {
  expect(facts()["dockerd.isInstalledFile"]).toBe(true);
  expect(statusOf("daemon-older-than-package")).toBe("unaffected");
});

test("a daemon whose file was replaced by one that looks the same runs an older program", async () => {
  // With the same size and time nothing restarts the daemon.
  await host.run(`file=$(realpath "$(command -v dockerd)")
    cp -p "$file" "$file.new"
    mv "$file.new" "$file"`);
  // An up that changes nothing restarts nothing. The step machine says so by itself.
  reports.machine = (await app.apply("machine", wishes)).facts;
  expect(facts()["engine.isInstalledFile"]).toBe(false);
  expect(statusOf("daemon-older-than-package")).toBe("affected");
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
  const controlOf = (id: string) => verdictOf(controlRows[id], facts(), inputs);

  test.each(files.split(" "))("%s: met, with the mode that stat prints", (id) => {
    expect(controlOf(id)).toMatchObject({ status: "met", fix: "" });
  });

  test("the socket's evidence is its own mode", async () => {
    const runtime = "/run/user/$(id -u app)";
    const mode = await host.run(`stat -c %04a ${runtime}/docker.sock`);
    expect(controlOf("socket-file").evidence).toContain(`docker.sock is ${mode.trim()} `);
    await host.run(`chmod 755 ${runtime}`);
    try {
      reports.daemon = (await app.apply("daemon", wishes)).facts;
      expect(controlOf("runtime-directory").status).toBe("open");
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
    expect(controlOf(id).status).toBe(status);
  });

  test("a directory on the way that others can write to is named", async () => {
    await host.run("chmod 777 /home/app/.config");
    try {
      reports.daemon = (await app.apply("daemon", wishes)).facts;
      expect(controlOf("daemon-json-file")).toMatchObject({ status: "open" });
      expect(controlOf("unit-file").evidence).toMatch(/^\.config is 0777 /);
    } finally {
      await host.run("chmod 755 /home/app/.config");
    }
  });
});

describe("what somebody else tells the daemon", () => {
  const controlOf = (id: string) => verdictOf(controlRows[id], facts(), inputs);
  const apply = async () => void (reports.daemon = (await app.apply("daemon", wishes)).facts);
  const info = (format: string) => asAccount(host, "app", `docker info --format '${format}'`);

  test("without a drop-in the rows are judged by the program", async () => {
    await apply();
    expect(facts()["daemon.overrides"]).toBe("");
    expect(controlOf("authenticated-api").status).toBe("met");
  });

  test("with a drop-in of the account's, what the program asks for proves nothing", async () => {
    const folder = "/home/app/.config/systemd/user/docker.service.d";
    await asAccount(
      host,
      "app",
      `mkdir -p ${folder}
       start=$(sed -n 's/^ExecStart=//p' ~/.config/systemd/user/docker.service)
       printf '[Service]\nExecStart=\nExecStart=%s --debug\n' "$start" >${folder}/override.conf
       systemctl --user daemon-reload && systemctl --user restart docker`,
    );
    expect((await info("{{.Debug}}")).trim()).toBe("true");
    await apply();
    expect(facts()["daemon.overrides"]).toBe(`${folder}/override.conf`);
    for (const id of ["log-level", "authenticated-api", "live-restore"])
      expect(controlOf(id)).toMatchObject({
        status: "unknown",
        evidence: expect.stringContaining(`${folder}/override.conf can override`) as string,
      });
    expect(advisoriesOf(facts(), inputs).map(({ id }) => id)).toContain("live-restore");
    await asAccount(
      host,
      "app",
      `rm -r ${folder}; systemctl --user daemon-reload && systemctl --user restart docker`,
    );
  });

  test("XDG_CONFIG_HOME of the account's does not lead the daemon to another daemon.json", async () => {
    await asAccount(
      host,
      "app",
      `mkdir -p ~/.config/environment.d ~/cfg/docker
       echo 'XDG_CONFIG_HOME=/home/app/cfg' >~/.config/environment.d/10.conf
       echo '{"debug": true}' >~/cfg/docker/daemon.json`,
    );
    await host.run("systemctl restart user@$(id -u app).service");
    await apply();
    expect((await info("{{.Debug}} {{.LoggingDriver}}")).trim()).toBe("false local");
  });
});

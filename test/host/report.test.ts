import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { bootHost } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

let host: TestHost;
let app: Installation;
const wishes: StepArgs = { account: { name: "app" } };

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run("useradd --create-home app");
  app = new Installation(host, "a1");
  await app.applyAll(wishes);
  // A process of the account's that is called as the daemon is, and older.
  await host.run(`
    printf '#!/bin/sh\\nsleep 3600\\n' >/home/app/dockerd && chmod 755 /home/app/dockerd
    setpriv --reuid app --regid app --clear-groups /home/app/dockerd >/dev/null 2>&1 &
    systemctl --user -M app@ restart docker`);
});

test("the rows are of docker.service's own daemon, not of another process of that name", async () => {
  expect(await host.run("pgrep -c -x dockerd -u app")).toBe("2\n");
  const { facts } = await app.apply("report", wishes);
  expect(facts["limitations.privileged.evidence"]).toMatch(/uid_map '0 \d+ 1,1 \d+ 65536'/);
  expect(facts["limitations.netHost.status"]).toBe("limited");
});

test("without a process to look at: an error that says so", async () => {
  await host.run(
    `mkdir -p /usr/local/sbin; cat >/usr/local/sbin/systemctl; chmod 755 /usr/local/sbin/systemctl`,
    { input: '#!/bin/sh\ncase $* in *MainPID*) echo 0 ;; *) exec /bin/systemctl "$@" ;; esac\n' },
  );
  const { exitCode, said } = await app.tryApply("report", wishes);
  await host.run("rm /usr/local/sbin/systemctl");
  expect([exitCode, said]).toEqual([
    1,
    [
      "report: docker.service of app: found no process dockerd below its main process; wanted the daemon to look at. To fix: run again; where it stays so, see 'systemctl --user status docker' as app",
    ],
  ]);
});

/** Runs shell code with the agent's functions. */
const withAgent = (code: string) =>
  host.run("sh", {
    input: `sed '/^main "\\$@"$/d' /var/lib/rootless-docker/agent >/run/functions
      . /run/functions
      WORK=$(mktemp -d) ACCOUNT=app ACCOUNT_RUNTIME=/run/user/1000
      ${code}`,
  });

test("a daemon in the machine's own network: its rows do not claim another namespace for it", async () => {
  // As if the daemon were process 1.
  const facts = await withAgent(`echo 1 >"$WORK/daemon-process"
    for row in netHost containerAddresses overlayNetworks; do "\${row}_limitation"; done
    cat "$WORK/facts"`);
  const machine = (await host.run("readlink /proc/1/ns/net")).trim();
  expect(facts).toContain('"limitations.netHost.status":"available"');
  for (const row of ["netHost", "containerAddresses", "overlayNetworks"])
    expect(facts).toMatch(
      new RegExp(
        `"limitations.${row}.evidence":"dockerd is in [^"]*${machine.replace(/[[\]]/g, "\\$&")}`,
      ),
    );
  expect(facts).toContain("dockerd-rootless/netns");
});

test("docker CLIs that lose limits of input and output", async () => {
  const versions =
    "20.10.24 24.0.9 25.0.0 25.0.6 25.0.7 26.0.0 26.1.5 27.0.3 27.1.1 27.1.2 27.2.0 28.0.0 29.5.0";
  expect(
    await withAgent(
      `for v in ${versions}; do if client_loses_limits $v; then printf '%s ' $v; fi; done`,
    ),
  ).toBe("25.0.0 25.0.6 26.0.0 26.1.5 27.0.3 27.1.1 ");
});

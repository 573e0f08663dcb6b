import { dockerPySource } from "../../testbed/dockerPy";
import { currentEngine } from "../../testbed/engine";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import type { StepArgs } from "../../testkit/documents";
import { type EngineHost, engineHost } from "../../testkit/engineHost";
import { asAccount, importImage, tryAsAccount } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// docker-py's integration tests, which nobody here wrote, on what this package makes and on the same engine as root's.
// There is no registry: what pulls fails on both.
const packages = ["docker", "paramiko", "pytest", "pytest-timeout", "websocket"].map(
  (name) => `python3-${name}`,
);
// What is in `credentials` asks no daemon, and one of its tests takes the environment from all that come after it.
const suite = ["tests/integration", "--ignore=tests/integration/credentials"];

/** What fails on what this package makes and not on root's daemon, each with its reason. */
const rootlessOnly: Record<string, string> = {
  "context_api_test.py::ContextLifecycleTest::test_lifecycle":
    'wants the CLI\'s context to be "default"; the account\'s is "rootless", which the step daemon makes',
};

interface Source {
  name: string;
  wishes: (given: EngineHost) => StepArgs;
  /** Commands that start the same engine as root. */
  asRoot: (url: string) => string;
}

const sources: Source[] = [
  {
    name: "Distribution",
    wishes: () => ({ account: { name: "app" }, onDestroy: { data: "Delete" } }),
    asRoot: () =>
      "apt-get -q update; apt-get -q -y install --no-install-recommends docker.io docker-cli",
  },
  {
    name: "DockerRepository",
    wishes: (given) => given.withRepository(),
    asRoot: (url) => `key=/etc/apt/keyrings/docker.asc
      install -d /etc/apt/keyrings; /usr/lib/apt/apt-helper download-file ${url}/debian/gpg $key
      echo "deb [signed-by=$key] ${url}/debian trixie stable" >/etc/apt/sources.list.d/docker.list
      apt-get -q update; apt-get -q -y install --no-install-recommends docker-ce docker-ce-cli containerd.io`,
  },
  {
    name: "StaticArchive",
    wishes: (given) => given.withArchives(currentEngine),
    asRoot: (url) => `archive=${url}/static/stable/$(uname -m)/docker-${currentEngine}.tgz
      /usr/lib/apt/apt-helper download-file $archive /root/docker.tgz
      tar -xzf /root/docker.tgz -C /usr/local/bin --strip-components 1
      systemd-run -q --unit docker -p Type=notify -p Delegate=yes dockerd`,
  },
];

describe.each(sources)("$name", ({ name, wishes, asRoot }) => {
  let ofRoot: Results;

  describe("as root", () => {
    const given = engineHost({ packages });

    test("docker-py's tests", async () => {
      await given.host.run(asRoot(given.downloads.url));
      await giveTests(given, "root");
      ofRoot = await runSuite(given, "root", 2);
      console.log(`${name}, as root: ${countsOf(ofRoot)}`);
      // A daemon that has ended would excuse the other one.
      expect(ofRoot.passed).toBeGreaterThan(330);
    });
  });

  describe("rootless", () => {
    const given = engineHost({ packages });

    test("docker-py's tests: what fails on root's daemon too, and what is named; destroy", async () => {
      const app = new Installation(given.host, "a1");
      await app.applyAll(wishes(given));
      await giveTests(given, "app");
      const ours = await runSuite(given, "app", 10, ofRoot);
      const alone = [...ours.failed].filter(([test]) => !ofRoot.failed.has(test));
      console.log(`${name}, rootless: ${countsOf(ours)}; on this one only:`, alone);
      expect(ours.passed + ours.failed.size).toBe(ofRoot.passed + ofRoot.failed.size);
      expect(alone.map(([test]) => test.replace(/^tests\/integration\//, "")).sort()).toEqual(
        Object.keys(rootlessOnly).sort(),
      );
      await app.revertAll(wishes(given));
      await given.host.run(`rm /tmp/docker-py.tgz; ${withOutside}`);
      expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
    });
  });
});

interface Results {
  passed: number;
  /** Each with the first line of what it said. */
  failed: Map<string, string>;
}

const countsOf = ({ passed, failed }: Results) => `${passed} pass, ${failed.size} fail`;

/**
 * What the suite says of an account's daemon. Some of its tests read a container's output at once, and fail on a busy
 * machine: what has failed, but for what is known to fail elsewhere, has some more tries.
 */
async function runSuite(
  given: EngineHost,
  account: string,
  tries: number,
  elsewhere?: Results,
): Promise<Results> {
  const { passed, failed } = await runTests(given, account, suite);
  const total = passed + failed.size;
  for (let n = 0; n < tries; n++) {
    const again = [...failed.keys()].filter((test) => !elsewhere?.failed.has(test));
    if (again.length === 0) break;
    const still = (await runTests(given, account, again)).failed;
    for (const test of again) if (!still.has(test)) failed.delete(test);
  }
  return { passed: total - failed.size, failed };
}

/** Runs tests of those that the account has. */
async function runTests(given: EngineHost, account: string, tests: string[]): Promise<Results> {
  const socket = account === "root" ? "/run/docker.sock" : "$XDG_RUNTIME_DIR/docker.sock";
  const { stdout, stderr, exitCode } = await tryAsAccount(
    given.host,
    account,
    `cd ~/docker-py; export DOCKER_HOST=unix://${socket} TMPDIR=$PWD/tmp COLUMNS=400
    python3 -m pytest -q --tb=no -rfEp --timeout 120 -p no:cacheprovider ${tests.join(" ")}`,
    { timeoutSeconds: 3600 },
  );
  // With 1, tests have failed; anything else is a failure of pytest's own.
  if (exitCode > 1) throw new Error(`pytest exits with ${exitCode}:\n${stdout}${stderr}`);
  const lines = [...stdout.matchAll(/^(PASSED|FAILED|ERROR) (\S+)(?: - (.*))?$/gm)];
  const failed = new Map<string, string>();
  for (const [, verdict, test, said] of lines) if (verdict !== "PASSED") failed.set(test, said);
  const passed = lines.filter(([, , test]) => !failed.has(test)).length;
  return { passed, failed };
}

const outside =
  "127.0.0.1 registry-1.docker.io auth.docker.io index.docker.io dl.dropboxusercontent.com";
/** An address that a test asks in vain. */
const nowhere = "blackhole 192.168.10.2";
const withOutside = `sed -i '/^${outside}$/d' /etc/hosts; ip route del ${nowhere}`;

/** Gives an account the tests, and the images that they name: busybox with a link for each of its programs. */
async function giveTests({ host }: EngineHost, account: string): Promise<void> {
  // What pulls is refused at once, and nothing leaves the machine.
  await host.run(`echo ${outside} >>/etc/hosts; ip route add ${nowhere}; cat >/tmp/docker-py.tgz`, {
    input: await dockerPySource(),
  });
  await importImage(host, account);
  await asAccount(
    host,
    account,
    `mkdir -p ~/docker-py/tmp; cd ~/docker-py
    tar -xzf /tmp/docker-py.tgz --strip-components 1 --wildcards '*/tests' '*/pytest.ini'
    docker run --name all busybox sh -c '
      busybox --install -s /bin; mkdir -p /var/opt; echo postgres:x:70:70::/:/bin/sh >>/etc/passwd'
    for name in alpine:3.10 alpine busybox; do docker commit all $name >/dev/null; done
    docker rm all >/dev/null`,
  );
}

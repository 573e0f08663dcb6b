import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { asAccount, bootHost } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

// docs/security.md, where the daemon step works in the account's home: what the account has put there
// before, and what it exchanges meanwhile.

const wishes: StepArgs = {
  account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3Nz one"] },
  environment: { COLOUR: "blue" },
  daemon: { "log-level": "warn" },
  secretEnvironment: { TOKEN: "s3cret" },
};

let host: TestHost;
let app: Installation;

beforeAll(async () => {
  host = await bootHost({ engine: true, admins: [{ name: "bob", sudo: "none" }] });
  await host.run(`install -d -m 700 /root/closed; echo LEAKED >/root/closed/file
    install -d -o bob -m 700 /home/bob/own; echo LEAKED >/home/bob/own/file; chown bob /home/bob/own/file`);
  app = new Installation(host, "d1");
  await app.install();
  for (const step of ["preflight", "account", "secrets", "engine"] as const)
    await app.apply(step, wishes);
});
afterAll(destroyAllHosts);

/** Everything outside the account's home, the agent's own records, and what comes and goes with a daemon. */
async function outside() {
  const before = await snapshotHost(host);
  return async () =>
    diffSnapshots(before, await snapshotHost(host)).filter(
      (line) =>
        !/\/home\/app|rootless-docker|user@|user-runtime|run-user|user-\d+|: app:|docker/.test(
          line,
        ),
    );
}

/** What stands in the account's home that it could not have read itself. */
const leaked = async () =>
  (await host.ssh("grep -rls LEAKED /home/app /run/user/$(id -u app) /tmp")).stdout;

const clean = () =>
  host.run(
    "cd /home/app && rm -rf .config .docker .local && rm -rf /var/lib/rootless-docker/things/home*",
  );

/** The daemon applied and taken back, whatever comes of it. */
async function cycle(wanted?: number): Promise<string[]> {
  const applied = await app.tryApply("daemon", wishes);
  const reverted = await app.tryRevert("daemon", wishes);
  if (wanted !== undefined)
    expect([reverted.exitCode, reverted.said]).toEqual([wanted, reverted.said]);
  return [...applied.said, ...reverted.said];
}

const meta = ".docker/contexts/meta/$(printf rootless | sha256sum | cut -c 1-64)/meta.json";
const own = [
  ".config/docker/daemon.json",
  ".config/docker/environment",
  ".config/docker/key.json",
  ".config/systemd/user/docker.service",
  ".config/systemd/user/default.target.wants/docker.service",
  meta,
  ".docker/config.json",
];
/** These, and what a killed run leaves beside them, which the next one removes. */
const files = [
  ...own,
  ".config/docker/daemon.json.rootless-docker-new",
  ".config/docker/environment.rootless-docker-new",
  ".config/systemd/user/docker.service.rootless-docker-old",
].join(" ");

test.each([
  [
    "links to a file of root's",
    `for f in ${files}; do mkdir -p $(dirname $f); ln -s /root/closed/file $f; done`,
  ],
  [
    "links to another's",
    `for f in ${files}; do mkdir -p $(dirname $f); ln -s /home/bob/own/file $f; done`,
  ],
  [
    "hard links, as a kernel allows them whose fs.protected_hardlinks is 0",
    `for f in ${own.join(" ")}; do mkdir -p $(dirname $f); ln /root/closed/file $f; done`,
  ],
  [
    "links to files that all may read",
    `for f in ${files}; do mkdir -p $(dirname $f); ln -s /etc/passwd $f; done`,
  ],
  [
    "directories that are links",
    "mkdir .config .docker .local; ln -s /root/closed .config/docker; ln -s /etc/systemd .config/systemd; ln -s /home/bob/own .docker/contexts; ln -s /root .local/share; ln -sfn /root/closed .rootless-docker; [ ! -d /run/user/$(id -u app) ] || ln -sfn /root/closed /run/user/$(id -u app)/rootless-docker",
  ],
  [
    "directories above that are links",
    "ln -s /etc .config; ln -s /root .docker; ln -s /etc/docker .local",
  ],
])("planted in the home before: %s", async (_what, plant) => {
  await host.run(
    `cd /home/app && ${plant}; find . -mindepth 1 \\( -type l -o -type d \\) -exec chown -h app:app {} +`,
  );
  const untouched = await outside();
  const said = await cycle(0);
  expect(said.filter((line) => line.includes("LEAKED"))).toEqual([]);
  expect(await untouched()).toEqual([]);
  expect(
    (await leaked()).split("\n").filter((path) => path && !path.startsWith("/home/app/.")),
  ).toEqual([]);
  expect(await host.run("find /home/app -user app -type f -exec grep -l LEAKED {} +; true")).toBe(
    "",
  );
  expect(
    await host.run(
      "stat -c '%a %U %h' /root/closed/file; cat /root/closed/file /home/bob/own/file",
    ),
  ).toMatch(/^644 root \d+\nLEAKED\nLEAKED\n$/);
  await clean();
});

test("others' files in the home come back themselves", async () => {
  await host.run(`cd /home/app && install -d -o app -m 755 .config .config/docker .config/systemd .config/systemd/user .docker
    printf '{ "debug":false}' >.config/docker/daemon.json; chown app:staff .config/docker/daemon.json; chmod 640 .config/docker/daemon.json
    printf '[Service]\\nExecStart=/usr/bin/dockerd-rootless.sh\\n' >.config/systemd/user/docker.service
    printf '{"auths": {"x.test": {}}}' >.docker/config.json; chown root:app .docker/config.json; chmod 640 .docker/config.json`);
  const state =
    "cd /home/app && for f in $(find .config .docker -type f | sort); do stat -c '%n %i %a %U:%G %h %Y' $f; cat $f; done";
  const before = await host.run(state);
  await app.apply("daemon", wishes);
  expect((await app.apply("daemon", wishes)).changed).toEqual([]);
  expect(await host.run("stat -c '%U %a' /home/app/.config/docker/daemon.json")).toBe("app 600\n");
  expect(await host.run("cat /home/app/.docker/config.json")).toContain("x.test");
  await app.revert("daemon", wishes);
  expect(await host.run(state)).toBe(before);
  await clean();
});

test("environment.d and programs of the account's own are not what runs", async () => {
  await host.run(`cd /home/app && install -d -o app .config bin && install -d -o app .config/environment.d
    printf 'PATH=/home/app/bin:%s\nDOCKER_HOST=tcp://127.0.0.1:1\nBASH_ENV=/home/app/bin/docker\nENV=/home/app/bin/docker\n' "$PATH" >.config/environment.d/own.conf
    for name in docker dockerd dockerd-rootless.sh rootlesskit newuidmap slirp4netns systemctl cat sed grep; do
      printf '#!/bin/sh\n/bin/echo %s >>/home/app/ran\n' $name >bin/$name; chmod 755 bin/$name
    done
    cp bin/docker .profile; cp bin/docker .bashrc; chown -R app: .; systemctl restart user@$(id -u app)`);
  expect(await asAccount(host, "app", "systemctl --user show-environment")).toContain(
    "PATH=/home/app/bin:",
  );
  await host.run("rm -f /home/app/ran");
  const { facts } = await app.apply("daemon", wishes);
  expect(facts.storageDriver).toBe("overlay2");
  await app.revert("daemon", wishes);
  expect(await host.run("cat /home/app/ran 2>/dev/null || true")).toBe("");
  await host.run("cd /home/app && rm -rf bin .profile .bashrc; rm .config/environment.d/own.conf");
  await host.run("systemctl restart user@$(id -u app)");
  await clean();
});

test("programs of the account's, by links that an administrator makes later: root runs none, and says so", async () => {
  await app.apply("daemon", wishes);
  await host.run(`install -d -o app /home/app/bin
    for name in docker dockerd rootlesskit; do
      printf '#!/bin/sh\n[ "$(id -u)" != 0 ] || echo "$0 $*" >>/tmp/ran\nexec %s "$@"\n' $(command -v $name) >/home/app/bin/$name
      chown app /home/app/bin/$name; chmod 755 /home/app/bin/$name; ln -s /home/app/bin/$name /usr/local/bin/$name
    done`);
  const refused = ["dockerd", "rootlesskit", "docker"].map((name): unknown =>
    expect.stringContaining(
      `: /usr/local/bin/${name}: found it, or what leads to it, another login's to change (/home/app/bin/${name}); wanted a program of root's`,
    ),
  );
  const { stdout, exitCode } = await host.ssh(
    "sh /var/lib/rootless-docker/agent doctor --problems app",
    { user: "root" },
  );
  expect([exitCode, stdout.trim().split("\n")]).toEqual([1, expect.arrayContaining(refused)]);
  const rows = (await host.ssh("sh /var/lib/rootless-docker/agent doctor app", { user: "root" }))
    .stdout;
  expect([/ netHost /.test(rows), / clientAddresses /.test(rows)]).toEqual([true, false]);
  const others = {
    ...wishes,
    daemon: { debug: true },
    secretEnvironment: { TOKEN: "an0ther" },
    privilegedPorts: "FileCapability",
  };
  for (const step of ["ports", "daemon", "report", "secrets"] as const) {
    const answer = await app.tryApply(step, others);
    expect([step, answer.exitCode, answer.said]).toEqual([
      step,
      1,
      expect.arrayContaining(refused),
    ]);
  }
  expect(await host.run("cat /tmp/ran 2>/dev/null || echo never")).toBe("never\n");
  await host.run("cd /usr/local/bin && rm docker dockerd rootlesskit; rm -rf /home/app/bin");
  await app.apply("secrets", wishes);
  await app.revert("daemon", wishes);
  await clean();
});

test("files of the daemon's that others may write to by now are written anew, and said", async () => {
  await app.apply("daemon", wishes);
  const three =
    "/home/app/.config/docker/daemon.json /home/app/.config/docker/environment /home/app/.config/systemd/user/docker.service";
  await host.run(
    `chmod 666 ${three}; echo '# evil' >>/home/app/.config/systemd/user/docker.service`,
  );
  // The daemon was started with what they say again.
  expect((await app.apply("daemon", wishes)).changed).toEqual(
    three.split(" ").map((path) => `${path} written`),
  );
  expect(await host.run(`stat -c %a ${three}`)).toBe("600\n600\n644\n");
  await app.revert("daemon", wishes);
  await clean();
});

test("data that are removed end at links and at mounts", async () => {
  const all: StepArgs = { ...wishes, onDestroy: { data: "Delete" } };
  await app.apply("daemon", all);
  await host.run(`cd /home/app/.local/share/docker/volumes && ln -s /home/bob/own linked && ln /home/bob/own/file hard && mkdir 'a mount'
    chown -h app: linked 'a mount'; mount --bind /home/bob/own 'a mount'`);
  const { exitCode, said } = await app.tryRevert("daemon", all);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    "daemon: /home/app/.local/share/docker/volumes: found something mounted at '/home/app/.local/share/docker/volumes/a mount'; wanted nothing mounted there when it is removed. To fix: unmount it, then run again",
  ]);
  await host.run("umount '/home/app/.local/share/docker/volumes/a mount'");
  await app.revert("daemon", all);
  expect(
    await host.run(
      "ls -d /home/app/.local 2>/dev/null; stat -c '%U %h' /home/bob/own/file; cat /home/bob/own/file",
    ),
  ).toBe("bob 1\nLEAKED\n");
  await clean();
});

test("an account that exchanges its files as fast as it can gains nothing", async () => {
  const untouched = await outside();
  await host.run("cat >/root/race.pl; install -m 755 /root/race.pl /usr/local/lib/race.pl", {
    input: race,
  });
  await host.run(
    "setsid setpriv --reuid app --regid app --clear-groups perl /usr/local/lib/race.pl >/dev/null 2>&1 </dev/null &",
  );
  const end = Date.now() + 6000;
  let runs = 0;
  do await cycle();
  while (++runs && Date.now() < end);
  await host.run("pkill -KILL -u app perl; rm /root/race.pl /usr/local/lib/race.pl");
  expect(runs).toBeGreaterThan(0);
  expect(await untouched()).toEqual([]);
  expect(await host.run("find /home/app \\( -uid 0 -o -gid 0 \\)")).toBe("");
  expect(await leaked()).toBe("");
  await clean();
});

const race = `
use strict; use warnings;
chdir "/home/app" or die;
my @files = (".config/docker/daemon.json", ".config/docker/environment", ".config/systemd/user/docker.service", ".docker/config.json");
my @targets = ("/root/closed/file", "/usr/bin/su", "/etc/passwd", "/home/bob/own/file");
for (my $i = 0; ; $i++) {
  my ($file, $target) = ($files[$i % 4], $targets[int($i / 4) % 4]);
  unlink "l"; symlink $target, "l";
  rename "l", ($file, "$file.rootless-docker-new", "$file.rootless-docker-old")[int($i / 16) % 3];
  unlink "$file.rootless-docker-old";
  if ($i % 11 == 0) { open(my $own, ">", "o"); print $own "mine"; close $own; chmod 0644, "o"; rename "o", $file; }
  if ($i % 97 == 0) {
    my $dir = (".config/docker", ".config/systemd", ".docker", ".config")[int($i / 97) % 4];
    rename $dir, "away"; symlink ("/root/closed", $dir); unlink $dir; rename "away", $dir;
  }
}
`;

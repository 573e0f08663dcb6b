import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { EngineSource, RootfulDocker } from "../../index";
import type { StepArgs } from "../../testkit/documents";
import { asAccount, bootHost } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// docs/security.md, destroy: packages that somebody else has there, and that apt would remove for ours.

let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  await host.run("apt-get -qq update");
});
afterAll(destroyAllHosts);

const wishes: StepArgs = { account: { name: "app" } };
const purge: StepArgs = { ...wishes, rootfulDocker: RootfulDocker.Purge };

/** Installs a package of somebody's, which says this of others. */
const install = (field: string) =>
  host.run(`mkdir -p /tmp/theirs/DEBIAN
    printf 'Package: theirs\\nVersion: 1\\nArchitecture: all\\nMaintainer: m\\nDescription: d\\n${field}\\n' >/tmp/theirs/DEBIAN/control
    dpkg-deb -b /tmp/theirs /tmp/theirs.deb >/dev/null; apt-get -qq -y install --no-install-recommends /tmp/theirs.deb >/dev/null 2>&1`);

const theirs = () => host.run("dpkg-query -W -f '${db:Status-Abbrev}' theirs");

async function start(lease: string): Promise<Installation> {
  const app = new Installation(host, lease);
  await app.install();
  return app;
}

test("one that the engine's take the place of: an error that names it, before anything is installed", async () => {
  await install("Conflicts: containerd");
  const before = await snapshotHost(host);
  const app = await start("a1");
  const { exitCode, said } = await app.tryApply("engine", wishes);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /apt-get install .*: found that it removes theirs \(not brought by this installation alone\); wanted nobody else's removed/,
    ),
  ]);
  await app.revert("engine", wishes);
  await app.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  await host.run("dpkg -P theirs");
});

test("one that depends on what Purge removes: an error that names it, before anything is removed", async () => {
  await host.run("apt-get -qq -y install --no-install-recommends docker.io >/dev/null 2>&1");
  await install("Depends: docker.io");
  const app = await start("a2");
  const { exitCode, said } = await app.tryApply("engine", purge);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /rootfulDocker: found the packages theirs, which would go with docker\.io; wanted nobody else's/,
    ),
  ]);
  expect(await theirs()).toBe("ii ");
  await app.revert("engine", purge);
  await app.revertAgent();
  await host.run("dpkg -P theirs");
});

test("one in the place of what Purge removed: destroy leaves it, and says what does not come back", async () => {
  const app = await start("a3");
  await app.apply("engine", purge);
  await host.run("apt-get -qq -y purge docker.io >/dev/null 2>&1");
  await install("Conflicts: docker.io");
  const { said } = await app.revert("engine", purge);
  expect(said.join("\n")).toMatch(
    /package docker\.io stays at absent: version \S+ takes the place of theirs, which this package has not brought/,
  );
  expect(await theirs()).toBe("ii ");
  await app.revertAgent();
  await host.run("dpkg -P theirs");
});

test("a containerd that runs where there is no Docker is not Disable's to stop", async () => {
  await host.run(`apt-get -qq -y purge --autoremove docker.io >/dev/null 2>&1 || true
    apt-get -qq -y install --no-install-recommends containerd >/dev/null 2>&1; systemctl start containerd.service`);
  const disable = { ...wishes, rootfulDocker: RootfulDocker.Disable };
  const app = await start("a6");
  await app.apply("engine", disable);
  const runs = "systemctl is-active containerd.service docker.service docker.socket || true";
  expect(await host.run(runs)).toBe("active\ninactive\ninactive\n");
  await app.revert("engine", disable);
  await app.revertAgent();
  expect(await host.run("systemctl is-active containerd.service")).toBe("active\n");
});

test("the group of the engine's package goes with the last of two installations, whichever source that has", async () => {
  const preinstalled = { ...wishes, engine: { source: EngineSource.Preinstalled } };
  const [first, second] = [await start("a4"), await start("a5")];
  await host.run(
    "apt-get -qq -y purge --autoremove docker.io containerd runc >/dev/null 2>&1; groupdel docker 2>/dev/null || true",
  );
  await first.apply("engine", wishes);
  await second.apply("engine", preinstalled);
  await first.revert("engine", wishes);
  await first.revertAgent();
  await second.revert("engine", preinstalled);
  await second.revertAgent();
  expect(
    await host.run(
      "getent group docker || echo gone; ls -d /var/lib/rootless-docker 2>/dev/null || true",
    ),
  ).toBe("gone\n");
});

test("a user whose processes have subordinate ids, by a program of their own: what gave them stays", async () => {
  const app = await start("a4");
  await app.apply("engine", wishes);
  await host.run(`useradd -m bob; grep -q ^bob: /etc/subuid || echo bob:700000:65536 | tee -a /etc/subuid >>/etc/subgid
    systemd-run -q --unit=bobs --uid=bob unshare --user --map-auto --map-root-user sleep 1000
    until [ "$(wc -l </proc/$(pgrep -u bob -x sleep)/uid_map)" = 2 ]; do sleep 0.1; done`);
  const { said } = await app.revert("engine", wishes);
  for (const name of ["uidmap", "dbus-user-session"])
    expect(said.join("\n")).toMatch(new RegExp(`package ${name} stays.*: bob runs its `));
  expect(await host.run("command -v newuidmap; command -v dockerd || true")).toBe(
    "/usr/bin/newuidmap\n",
  );
  await host.run("systemctl stop bobs; userdel -r bob 2>/dev/null");
  await app.revertAgent();
});

test("a user with a rootless daemon of its own that does not run now: what it is made of stays, and is named", async () => {
  const app = await start("a7");
  await app.apply("engine", wishes);
  await host.run(
    "useradd -m -s /bin/bash ann; loginctl enable-linger ann; systemctl start user@$(id -u ann)",
  );
  await asAccount(
    host,
    "ann",
    `export PATH=/usr/share/docker.io/contrib:$PATH
    sh /usr/share/docker.io/contrib/dockerd-rootless-setuptool.sh install --skip-iptables 2>&1 || true
    docker -H unix:///run/user/$(id -u)/docker.sock volume create mine`,
  );
  // As people have it who keep what is in there elsewhere.
  await asAccount(host, "ann", "mv ~/.config ~/dotfiles; ln -s dotfiles ~/.config");
  await host.run("loginctl disable-linger ann; systemctl stop user@$(id -u ann); ! pgrep -u ann");
  const said = (await app.revert("engine", wishes)).said.join("\n");
  for (const name of ["docker.io", "rootlesskit", "slirp4netns"])
    expect(said).toMatch(
      new RegExp(
        `package ${name} stays.*: ann has a daemon of its own, by /home/ann/.config/systemd/user/docker.service`,
      ),
    );
  await app.revertAgent();
  const purging = await start("a8");
  const refused = await purging.tryApply("engine", purge);
  expect([refused.exitCode, refused.said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /rootfulDocker: found that others run what Purge would remove: ann has a daemon of its own, by \/home\/ann\/\.config\/systemd\/user\/docker\.service; wanted nobody else's engine removed by Purge/,
    ),
  ]);
  await purging.revert("engine", purge);
  await purging.revertAgent();
  await host.run("loginctl enable-linger ann; systemctl start user@$(id -u ann)");
  expect(
    await asAccount(
      host,
      "ann",
      "systemctl --user start docker; docker -H unix:///run/user/$(id -u)/docker.sock volume ls -q",
    ),
  ).toBe("mine\n");
  await host.run(
    "loginctl disable-linger ann; systemctl stop user@$(id -u ann); userdel -r ann 2>/dev/null",
  );
});

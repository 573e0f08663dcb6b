import { brokenEngine, currentEngine, earlierEngine } from "../../testbed/engine";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { EngineSource, PrivilegedPorts, RootfulDocker } from "../../index";
import { cutAt } from "../../testkit/cut";
import { applyEngine, engineHost, revertEngine } from "../../testkit/engineHost";
import { tryAsAccount } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

// Docker's archives on a machine that others use too, and where a run may end at any moment.
const given = engineHost();
const folder = "/usr/local/lib/rootless-docker";

const wishes: typeof given.withArchives = (...args) => given.withArchives(...args);

const root = (command: string): Promise<string> => given.host.run(command);
const ofOther = (version: string, args: StepArgs = {}): StepArgs => ({
  ...wishes(version),
  account: { name: "other" },
  ...args,
});
const capability: StepArgs = { privilegedPorts: PrivilegedPorts.FileCapability };

test("what somebody has put, edited or mounted where the archives are stays, and so does a docker of their own", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes(earlierEngine));
  await root(`mkdir -p /srv/precious; echo theirs >/srv/precious/file
    cd ${folder}/docker-${earlierEngine}-*; echo mine >notes; echo edited >>runc
    mkdir mnt; mount --bind /srv/precious mnt
    rm ${folder}/docker; echo wrapper >${folder}/docker
    rm /usr/local/bin/docker; printf '#!/bin/sh\\necho theirs\\n' >/usr/local/bin/docker; chmod +x /usr/local/bin/docker`);
  const { said } = await app.apply("engine", wishes(currentEngine));
  expect(said.join("\n")).toMatch(
    /docker-29\.8\.0-\S+ stays: it has (mnt|notes|runc); (mnt|notes|runc); (mnt|notes|runc), which is not as/,
  );
  expect(said.join("\n")).toContain("link /usr/local/bin/docker stays: somebody changed it");
  await revertEngine(app, wishes(currentEngine));
  expect(
    await root(`cat /srv/precious/file ${folder}/docker; ls ${folder}/docker-*; /usr/local/bin/docker
      umount ${folder}/*/mnt; rm -r ${folder} /srv/precious /usr/local/bin/docker`),
  ).toBe("theirs\nwrapper\nmnt\nnotes\nrunc\ntheirs\n");
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("files that are missing come back; other sums are another directory; one that is not ours is an error", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes(currentEngine));
  await root(`rm ${folder}/docker-*/containerd ${folder}/docker-*/dockerd-rootless.sh`);
  await app.apply("engine", wishes(currentEngine));
  expect(await root(`ls ${folder}/docker-*/ | grep -cE '^(containerd|dockerd-rootless.sh)$'`)).toBe(
    "2\n",
  );
  const wrong = await app.tryApply(
    "engine",
    wishes(currentEngine, { rootlessExtrasSha256: "0".repeat(64) }),
  );
  expect([wrong.exitCode, wrong.said.at(-1)]).toEqual([1, expect.stringContaining("wanted 000")]);
  await revertEngine(app, wishes(currentEngine));
  await applyEngine(app, wishes(currentEngine));
  const name = (await root(`cd ${folder}; echo docker-*`)).trim();
  await revertEngine(app, wishes(currentEngine));
  await root(
    `mkdir -p ${folder}/${name}; printf '#!/bin/sh\\ntouch /run/planted' >${folder}/${name}/dockerd; chmod +x ${folder}/*/dockerd`,
  );
  await app.install();
  await app.apply("preflight", wishes(currentEngine));
  const planted = await app.tryApply("engine", wishes(currentEngine));
  expect([planted.exitCode, planted.said.at(-1)]).toEqual([
    1,
    expect.stringContaining("something there that this package has not unpacked"),
  ]);
  await revertEngine(app, wishes(currentEngine));
  expect(await root(`ls ${folder}/*; ls /run/planted 2>&1 || true; rm -r ${folder}`)).toMatch(
    /^dockerd\nls: /,
  );
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("killed while a version starts that does not: the next run goes back to the earlier one", async () => {
  const app = new Installation(given.host, "a1");
  await app.applyAll(wishes(earlierEngine));
  const cut = given.host.ssh(
    `until readlink ${folder}/a1 | grep -q ${brokenEngine}; do sleep .02; done; kill -9 $(pgrep -f 'agents/a1/agent (apply|update) engine')`,
  );
  expect((await app.tryApply("engine", wishes(brokenEngine))).exitCode).not.toBe(0);
  await cut;
  const { exitCode, said } = await app.tryApply("engine", wishes(brokenEngine));
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(/the daemon runs with .*docker-29\.8\.0-\S+ again/),
  ]);
  expect(await given.version()).toBe(`${earlierEngine}\n`);
  // As it is, a healthy one: the doctor finds its programs.
  const { stdout } = await given.host.ssh(
    "sh /var/lib/rootless-docker/agent doctor app; su - app -c 'sh /var/lib/rootless-docker/agent doctor'",
  );
  expect(stdout.match(/^(problem .*|nothing to fix$|\d+ to fix)/gm)).toEqual([
    "nothing to fix",
    "nothing to fix",
  ]);
  const preinstalled = { ...wishes(currentEngine), engine: { source: EngineSource.Preinstalled } };
  const refused = await app.tryApply("preflight", preinstalled);
  expect([refused.exitCode, refused.said.at(-1)]).toEqual([
    1,
    expect.stringContaining("engine.source: found no dockerd"),
  ]);
  await app.revertAll(wishes(earlierEngine));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("a capability is that of the installation that asked for it, and the docker command everybody's", async () => {
  const [app, other] = ["a1", "b2"].map((lease) => new Installation(given.host, lease));
  await applyEngine(app, wishes(earlierEngine));
  await app.apply("kernel", wishes(earlierEngine, {}, capability));
  await applyEngine(other, ofOther(earlierEngine));
  // One that has not asked changes its version.
  await other.apply("engine", ofOther(currentEngine));
  const may = `getcap ${folder}/docker-*/rootlesskit | sed 's/.*docker-\\(.*\\)-.* .*/\\1/'`;
  expect(await root(may)).toBe(`${earlierEngine}\n`);
  await other.apply("engine", ofOther(earlierEngine));
  await app.apply("engine", wishes(currentEngine, {}, capability));
  expect(await root(may)).toBe(`${currentEngine}\n`);
  await other.apply("engine", ofOther(currentEngine));
  await other.apply("kernel", ofOther(currentEngine, capability));
  await app.revert("kernel", wishes(currentEngine, {}, capability));
  expect(await root(may)).toBe(`${currentEngine}\n`);
  await revertEngine(app, wishes(currentEngine));
  expect(await root("docker --version")).toContain(currentEngine);
  await other.revert("kernel", ofOther(currentEngine, capability));
  expect(await root(`${may}; echo none`)).toBe("none\n");
  await revertEngine(other, ofOther(currentEngine));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("a version that somebody runs a program of goes when that has ended", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes(earlierEngine));
  await root(
    `useradd runner; install -d -o runner /tmp/runner; cd ${folder}/docker-*
    setsid runuser -u runner -- ./containerd --root /tmp/runner/root --state /tmp/runner/state --address /tmp/runner/socket >/dev/null 2>&1 &
    until pgrep -u runner -x containerd >/dev/null; do sleep 0.1; done`,
  );
  const stays = await app.apply("engine", wishes(currentEngine));
  expect(stays.said.join("\n")).toMatch(/docker-29\.8\.0-\S+ stays: runner runs a program of it/);
  await root("pkill -KILL -u runner; userdel runner; rm -rf /tmp/runner /tmp/containerd-s-*");
  const goes = await app.apply("engine", wishes(currentEngine));
  expect(goes.said.join("\n")).toMatch(/docker-29\.8\.0-\S+ removed/);
  await revertEngine(app, wishes(currentEngine));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("the docker command outlives the neighbour whose package had it", async () => {
  const [app, other] = ["a1", "b2"].map((lease) => new Installation(given.host, lease));
  const distribution = ofOther(currentEngine, { engine: {} });
  await applyEngine(other, distribution);
  await applyEngine(app, wishes(currentEngine));
  await revertEngine(other, distribution);
  expect(await root("docker --version")).toContain(currentEngine);
  await revertEngine(app, wishes(currentEngine));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("a takeover that fails and is destroyed leaves the earlier installation its daemon", async () => {
  const [app, other] = ["a1", "b2"].map((lease) => new Installation(given.host, lease));
  const first = wishes(earlierEngine, {}, { owner: "project/dev/first" });
  await app.applyAll(first);
  const second = wishes(brokenEngine, {}, { owner: "project/dev/second", takeOver: true });
  await other.install();
  for (const step of ["preflight", "account", "kernel", "secrets", "engine"] as const)
    await other.apply(step, second);
  expect((await other.tryApply("daemon", second)).exitCode).toBe(1);
  await other.revertAll(second);
  expect(await given.version()).toBe(`${earlierEngine}\n`);
  await app.revertAll(first);
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("root runs nothing of a place that another login can change", async () => {
  await root(`useradd evil; mkdir -p ${folder}/a1; chown -R evil ${folder}
    for name in cat sed id stat mktemp dockerd; do
      printf '#!/bin/sh\\ntouch /run/planted\\n' >${folder}/a1/$name; chmod +x ${folder}/a1/$name
    done`);
  const app = new Installation(given.host, "a1");
  await app.install();
  await app.apply("preflight", { ...wishes(currentEngine), engine: {} });
  await app.apply("preflight", wishes(currentEngine));
  const { exitCode, said } = await app.tryApply("engine", wishes(currentEngine));
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringContaining("that others than root can change what leads to it"),
  ]);
  expect(await root("ls /run/planted 2>&1 || true")).toMatch(/^ls: /);
  await revertEngine(app, wishes(currentEngine));
  await root(`userdel evil; rm -r ${folder}`);
});

test("from the distribution's to it and back: the capability follows; units that somebody installs later are not masked", async () => {
  const app = new Installation(given.host, "a1");
  const distribution: StepArgs = { ...wishes(currentEngine), engine: {} };
  await applyEngine(app, distribution);
  await app.apply("kernel", { ...distribution, ...capability });
  expect(await root("readlink /etc/systemd/system/docker.service")).toBe("/dev/null\n");
  await app.apply("engine", wishes(currentEngine));
  const { stdout } = await tryAsAccount(given.host, "root", "ls /etc/systemd/system");
  expect(stdout).not.toContain("docker.service");
  const may = `getcap /usr/bin/rootlesskit ${folder}/docker-*/rootlesskit; ls /etc/dpkg/dpkg.cfg.d`;
  expect(await root(may)).toMatch(/^\/usr\/local\S+ cap_net_bind_service=ep\n(?!rootless)/);
  // Behind the archive's own program.
  await root(
    "useradd evil; install -o evil -m 755 /bin/true /tmp/evil; ln -s /tmp/evil /usr/local/bin/dockerd",
  );
  for (const step of ["preflight", "engine"] as const) {
    const { exitCode, said } = await app.tryApply(step, distribution);
    expect([step, exitCode, said.at(-1)]).toEqual([
      step,
      1,
      expect.stringContaining(
        "/usr/local/bin/dockerd: found it, or what leads to it, another login's to change",
      ),
    ]);
  }
  await root("userdel evil; rm /usr/local/bin/dockerd /tmp/evil");
  await app.apply("engine", distribution);
  // With what sets it again after an upgrade of the package.
  expect(await root(may)).toMatch(/^\/usr\/bin\S+ cap_net_bind_service=ep\nrootless-docker\n/);
  await app.revert("kernel", { ...distribution, ...capability });
  await revertEngine(app, distribution);
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("killed while a capability goes that a change of source leaves behind: it goes with the next run", async () => {
  await root(`apt-get -q -y install --no-install-recommends docker.io docker-cli rootlesskit slirp4netns uidmap \
      dbus-user-session iptables libcap2-bin >/dev/null 2>&1
    systemctl disable --now docker.socket docker.service containerd >/dev/null 2>&1`);
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  const more = { ...capability, rootfulDocker: RootfulDocker.Keep };
  const first: StepArgs = {
    account: { name: "app" },
    engine: { source: EngineSource.Preinstalled },
    ...more,
  };
  const then = { ...wishes(currentEngine), ...more };
  await app.install();
  for (const step of ["preflight", "engine", "kernel"] as const) await app.apply(step, first);
  await root(cutAt("setcap", "-r /usr/bin/rootlesskit"));
  await app.apply("preflight", then);
  expect((await app.tryApply("engine", then)).exitCode).not.toBe(0);
  await root("rm /usr/local/sbin/setcap");
  await app.apply("engine", then);
  await app.apply("kernel", then);
  await app.revert("kernel", then);
  await app.revert("engine", then);
  await app.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

test("a directory of archives that somebody has moved, with a link in its place, stays", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes(currentEngine));
  const place = (await root(`readlink ${folder}/a1`)).trim();
  await root(`mv ${place} /srv/moved; ln -s /srv/moved ${place}`);
  const { said } = await app.revert("engine", wishes(currentEngine));
  expect(said).toContain(`engine: ${place} stays: it is a link now, to /srv/moved`);
  await app.revertAgent();
  expect(await root(`ls /srv/moved/dockerd; rm -r /srv/moved ${folder}`)).toBe(
    "/srv/moved/dockerd\n",
  );
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

test("killed while it unpacks beside the packages: the next run waits for that, and has all of it", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  const asked = wishes(currentEngine);
  await app.install();
  await app.apply("preflight", asked);
  const up = app.tryApply("engine", asked);
  // The oldest is the run, and the next one what unpacks, which has the lock, and nothing that the session waits for.
  expect(
    await root(`until ls ${folder}/*.new 2>/dev/null; do sleep 0.01; done >/dev/null
      set -- $(pgrep -f '^sh .*/agents/a1/agent apply engine'); readlink /proc/$1/fd/[0-3] >/root/session
      kill -KILL $1; readlink /proc/$2/fd/9; readlink /proc/$2/fd/* | grep -cxFf /root/session || true; rm /root/session`),
  ).toBe("/var/lib/rootless-docker/locks/engine\n0\n");
  expect((await up).exitCode).not.toBe(0);
  await app.apply("engine", asked);
  expect(await root(`${folder}/a1/dockerd --version`)).toContain(currentEngine);
  expect(await root(`ls -d ${folder}/*.new 2>/dev/null || true`)).toBe("");
  await revertEngine(app, asked);
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

// The last of this file: packages of those daemons stay, too.
test("engines that the units of stopped daemons of others name stay until nobody's does", async () => {
  const app = new Installation(given.host, "a1");
  await app.applyAll(wishes(earlierEngine));
  // As dockerd-rootless-setuptool.sh writes it, by where it finds its programs.
  const own = (name: string, engine: string): string => `useradd -m -s /bin/bash ${name}
    d=/home/${name}/.config/systemd/user; mkdir -p $d
    printf '[Service]\nEnvironment=PATH=%s:/usr/bin\nExecStart=%s/dockerd-rootless.sh\n' ${engine} ${engine} >$d/docker.service
    chown -R ${name}: /home/${name}`;
  await root(own("carl", `$(readlink ${folder}/a1)`));
  const edited = (await app.apply("engine", wishes(currentEngine))).said.join("\n");
  expect(edited.match(/\S*docker-29\.8\.0-\S+ stays: .*/g)).toEqual([
    expect.stringMatching(
      /stays: carl has a daemon of its own, by \/home\/carl\/\.config\/systemd\/user\/docker\.service\. The next up or destroy/,
    ),
  ]);
  await root(own("bob", `${folder}/a1`));
  await app.revertAll(wishes(currentEngine));
  const programs = "/home/*/.config/systemd/user/docker.service";
  expect(
    await root(`sed -n 's/^ExecStart=//p' ${programs} | xargs ls | wc -l; ls ${folder}`),
  ).toMatch(/^2\na1\ndocker-29\.8\.0-\S+\ndocker-29\.\S+\n$/);
  // Somebody's own by now is not ours any more.
  await root(`mkdir /opt/own; ln -sfn /opt/own ${folder}/a1
    install -m 755 -o nobody /usr/bin/true /opt/own/docker`);
  // Another engine is none of theirs.
  await root("userdel -r bob 2>/dev/null; userdel -r carl 2>/dev/null");
  const other = new Installation(given.host, "b2");
  const distribution = ofOther(currentEngine, { engine: {} });
  await applyEngine(other, distribution);
  expect(await root(`ls ${folder}; readlink ${folder}/a1; rm -r ${folder} /opt/own`)).toBe(
    "a1\n/opt/own\n",
  );
  await revertEngine(other, distribution);
});

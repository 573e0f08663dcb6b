import { EngineSource } from "../../index";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import type { StepArgs } from "../../testkit/documents";
import { asAccount, bootHost, importImage } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

// docs/existing.md: a rootless daemon that somebody has made by Docker's own script, with its data.
const contrib = "/usr/share/docker.io/contrib";
const socket = "-H unix:///run/user/$(id -u)/docker.sock";
let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  await host.run(`apt-get -qq update
    apt-get -qqy install --no-install-recommends docker.io docker-cli rootlesskit slirp4netns uidmap dbus-user-session iptables >/dev/null 2>&1
    systemctl disable --now docker.socket docker.service containerd >/dev/null 2>&1
    ln -s /usr/bin/docker ${contrib}/docker`);
});

/** An account's daemon with a container and its volume. */
async function makeByHand(name: string, before = "") {
  await host.run(
    `useradd -m ${name}; loginctl enable-linger ${name}; systemctl start user@$(id -u ${name})`,
  );
  await asAccount(
    host,
    name,
    `${before}
    export PATH=${contrib}:$PATH; sh ${contrib}/dockerd-rootless-setuptool.sh install --skip-iptables >/dev/null 2>&1`,
  );
  await importImage(host, name, socket);
  const docker = (command: string) => asAccount(host, name, `docker ${socket} ${command}`);
  await docker("run -d --name shop --restart always -v data:/data busybox sleep 99999");
  await docker("exec shop sh -c 'echo precious >/data/file'");
  return docker;
}

const adopt = (name: string): StepArgs => ({
  account: { name, create: false },
  engine: { source: EngineSource.Preinstalled },
});

test("a daemon of dockerd-rootless-setuptool.sh is taken over with its containers, and given back", async () => {
  const shop = await makeByHand(
    "bob",
    `mkdir -p ~/.config/docker; echo '{"debug": true, "storage-driver": "overlay2"}' >~/.config/docker/daemon.json`,
  );
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  const wishes = adopt("bob");
  const unit = "/home/bob/.config/systemd/user/docker.service";
  await host.run(`perl -pi.own -e 's/^(ExecStart=.*)/$1 \\\\\n  --ip=127.0.0.1/' ${unit}`);
  await app.install();
  for (const step of ["preflight", "account", "kernel", "engine"] as const)
    await app.apply(step, wishes);
  const refused = async (words: string) => {
    const { exitCode, said } = await app.tryApply("daemon", wishes);
    expect([exitCode, said.at(-1)]).toEqual([
      1,
      `daemon: daemon: found a daemon of bob's own, ${words}`,
    ]);
  };
  const open = () =>
    refused(
      "whose daemon.json or unit says ip; wanted all in daemon that it is to go on with. To fix: add ip to daemon, with what it is to be",
    );
  await open();
  await host.run(
    `sed -i 's/--ip=127.0.0.1/$MORE/; /^ExecStart=/i Environment=MORE=--ip=127.0.0.1' ${unit}`,
  );
  const restart =
    "systemctl --user daemon-reload; systemctl --user reset-failed docker; systemctl --user restart docker";
  await asAccount(host, "bob", restart);
  await open();
  // Somebody's drop-in, a link of theirs, stays in force.
  const dropIn = (flags: string) =>
    asAccount(
      host,
      "bob",
      `mkdir -p ${unit}.d; ln -sf ~/own.conf ${unit}.d/own.conf
      printf '[Service]\\nExecStart=\\nExecStart = /usr/bin/nice ${contrib}/dockerd-rootless.sh --iptables=false ${flags}\\n' >~/own.conf; ${restart}`,
    );
  await dropIn("$MORE");
  await open();
  await dropIn("--mtu=1400");
  await refused(
    "with flags of a drop-in that are in daemon.json, too (mtu); wanted them in one place, since dockerd refuses both. To fix: say in the program what mtu is to be; and move it from the drop-in to its daemon.json, where destroy leaves it",
  );
  await asAccount(host, "bob", `rm -r ${unit}.d ~/own.conf`);
  expect(await shop("exec shop cat /data/file")).toBe("precious\n");
  await host.run(`mv ${unit}.own ${unit}`);
  await asAccount(host, "bob", restart);
  const { daemon } = await app.applyAll(wishes);
  expect(daemon.changed).toContain("daemon of bob restarted");
  expect(daemon.said).toContain(
    "daemon: the daemon of bob loses debug, iptables until destroy: say in the program what is to stay",
  );
  expect(daemon.said.join()).not.toContain("can't read");
  expect(await shop("exec shop cat /data/file")).toBe("precious\n");
  for (const { changed } of Object.values(await app.applyAll(wishes))) expect(changed).toEqual([]);

  await app.revertAll(wishes);
  expect(await asAccount(host, "bob", "systemctl --user is-enabled docker.service")).toBe(
    "enabled\n",
  );
  const ours = diffSnapshots(before, await snapshotHost(host)).filter(
    (line) => !/\/home\/bob\/\.local\/share\/docker/.test(line),
  );
  expect(ours).toEqual([]);
  await asAccount(host, "bob", "systemctl --user start docker.service");
  expect(await shop("exec shop cat /data/file")).toBe("precious\n");
});

const unitOf = (path: string, flags: string) =>
  `mkdir -p ${path.replace(/[^/]*$/, "")}; printf '[Service]\\nExecStart=\\nExecStart=${contrib}/dockerd-rootless.sh ${flags}\\n' >${path}`;
const toldBy = "/home/nora/.config/docker/daemon.json";
const own = "/home/nora/.config/systemd/user/docker.service";
const elsewhereOwn = "/home/nora/.local/share/systemd/user";
const everybodys = "/etc/systemd/user/docker.service";
const elsewhere = `found a daemon of nora's own, whose unit says --config-file or XDG_CONFIG_HOME; wanted its settings in ${toldBy}. To fix: move that file there, take the other out of the unit, and restart that daemon`;
const manager = "runuser -u nora -- env XDG_RUNTIME_DIR=/run/user/$(id -u nora) systemctl --user";
const says = (members: string) =>
  `found a daemon of nora's own, whose daemon.json or unit says ${members}; wanted all in daemon that it is to go on with. To fix: add ${members} to daemon, with what it is to be`;

// Of a daemon that somebody has made: how it is told, and what the step says, before it changes anything.
/** The row of a file of variables, which is written. */
const variables = (lines: string[], names: string[]): [string, string, string, string][] => {
  const file = "/home/nora/.config/docker/environment";
  const said = names.join(", ");
  return [
    [
      `${lines[0]}, in the file that is written`,
      `printf '%s\\n' ${lines.map((line) => `'${line.replaceAll("'", `'\\''`)}'`).join(" ")} >${file}`,
      `rm ${file}`,
      `found a file ${file} of nora's own, which says ${said}; wanted nothing there but what the program says, since this package writes it. To fix: say ${said} in the program (environment, network), or move ${said} to a drop-in`,
    ],
  ];
};

const told: [string, string, string, string][] = [
  [
    "the address of ports, in networks that compose makes",
    `echo '{"default-network-opts": {"bridge": {"com.docker.network.bridge.host_binding_ipv4": "127.0.0.1"}}}' >${toldBy}`,
    `rm ${toldBy}`,
    says("default-network-opts"),
  ],
  [
    "certificates, and a runtime",
    `echo '{"tlsverify": true, "tlscacert": "/x", "default-runtime": "box", "debug": true}' >${toldBy}`,
    `rm ${toldBy}`,
    says("default-runtime, tlscacert, tlsverify"),
  ],
  [
    "what begins with a byte order mark",
    `printf '\\357\\273\\277{"ip": "127.0.0.1"}' >${toldBy}`,
    `rm ${toldBy}`,
    "found a daemon.json of nora's own that is larger than 64 KiB, or no plain JSON object; wanted one that can be compared with daemon. To fix: write it as plain JSON, without a byte order mark",
  ],
  [
    "a unit, beside a drop-in that systemd does not read",
    `cp ${own} ${own}.saved; ${unitOf(own, "--ip=127.0.0.1")}; ${unitOf(`${own}.d/old/ip.conf`, "--ip=127.0.0.1")}`,
    `mv ${own}.saved ${own}; rm -r ${own}.d`,
    says("ip"),
  ],
  [
    "the administrator's unit, for everybody",
    `mv ${own} ${own}.saved; ${unitOf(everybodys, "--ip=127.0.0.1")}`,
    `mv ${own}.saved ${own}; rm ${everybodys}`,
    says("ip"),
  ],
  [
    "a file that a drop-in names",
    unitOf(`${own}.d/file.conf`, "--config-file=%%h/mine.json"),
    `rm -r ${own}.d`,
    elsewhere,
  ],
  [
    "a daemon.json in another place",
    `mkdir -p ${own}.d; printf '[Service]\\nEnvironment=XDG_CONFIG_HOME=%%h/own\\n' >${own}.d/place.conf`,
    `rm -r ${own}.d`,
    elsewhere,
  ],
  [
    "a unit, below a comment that ends like a line that goes on, and a proxy",
    `cp ${own} ${own}.saved; printf '[Service]\\n# ExecStart=old \\\\\\nExecStart=x --ip=127.0.0.1 --http-proxy=http://proxy.example:3128\\n' >${own}`,
    `mv ${own}.saved ${own}`,
    says("ip, proxies"),
  ],
  [
    "a unit that closes its containers, and has variables",
    `cp ${own} ${own}.saved; sed -i '/^ExecStart=/i IPAddressDeny = any\\nEnvironment="PATH=/usr/bin" A=b' ${own}`,
    `mv ${own}.saved ${own}`,
    "found a daemon of nora's own, whose unit says Environment, IPAddressDeny; wanted nothing but what dockerd-rootless-setuptool.sh writes, and flags. To fix: move Environment, IPAddressDeny to a drop-in, which stays in force ('systemctl --user edit docker' as nora)",
  ],
  [
    "a file of variables, and does not run",
    `${manager} stop docker; cp ${own} ${own}.saved; ${unitOf(own, "$DOCKER_OPTS")}`,
    `mv ${own}.saved ${own}; ${manager} daemon-reload; ${manager} start docker`,
    "found a daemon of nora's own that does not run, and whose unit starts it with a variable or by another program; wanted what it is told. To fix: start it, or remove that unit, and run again",
  ],
  [
    "on a command line, by root's unit, beside docker.service",
    `install -d -o nora /tmp/nora
    systemd-run -q -u beside -p User=nora -E XDG_RUNTIME_DIR=/tmp/nora -E PATH=$PATH ${contrib}/dockerd-rootless.sh --data-root=/home/nora/beside
    until [ "$(pgrep -cx -u nora dockerd)" = 2 ]; do sleep 0.2; done`,
    `systemctl stop beside`,
    "found a dockerd of nora's own that docker.service of its service manager does not run; wanted none whose settings and data are not known. To fix: end it and what starts it ('pgrep -x -u nora dockerd' says which it is), and say in daemon what it was told",
  ],
  [
    "a unit in another place that closes its containers",
    `mkdir -p ${elsewhereOwn}; cp ${own} ${own}.saved; mv ${own} ${elsewhereOwn}; sed -i 's/^Description=.*/&\\nRequires=dbus.socket/' ${elsewhereOwn}/docker.service; echo IPAddressDeny=any >>${elsewhereOwn}/docker.service`,
    `rm ${elsewhereOwn}/docker.service; mv ${own}.saved ${own}`,
    "found a daemon of nora's own, whose unit says IPAddressDeny; wanted nothing but what dockerd-rootless-setuptool.sh writes, and flags. To fix: move IPAddressDeny to a drop-in, which stays in force ('systemctl --user edit docker' as nora)",
  ],
  [
    "a program of its own, and does not run",
    `${manager} stop docker; cp ${own} ${own}.saved; sed -i 's|^ExecStart=.*|ExecStart=/home/nora/start.sh|' ${own}`,
    `mv ${own}.saved ${own}; ${manager} daemon-reload; ${manager} start docker`,
    "found a daemon of nora's own that does not run, and whose unit starts it with a variable or by another program; wanted what it is told. To fix: start it, or remove that unit, and run again",
  ],
  ...variables(
    ["BIND_IP=127.0.0.1", "DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER=slirp4netns", "A=theirs"],
    ["BIND_IP", "DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER"],
  ),
  // What goes on in the next line may be a part of a secret value.
  ...variables(['A="theirs', "c2VjcmV0VG9rZW4x=", '"'], ["others"]),
  ...variables(['A="ours', "c2VjcmV0VG9rZW4x=", '"'], ["others"]),
  ...variables(["PEM=abc\\", "c2VjcmV0VG9rZW4x="], ["PEM", "others"]),
  ...variables(['PEM= "abc', "c2VjcmV0VG9rZW4x=", '"'], ["PEM", "others"]),
  ...variables([`PEM="a"'b`, "c2VjcmV0VG9rZW4x=", "'"], ["PEM", "others"]),
  ...variables(['PEM="{\\"key\\": \\"abc', "c2VjcmV0VG9rZW4x=", '\\"}"'], ["PEM", "others"]),
  ...variables(['A="\\"', 'c2VjcmV0VG9rZW4x="'], ["others"]),
  ...variables([`A='"' "`, 'c2VjcmV0VG9rZW4x="'], ["others"]),
  ...variables(['#C:\\PATH="x', "LOST=1"], ["LOST"]),
  [
    "a drop-in, which says what this package says by itself",
    unitOf(`${own}.d/net.conf`, "--default-network-opt=bridge=a=b"),
    `rm -r ${own}.d`,
    "found a daemon of nora's own, with flags of a drop-in that are in daemon.json, too (default-network-opts); wanted them in one place, since dockerd refuses both. To fix: say in the program what default-network-opts is to be; and move it from the drop-in to its daemon.json, where destroy leaves it",
  ],
];

test("what somebody's daemon is told has to be in the program; a destroy after an error, and over a daemon.json that they broke", async () => {
  const docker = await makeByHand("nora", "mkdir -p ~/.config/docker");
  const app = new Installation(host, "a2");
  const wishes = { ...adopt("nora"), environment: { A: "ours" } };
  const since = () => docker("inspect -f '{{.State.StartedAt}}' shop");
  await app.install();
  const before = ["preflight", "account", "kernel", "secrets", "engine"] as const;
  for (const step of before) await app.apply(step, wishes);
  for (const [how, make, undo, words] of told) {
    await host.run(make);
    const { exitCode, said } = await app.tryApply("daemon", wishes);
    expect([how, exitCode, said.at(-1)]).toEqual([how, 1, `daemon: daemon: ${words}`]);
    await host.run(undo);
  }
  await asAccount(host, "nora", "systemctl --user stop docker");
  const away = { ...wishes, daemon: { "data-root": "/home/nora/new" } };
  expect((await app.tryApply("daemon", away)).said.at(-1)).toContain(
    "daemon.data-root: found a daemon of nora's own, which has its data in '/home/nora/.local/share/docker'",
  );
  await asAccount(host, "nora", "systemctl --user start docker");
  const started = await since();
  await app.revert("daemon", wishes);
  expect(await since()).toBe(started);

  await app.apply("daemon", wishes);
  await asAccount(host, "nora", `echo '{ broken' >${toldBy}`);
  const { exitCode, said } = await app.tryRevert("daemon", wishes);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /^daemon: docker\.service of nora: found that it does not start again \(.*\); .* then run again, which does not wait for it$/,
    ),
  ]);
  expect((await app.revert("daemon", wishes)).said.join("\n")).toMatch(
    /the earlier docker\.service of nora did not start again; it is asked to once more, and not waited for/,
  );
  for (const step of [...before].reverse()) await app.revert(step, wishes);
  await app.revertAgent();
});

const store = '{"features": {"containerd-snapshotter": true}}';
const hidden = (option: string, how: string, asked: string, name: string) =>
  `daemon: ${option}: found a daemon of ${name}'s own, which keeps its images and containers ${how}; wanted what does not hide them, and not ${asked}. To fix: leave it out, which goes on with them; or let ${name} remove them first`;

const byJson = (json: string) =>
  `mkdir -p ~/.config/docker; echo '${json}' >~/.config/docker/daemon.json`;

// What Auto would not choose: the one that is there is kept, also by a daemon that does not run.
test.each<[string, string, string, string, StepArgs, (name: string) => string]>([
  [
    "vera",
    "by daemon.json",
    byJson('{"storage-driver": "vfs"}'),
    "vfs",
    { storageDriver: "Overlay2" },
    (name) => hidden("storageDriver", "by vfs", "overlay2", name),
  ],
  [
    "vito",
    "by a flag",
    `mkdir -p ~/.config/systemd/user
    printf '[Service]\\nEnvironment=PATH=/usr/bin:/usr/sbin\\nType=notify\\nNotifyAccess=all\\nExecStart=${contrib}/dockerd-rootless.sh \\\\\\n  --iptables=false --storage-driver=vfs\\n[Install]\\nWantedBy=default.target\\n' >~/.config/systemd/user/docker.service`,
    "vfs",
    { storageDriver: "Overlay2" },
    (name) => hidden("storageDriver", "by vfs", "overlay2", name),
  ],
  [
    "sven",
    "in containerd's store",
    byJson(store),
    "overlayfs",
    { daemon: { features: { "containerd-snapshotter": false } } },
    (name) =>
      hidden(
        "daemon.features",
        "in containerd's image store, by overlayfs",
        '"containerd-snapshotter": false',
        name,
      ),
  ],
])("%s's daemon, %s", async (name, _how, before, driver, hiding, refusal) => {
  const docker = await makeByHand(name, `mkdir -p ~/.local/share/docker/overlay2/l; ${before}`);
  const look = async () => [
    (await docker("info -f '{{.Driver}} {{.Containers}} {{.Images}}'")).trim(),
    await docker("exec shop cat /data/file"),
  ];
  const there = [`${driver} 1 1`, "precious\n"];
  expect(await look()).toEqual(there);
  const app = new Installation(host, "b2");
  const wishes = adopt(name);
  await app.install();
  for (const step of ["preflight", "account", "kernel", "secrets", "engine"] as const)
    await app.apply(step, wishes);
  for (const state of ["start", "stop"]) {
    await asAccount(host, name, `systemctl --user ${state} docker`);
    const { exitCode, said } = await app.tryApply("daemon", { ...wishes, ...hiding });
    expect([exitCode, said]).toEqual([1, [refusal(name)]]);
  }
  await app.apply("daemon", wishes);
  expect(await look()).toEqual(there);
  expect((await app.apply("daemon", wishes)).changed).toEqual([]);
  await app.apply("daemon", wishes);
  await app.revertAll(wishes);
  await asAccount(host, name, "systemctl --user start docker");
  expect(await look()).toEqual(there);
});

test.each([
  ["kim", ".local/share/docker"],
  ["kit", "store"],
])(
  "account %s, made here, and a daemon by hand in its %s: both stay under Delete",
  async (name, root) => {
    const app = new Installation(host, "b5");
    const kept: StepArgs = {
      account: { name },
      engine: { source: EngineSource.Preinstalled },
    };
    const wishes: StepArgs = { ...kept, onDestroy: { data: "Delete" } };
    const there = `/home/${name}/${root}/volumes/data/_data/file`;
    await app.applyAll(kept);
    await host.run(`echo theirs >/home/${name}/notes; chown ${name} /home/${name}/notes`);
    await app.revertAll(kept);
    await host.run(`install -d -o ${name} /tmp/${name}
    systemd-run -q -u by-hand -p User=${name} -E XDG_RUNTIME_DIR=/tmp/${name} -E PATH=$PATH ${contrib}/dockerd-rootless.sh --data-root=/home/${name}/${root}
    until docker -H unix:///tmp/${name}/docker.sock info >/dev/null 2>&1; do sleep 0.2; done
    docker -H unix:///tmp/${name}/docker.sock volume create data
    runuser -u ${name} -- sh -c 'echo precious >${there}'`);
    const early = ["preflight", "account", "kernel", "secrets", "engine"] as const;
    await app.install();
    for (const step of early) await app.apply(step, wishes);
    const { exitCode, said } = await app.tryApply("daemon", wishes);
    expect([exitCode, said.at(-1)]).toEqual([
      1,
      expect.stringContaining(`a dockerd of ${name}'s own`),
    ]);
    await host.run("systemctl stop by-hand");
    await app.applyAll(wishes);
    await app.revertAll(wishes);
    expect(await host.run(`id -un ${name}; cat ${there}`)).toBe(`${name}\nprecious\n`);
  },
);

test("a daemon that does not run, and whose engine has chosen vfs: its containers are seen", async () => {
  const docker = await makeByHand("zoe", byJson('{"storage-driver": "vfs"}'));
  await asAccount(host, "zoe", "systemctl --user stop docker; rm ~/.config/docker/daemon.json");
  const app = new Installation(host, "b4");
  await app.applyAll(adopt("zoe"));
  expect(await docker("exec shop cat /data/file")).toBe("precious\n");
  await app.revertAll(adopt("zoe"));
});

const flag = "systemd/user/docker.service.d/data.conf";

test.each([
  [
    "dora",
    "by daemon.json",
    `mkdir -p ~/.config/docker; echo '{"data-root": "/home/dora/store"}' >~/.config/docker/daemon.json`,
    "set data-root to that directory",
    "",
  ],
  [
    "dina",
    "by a flag in a drop-in",
    `mkdir -p ~/.config/$(dirname ${flag})
    printf '[Service]\\nExecStart=\\nExecStart=${contrib}/dockerd-rootless.sh --data-root=%%h/store\\n' >~/.config/${flag}`,
    "set data-root to that directory, and move it from --data-root of its unit to its daemon.json",
    `rm ~/.config/${flag}; mkdir -p ~/.config/docker; echo '{"data-root": "/home/dina/store"}' >~/.config/docker/daemon.json`,
  ],
])(
  "%s's daemon, whose data are elsewhere %s: an error that names the place, before it is stopped",
  async (name, _how, before, fix, then) => {
    const docker = await makeByHand(name, before);
    const app = new Installation(host, "b3");
    const wishes = adopt(name);
    await app.install();
    for (const step of ["preflight", "account", "kernel", "secrets", "engine"] as const)
      await app.apply(step, wishes);
    const refused = async () => {
      const { exitCode, said } = await app.tryApply("daemon", wishes);
      expect([exitCode, said]).toEqual([
        1,
        [
          `daemon: daemon.data-root: found a daemon of ${name}'s own, which has its data in '/home/${name}/store'; wanted what does not hide them. To fix: ${fix}; or let ${name} remove them first`,
        ],
      ]);
    };
    for (const state of ["start", "stop"]) {
      await asAccount(host, name, `systemctl --user ${state} docker`);
      await refused();
    }
    await asAccount(host, name, then);
    const found = { ...wishes, daemon: { "data-root": `/home/${name}/store` } };
    await app.apply("daemon", found);
    expect(await docker("exec shop cat /data/file")).toBe("precious\n");
    await app.revertAll(found);
    await asAccount(host, name, `systemctl --user start docker; docker ${socket} start shop`);
    expect(await docker("exec shop cat /data/file")).toBe("precious\n");
    // Volumes alone are data, too.
    await asAccount(
      host,
      name,
      `rm -f ~/.config/docker/daemon.json; ${before}
      systemctl --user daemon-reload; systemctl --user restart docker; docker ${socket} rm -fv shop; docker ${socket} image prune -af; docker ${socket} volume create alone`,
    );
    await app.install();
    for (const step of ["preflight", "account", "kernel", "secrets", "engine"] as const)
      await app.apply(step, wishes);
    await refused();
    for (const step of ["kernel", "secrets", "account", "engine"] as const)
      await app.revert(step, wishes);
    await app.revertAgent();
  },
);

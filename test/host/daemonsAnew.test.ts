import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { root } from "./administrator/life";
import type { StepArgs } from "../../testkit/documents";
import { asAccount, bootHost } from "../../testkit/host";
import { Installation, revertOrder } from "../../testkit/installation";

afterAll(destroyAllHosts);

// Accounts with a daemon that somebody removes, and data that go from one account to another.
let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run("touch /etc/subuid /etc/subgid");
});

const wish = (name: string, rest: StepArgs = {}): StepArgs => ({
  owner: `project/dev/${name}`,
  onDestroy: { data: "Delete" },
  resourceControllers: [],
  ...rest,
  account: { name, ...rest.account },
});

async function up(installation: Installation, wishes: StepArgs) {
  await installation.install();
  for (const step of ["preflight", "engine", "account", "secrets", "daemon"] as const)
    await installation.apply(step, wishes);
}

async function down(installation: Installation, wishes: StepArgs) {
  const said: string[] = [];
  for (const step of revertOrder) {
    if (!["daemon", "secrets", "account", "engine"].includes(step)) continue;
    said.push(...(await installation.revert(step, wishes)).said);
  }
  return [...said, ...(await installation.revertAgent()).said].join("\n");
}

test("an account removed with its home: no step fails for want of its daemon, which is made anew", async () => {
  const wishes = wish("gone", { secretEnvironment: { TOKEN: "precious" } });
  const installation = new Installation(host, "da1");
  await up(installation, wishes);
  await root(
    host,
    `loginctl disable-linger gone; systemctl stop user@$(id -u gone).service
    userdel -r gone 2>/dev/null; useradd -m other`,
  );
  // Side by side, in Pulumi's order or another one.
  await installation.apply("engine", wishes);
  await installation.apply("account", wishes);
  await installation.apply("engine", wishes);
  expect(await host.run("pgrep -u gone -x dockerd || echo none")).toBe("none\n");
  await installation.apply("daemon", wishes);
  await asAccount(host, "gone", "docker -H unix://$XDG_RUNTIME_DIR/docker.sock info >/dev/null");
  expect(await down(installation, wishes)).toContain("account gone and /home/gone removed");
  expect(
    await host.run(
      "getent passwd gone; grep gone /etc/sub?id; ls /home /var/lib/systemd/linger; ls -d /var/lib/rootless-docker 2>&1 || true",
    ),
  ).not.toMatch(/\bgone\b|^\/var\/lib\/rootless/m);
  await host.run("userdel -r other 2>/dev/null");
});

test("a secret value that changes: the daemon reads it, and nothing of it comes to another account of that name", async () => {
  const of = (value: string) => wish("turns", { secretEnvironment: { TOKEN: value } });
  const installation = new Installation(host, "da5");
  await up(installation, of("first"));
  // The daemon's directory is gone: it is made again.
  await host.run("rm -r /home/turns/.config/docker");
  await installation.apply("secrets", of("second"));
  expect(await host.run("cat /home/turns/.config/docker/environment")).toContain("second");
  await host.run(`systemctl stop user@$(id -u turns).service; usermod -m -d /home/turned turns
    systemctl start user@$(id -u turns).service`);
  // As a run left it that was killed between the record's move and its name.
  const record = (home: string) =>
    `/var/lib/rootless-docker/things/homefile/%2Fhome%2F${home}%2F.config%2Fdocker%2Fenvironment`;
  await host.run(`mv ${record("turns")} ${record("turned")}`);
  await installation.apply("secrets", of("moved"));
  expect(
    await host.run(`cat /home/turned/.config/docker/environment ${record("turned")}/name`),
  ).toMatch(/moved"\n\/home\/turned\/\.config\/docker\/environment$/);
  await host.run(`systemctl stop user@$(id -u turns).service; usermod -m -d /home/turns turns
    systemctl start user@$(id -u turns).service`);
  await installation.apply("secrets", of("back"));
  await root(
    host,
    `loginctl disable-linger turns; systemctl stop user@$(id -u turns).service
    userdel -r turns 2>/dev/null; useradd -m -u 2400 turns`,
  );
  await installation.apply("secrets", of("third"));
  // The account step knows it by now.
  await installation.apply("account", of("third"));
  await installation.apply("secrets", of("fourth"));
  expect(
    await host.run("ls -A /home/turns; grep -rs -e third -e fourth /home/turns || true"),
  ).not.toMatch(/third|fourth|\.config/);
  await down(installation, of("fourth"));
  await host.run("userdel -rf turns 2>/dev/null || true");
});

test("an account made anew by hand, before its own step has seen it: it gets neither daemon nor secret values", async () => {
  const wishes = wish("anew", { secretEnvironment: { TOKEN: "precious" } });
  const installation = new Installation(host, "da8");
  await up(installation, wishes);
  await root(
    host,
    `loginctl disable-linger anew; systemctl stop user@$(id -u anew).service; userdel -rf anew 2>/dev/null || true
    useradd -m anew; loginctl enable-linger anew`,
  );
  const more = { ...wishes, secretEnvironment: { TOKEN: "second", MORE: "third" } };
  await installation.apply("secrets", more);
  const { exitCode, said } = await installation.tryApply("daemon", more);
  expect([exitCode, said.join()]).toEqual([
    1,
    expect.stringContaining("found another one of that name than the one that was recorded"),
  ]);
  expect(await host.run("ls -A /home/anew/.config /home/anew/.local 2>/dev/null || true")).toBe("");
  await down(installation, more);
  expect(
    await host.run("id -un anew; loginctl disable-linger anew; userdel -rf anew 2>/dev/null"),
  ).toBe("anew\n");
});

test("another comment, and a home from a backup: what this package wrote in it stays, and is named", async () => {
  const wishes = wish("saved", {
    secretEnvironment: { TOKEN: "precious" },
    account: { name: "saved", authorizedKeys: ["ssh-ed25519 AAAAC3Nz a"] },
  });
  const installation = new Installation(host, "da9");
  await up(installation, wishes);
  await root(
    host,
    `loginctl disable-linger saved; systemctl stop user@$(id -u saved).service; usermod -c 'The app' saved
    cp -a /home/saved /home/restored; rm -r /home/saved; mv /home/restored /home/saved
    echo '{}' >/home/saved/.config/docker/daemon.json`,
  );
  const said = await down(installation, wishes);
  for (const path of ["docker/environment", "systemd/user/docker.service"])
    expect(said).toContain(
      `daemon: /home/saved/.config/${path} stays as this package wrote it for the earlier saved. Remove it by hand when nothing of it is needed`,
    );
  expect(said).toContain(
    "account: /home/saved/.ssh/authorized_keys stays with a key that this package added for the earlier saved, which logs in as this one. Remove its line by hand when it is not needed",
  );
  expect(said).not.toMatch(/precious|AAAAC3Nz|daemon\.json/);
  expect(
    await host.run(
      "cd /home/saved; grep -c precious .config/docker/environment; cat .config/docker/daemon.json; userdel -rf saved 2>/dev/null; rm -rf /var/lib/rootless-docker",
    ),
  ).toBe("1\n{}\n");
});

test("a Docker of an account made anew by hand is its own: nobody starts it, nor calls its data the earlier one's", async () => {
  const wishes = wish("later");
  const [first, other] = ["db1", "db2"].map((lease) => new Installation(host, lease));
  await up(first, wishes);
  await root(
    host,
    `uid=$(id -u later); loginctl disable-linger later; systemctl stop user@$uid.service
    userdel -rf later 2>/dev/null || true; useradd -m -u $uid later; loginctl enable-linger later
    echo another >/var/lib/rootless-docker/things/userdaemon/later/engine
    cd /home/later; mkdir -p .config/systemd/user .local/share/docker/containers
    printf '[Service]\\nExecStart=/bin/sleep 7777\\n' >.config/systemd/user/docker.service; chown -R later: .`,
  );
  await other.install();
  const its = wish("neighbour");
  for (const step of ["preflight", "engine"] as const)
    expect((await other.apply(step, its)).said.join()).not.toContain("daemon of later");
  expect(await host.run("pgrep -u later sleep || echo none")).toBe("none\n");
  expect(await down(first, wishes)).not.toContain("data of the earlier");
  expect(await host.run("ls /home/later/.local/share/docker")).toBe("containers\n");
  await down(other, its);
  await host.run(
    "loginctl disable-linger later; systemctl stop user@$(id -u later).service; userdel -rf later 2>/dev/null",
  );
});

test("data where the account that has the name by now may not look are the earlier one's, with their ids", async () => {
  await host.run(
    `useradd -m -u 1500 -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 closed
    install -d -m 700 -o closed -g closed /srv/closed`,
  );
  const wishes = wish("closed", {
    account: { create: false },
    daemon: { "data-root": "/srv/closed/docker" },
  });
  const installation = new Installation(host, "db3");
  await up(installation, wishes);
  await root(
    host,
    `loginctl disable-linger closed; systemctl stop user@1500.service; userdel -r closed 2>/dev/null
    useradd -m -u 1600 -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 closed`,
  );
  expect(await down(installation, wishes)).toContain(
    "/srv/closed/docker stays: it has what is left of the data of the earlier closed",
  );
  await host.run("userdel -r closed 2>/dev/null; rm -rf /srv/closed /var/lib/rootless-docker");
});

test("a data root that one account kept and another one uses: both keep the ids of their files", async () => {
  const of = (name: string, uid: number): StepArgs =>
    wish(name, {
      account: { name, uid },
      daemon: { "data-root": "/srv/passed" },
      onDestroy: { data: "Keep" },
    });
  const volume = (name: string, uid: number) =>
    root(
      host,
      `runuser -u ${name} -- docker -H unix:///run/user/${uid}/docker.sock volume create ${name}
      f=$(($(sed -n 's/^${name}:\\([0-9]*\\):.*/\\1/p' /etc/subuid) + 32))
      echo precious >/srv/passed/volumes/${name}/_data/file; chown $f /srv/passed/volumes/${name}/_data/file`,
    );
  await host.run("install -d -o 2300 -g 2300 /srv/passed");
  const first = new Installation(host, "da2");
  await up(first, of("first", 2300));
  await volume("first", 2300);
  expect(await down(first, of("first", 2300))).toContain("/srv/passed stays");
  await host.run("chown -R --from=2300:2300 2301:2301 /srv/passed");
  const second = new Installation(host, "da3");
  await up(second, of("second", 2301));
  await volume("second", 2301);
  expect(await down(second, of("second", 2301))).toMatch(
    /\/srv\/passed stays[^]*uids \S+ stay with account second: its data in \/srv\/passed are owned by them/,
  );
  // With another data root, too, the first one's ids are still in there.
  const again = new Installation(host, "da4");
  const elsewhere = { ...of("first", 2300), daemon: {} };
  await up(again, elsewhere);
  expect(await down(again, elsewhere)).toMatch(
    /uids \S+ stay with account first: its data in \/srv\/passed are owned by them/,
  );
  expect(
    await host.run(
      "id -un first; id -un second; grep -cE '^(first|second):' /etc/subuid; cat /srv/passed/volumes/*/_data/file",
    ),
  ).toBe("first\nsecond\n2\nprecious\nprecious\n");
});

const known = "useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0";

test("an account that was found, whose home somebody copied to another place: what is ours goes there", async () => {
  await root(host, `${known} moved`);
  const wishes = wish("moved", { account: { name: "moved", create: false } });
  const installation = new Installation(host, "da5");
  await up(installation, wishes);
  await root(
    host,
    `systemctl stop user@$(id -u moved).service; cp -a /home/moved /srv/moved; rm -r /home/moved
    usermod -d /srv/moved moved; systemctl start user@$(id -u moved).service`,
  );
  // It may be somebody else's: nobody but the administrator knows.
  const refused = await installation.tryRevert("daemon", wishes);
  const [, command] = /or lost, run '([^']*)'/.exec(refused.said.join()) ?? [];
  await host.run(command);
  expect(await down(installation, wishes)).toMatch(
    /share\/docker stays: it is another directory[^]*subordinate uids \S+ stay with account moved: its data in/,
  );
  expect(
    await host.run("pgrep -u moved -x dockerd; ls -A /srv/moved; ls /var/lib/systemd/linger"),
  ).not.toMatch(/^(\d+|moved.*|\.config|\.docker)$/m);
  await host.run(
    "userdel -rf moved 2>/dev/null; rm -rf /var/lib/rootless-docker; : >/etc/subuid; : >/etc/subgid",
  );
});

test("data of an account that was made anew by hand: the next installation finds them there", async () => {
  const data = { daemon: { "data-root": "/srv/data/docker" } };
  await root(host, `${known} elder; install -d -o elder /srv/data`);
  const first = new Installation(host, "da6");
  const wishes = wish("elder", { account: { name: "elder", create: false }, ...data });
  await up(first, wishes);
  await asAccount(host, "elder", "docker -H unix://$XDG_RUNTIME_DIR/docker.sock volume create vol");
  await root(
    host,
    `uid=$(id -u elder); loginctl disable-linger elder; systemctl stop user@$uid.service
    echo precious >/srv/data/docker/volumes/vol/_data/file
    userdel -rf elder 2>/dev/null || true; ${known} -u $uid elder
    touch /var/lib/rootless-docker/things/account/elder/baseline/another`,
  );
  expect(await down(first, wishes)).toContain("/srv/data/docker stays");
  const second = new Installation(host, "da7");
  const its = { ...wishes, owner: "project/dev/second" };
  await up(second, its);
  await down(second, its);
  expect(
    await host.run("cat /srv/data/docker/volumes/vol/_data/file; userdel -r elder 2>/dev/null"),
  ).toBe("precious\n");
});

test("the home of an account by another name of the same directory: its files stay ours, and theirs come back", async () => {
  await root(
    host,
    `mkdir -p /srv/real; ln -s real /srv/linked; ${known} -d /srv/linked/near near
    install -d -o near -g near /srv/real/near/.config /srv/real/near/.config/docker
    echo '{"debug": true}' >/srv/real/near/.config/docker/daemon.json
    chown near: /srv/real/near/.config/docker/daemon.json`,
  );
  const wishes = wish("near", {
    account: { name: "near", create: false },
    secretEnvironment: { TOKEN: "precious-word" },
  });
  const installation = new Installation(host, "da8");
  await up(installation, wishes);
  await root(host, "sed -i 's|:/srv/linked/near:|:/srv/real/near:|' /etc/passwd");
  const units = "/srv/real/near/.config/systemd/user/default.target.wants/docker.service";
  for (const turn of [1, 2]) {
    await installation.apply("daemon", wishes);
    expect([turn, await host.run(`cat ${units} | grep -c ExecStart`)]).toEqual([turn, "1\n"]);
  }
  await down(installation, wishes);
  expect(
    await host.run(
      "find /srv/real/near -mindepth 1 ! -name '.bash*' ! -name .profile; cat /srv/real/near/.config/docker/daemon.json",
    ),
  ).toBe(
    `/srv/real/near/.config\n/srv/real/near/.config/docker\n/srv/real/near/.config/docker/daemon.json\n{"debug": true}\n`,
  );
  await host.run(
    "userdel -r near 2>/dev/null; rm -rf /srv/real /srv/linked /var/lib/rootless-docker",
  );
});

test("a data root that was there before: what the account puts there by names of the engine's stays", async () => {
  await root(host, `${known} puts; install -d -o puts /srv/puts`);
  const wishes = wish("puts", {
    account: { name: "puts", create: false },
    daemon: { "data-root": "/srv/puts" },
    onDestroy: { data: "Keep" },
  });
  const installation = new Installation(host, "da9");
  await up(installation, wishes);
  await asAccount(
    host,
    "puts",
    "mkdir -p /srv/puts/builder /srv/puts/trust; echo mine | tee /srv/puts/builder/main.c >/srv/puts/trust/ca.pem",
  );
  await down(installation, wishes);
  expect(await host.run("cd /srv/puts; find . -type f | sort; ls")).toBe(
    "./builder/main.c\n./trust/ca.pem\nbuilder\ntrust\n",
  );
  await host.run("userdel -r puts 2>/dev/null; rm -rf /srv/puts /var/lib/rootless-docker");
});

test("the step daemon that Pulumi makes anew, and deletes before: Delete removes no data while the report stands", async () => {
  const wishes = wish("before");
  const installation = new Installation(host, "da10");
  await installation.applyAll(wishes);
  await asAccount(host, "before", "docker volume create kept");
  const { said } = await installation.revert("daemon", wishes);
  expect(said).toContain(
    "daemon: keeps the data: this is no destroy, which takes the report back before",
  );
  await installation.apply("daemon", wishes);
  expect(await asAccount(host, "before", "docker volume ls -q")).toBe("kept\n");
  await installation.revertAll(wishes);
  expect(await host.run("getent passwd before; ls /home")).not.toContain("before");
});

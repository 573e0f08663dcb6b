import { EngineSource } from "../../index";
import { destroyAllHosts, diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { asAccount, bootHost, importImage } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

// docs/existing.md: a rootless daemon that somebody has made by Docker's own script, with its data.
test("a daemon of dockerd-rootless-setuptool.sh is taken over with its containers, and given back", async () => {
  const host = await bootHost();
  const contrib = "/usr/share/docker.io/contrib";
  const socket = "-H unix:///run/user/$(id -u)/docker.sock";
  await host.run(`apt-get -qq update
    apt-get -qqy install --no-install-recommends docker.io docker-cli rootlesskit slirp4netns uidmap dbus-user-session iptables >/dev/null 2>&1
    systemctl disable --now docker.socket docker.service containerd >/dev/null 2>&1
    useradd -m bob; loginctl enable-linger bob; systemctl start user@$(id -u bob)
    ln -s /usr/bin/docker ${contrib}/docker`);
  await asAccount(
    host,
    "bob",
    `export PATH=${contrib}:$PATH; sh ${contrib}/dockerd-rootless-setuptool.sh install --skip-iptables >/dev/null 2>&1`,
  );
  await importImage(host, "bob", socket);
  const shop = (command: string) => asAccount(host, "bob", `docker ${socket} ${command}`);
  await shop("run -d --name shop --restart always -v data:/data busybox sleep 99999");
  await shop("exec shop sh -c 'echo precious >/data/file'");
  const before = await snapshotHost(host);

  const app = new Installation(host, "a1");
  const wishes = {
    account: { name: "bob", create: false },
    engine: { source: EngineSource.Preinstalled },
  };
  const { daemon } = await app.applyAll(wishes);
  expect(daemon.changed).toContain("daemon of bob restarted");
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

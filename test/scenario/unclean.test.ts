import { readFileSync } from "node:fs";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../testbed/hosts";
import { busyboxImageTar } from "../../testbed/dockerCli";
import { execOrThrow } from "../../testbed/hosts/exec";
import { OnDestroyData, PrivilegedPorts, RootfulDocker } from "../../index";
import { live } from "../../testkit/stack";
import { HostStack, stepsRun, type ComponentArgs } from "../../testkit/hostStack";

// A host that has had a life before: nearly all that this package changes is there already, otherwise
// than it wants it. In the order of the tests.
let host: TestHost;
let before: HostSnapshot;
let installation: HostStack;
let wishes: ComponentArgs;

const home = "/home/app";
const dataRoot = `${home}/.local/share/docker`;

/** Some packages asked for, some only as others' dependencies, one held; no rootlesskit. */
const packages = `
  apt-get -q update
  apt-get -q -y --no-install-recommends install docker.io docker-cli uidmap slirp4netns iptables dbus-user-session
  apt-mark auto -qq slirp4netns docker-cli
  apt-mark hold -qq uidmap
  chmod 755 /usr/bin/newuidmap /usr/bin/newgidmap`;

/** Each other at run time than on disk, and both otherwise than wanted. */
const sysctls = `
  printf 'net.ipv4.ping_group_range = 7 8\\nnet.ipv4.ip_unprivileged_port_start = 600\\n' >/etc/sysctl.d/60-local.conf
  sysctl -q -w net.ipv4.ping_group_range='5 6' net.ipv4.ip_unprivileged_port_start=500`;

/** A daemon that root runs, with a container that comes back by itself, and its volume. */
const rootDocker = `
  mkdir -p /etc/docker; echo '{ "log-level": "warn" }' >/etc/docker/daemon.json
  systemctl restart docker
  docker import /root/busybox.tar busybox >/dev/null
  docker run -d --name db --restart always --network none -v data:/data busybox sh -c 'echo precious >/data/file; exec sleep 9999'`;

/** Groups, ids that are not the same for users and groups, and no service manager without a login. */
const account = `
  useradd --create-home --shell /bin/bash --groups staff,docker app
  sed -i /^app:/d /etc/subuid /etc/subgid
  echo app:300000:65536 >>/etc/subuid; echo app:400000:65536 >>/etc/subgid`;

/**
 * Files that the package writes too: one of another group, one by root's hand, one a link to where the
 * account keeps such files, one without an end of its last line, and an enabled unit.
 */
const files = `
  cd ${home}
  install -d -o app -g app -m 755 dotfiles .docker .config .config/docker .config/systemd .config/systemd/user .config/systemd/user/default.target.wants
  install -d -o app -g app -m 700 .ssh
  printf '{ "debug":false}' >.config/docker/daemon.json
  chown app:staff .config/docker/daemon.json; chmod 640 .config/docker/daemon.json
  printf '{"auths": {"x.test": {}},\\n "detachKeys":"ctrl-e"}' >dotfiles/config.json
  ln -s ../dotfiles/config.json .docker/config.json
  printf 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMIntqIh9C1n5uIQfgXq4qZkRLivbLjLDMxKWx/lipdQ before' >.ssh/authorized_keys
  printf '#!/bin/sh\\nexec sleep 8888\\n' >/srv/dockerd-rootless.sh; chmod 755 /srv/dockerd-rootless.sh
  printf '[Service]\\nExecStart=/srv/dockerd-rootless.sh\\n[Install]\\nWantedBy=default.target\\n' >.config/systemd/user/docker.service
  ln -s ../docker.service .config/systemd/user/default.target.wants/docker.service
  chown -h app:app dotfiles/config.json .docker/config.json .ssh/authorized_keys .config/systemd/user/default.target.wants/docker.service`;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  // What runs at a first boot only is no difference.
  await host.reboot();
  await host.run("cat >/root/busybox.tar", { input: readFileSync(await busyboxImageTar()) });
  for (const part of [packages, sysctls, rootDocker, account, files])
    await host.run("sh -eu", { input: part });
  before = await snapshotHost(host);
  installation = await HostStack.on(host, "unclean");
  const userKey = (await execOrThrow("ssh-keygen", ["-y", "-f", host.privateKeyPath])).trim();
  wishes = {
    account: { name: "app", authorizedKeys: [userKey] },
    rootfulDocker: RootfulDocker.Disable,
    privilegedPorts: PrivilegedPorts.Sysctl,
    daemon: { "log-level": "warn" },
  };
});
afterAll(destroyAllHosts);

const settings = () =>
  host.run(
    "sysctl -n net.ipv4.ping_group_range net.ipv4.ip_unprivileged_port_start; stat -c %a /usr/bin/newuidmap; systemctl is-active docker.service || true",
  );

/** Waits for what goes on by itself after a destroy, then compares. */
async function differences(): Promise<string[]> {
  await host.run(
    "while systemctl is-active -q user@$(id -u app).service; do sleep 0.1; done; until [ $(docker ps -q | wc -l) = 1 ]; do sleep 0.1; done",
  );
  const lines = diffSnapshots(before, await snapshotHost(host));
  return lines.filter((line) => !ofRootsDaemon.test(line));
}

// It was stopped and started: its records of that, and the name of its container's namespace.
const ofRootsDaemon = /\/var\/lib\/(docker|containerd)\/|run-docker-netns-\w+\.mount/;

/** What a step said while it was taken back. */
const lines = (outcome: Awaited<ReturnType<HostStack["destroy"]>>, step: string) =>
  live(outcome, `web-${step}`);

test("up makes it a rootless Docker host, and again has nothing to do", async () => {
  await installation.up(wishes);
  expect(await settings()).toBe("0\t2147483647\n0\n4755\ninactive\n");
  expect(installation.outputs).toMatchObject({
    subordinateIds: {
      uids: [{ start: 300000, count: 65536 }],
      gids: [{ start: 400000, count: 65536 }],
    },
  });
  expect(stepsRun(await installation.up(wishes))).toEqual([]);
});

test("a container runs, on the ids that the account has always had", async () => {
  const docker = await installation.docker();
  await docker.run(["import", await busyboxImageTar(), "busybox"]);
  await docker.run(["run", "-d", "--name", "sleeper", "-v", "kept:/data", "busybox", "sleep", "7"]);
  await docker.run(["run", "--rm", "-v", "kept:/data", "busybox", "chown", "5:5", "/data"]);
  const volume = `${dataRoot}/volumes/kept/_data`;
  expect(await host.run(`stat -c '%u %g' ${volume}`)).toBe("300004 400004\n");
});

test("destroy keeps the data, says so before and while it does, and gives all else back", async () => {
  expect(await installation.stack.destroyPreviewText()).toMatch(/on-destroy-data *: "keep"/);
  const outcome = await installation.destroy();
  expect(lines(outcome, "daemon")).toContainEqual(
    expect.stringMatching(
      `^daemon: ${dataRoot} stays \\(\\S+ of images, containers and volumes\\): onDestroy\\.data: Delete removes what the engine made in it, by another pulumi up with it for this account, and a destroy after that$`,
    ),
  );
  const left = (await differences()).filter(
    (line) =>
      !line.startsWith(`file added: ${dataRoot}`) &&
      !/^file added: \/var\/lib\/rootless-docker(\/things(\/\S*)?)? /.test(line),
  );
  expect(left).toEqual([
    `file added: ${home}/.local directory app:app 700`,
    `file added: ${home}/.local/share directory app:app 700`,
  ]);
});

test("the next installation has the data, and with Delete everything is what it was", async () => {
  await installation.up({ ...wishes, onDestroy: { data: OnDestroyData.Delete } });
  const docker = await installation.docker();
  expect(await docker.run(["ps", "-a", "--format", "{{.Names}}"])).toBe("sleeper");
  expect(await installation.stack.destroyPreviewText()).toMatch(/on-destroy-data *: "delete"/);
  const outcome = await installation.destroy();
  expect(lines(outcome, "daemon")).toContain(`daemon: ${dataRoot} removed`);
  expect(await differences()).toEqual([]);
  expect(await host.run("cat /var/lib/docker/volumes/data/_data/file")).toBe("precious\n");
});

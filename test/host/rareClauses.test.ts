import { createHost, destroyAllHosts, type NspawnHost } from "../../stand-ins/hosts";
import { removeAccount } from "../support/accountData";
import { wishesOf } from "../support/documents";
import { asAccount, root } from "../support/host";
import { asBefore, inFront, killedBy } from "../support/inFront";
import { Installation } from "../support/installation";
import { promise } from "../support/promise";

// More clauses of promises, which ordinary programs seldom meet. test/first has those that each commit asks.

let host: NspawnHost;

let installations = 0;
const install = () => new Installation(host, `d${++installations}`);

beforeAll(async () => {
  host = await createHost({ suite: "trixie", engine: true });
  await install().up(wishesOf("base", "keep"));
});
afterAll(destroyAllHosts);

describe("data that stay", () => {
  test(promise(6, "Keep keeps a network where the daemon holds nothing else"), async () => {
    const app = install();
    await app.up(wishesOf("sue", "keep"));
    await asAccount(host, "sue", "docker network create own");
    const { said } = await app.destroy();
    expect(said.join("\n")).toContain("kept: /home/sue/.local/share/docker");
    await app.up(wishesOf("sue", "keep"));
    const networks = await asAccount(host, "sue", "docker network ls --format '{{.Name}}'");
    expect(networks.split("\n")).toContain("own");
    await app.destroy();
    await removeAccount(host, "sue");
  });

  test(promise(6, "without rootlesskit the data stay, and are named"), async () => {
    await root(host, "useradd -m vic");
    const app = install();
    await app.up(wishesOf("vic", "delete"));
    await root(host, "mv /usr/bin/rootlesskit /root/rootlesskit");
    const { said } = await app.destroy();
    await root(host, "mv /root/rootlesskit /usr/bin/rootlesskit");
    expect(said.join("\n")).toMatch(
      /kept: \/home\/vic\/\.local\/share\/docker, .* without rootlesskit/,
    );
    await root(host, "test -d /home/vic/.local/share/docker");
    await removeAccount(host, "vic");
  });

  test(promise(6, "Keep keeps images of an earlier storage driver"), async () => {
    const app = install();
    await app.up(wishesOf("tim", "keep"));
    await asAccount(host, "tim", "tar -c -C /etc hostname | docker import - own");
    await app.up(wishesOf("tim", "keep", { storageDriver: "fuse-overlayfs" }));
    // The daemon does not tell of them.
    expect(await asAccount(host, "tim", "docker image ls -q")).toBe("");
    const { said } = await app.destroy();
    expect(said.join("\n")).toContain("kept: /home/tim/.local/share/docker");
    await root(host, "test -d /home/tim/.local/share/docker/image/overlay2");
    await removeAccount(host, "tim");
  });
});

test(promise(5, "after useradd: an account that nobody has used since is made anew"), async () => {
  const app = install();
  await killedBy(host, "sync", "'-f /home/kay'");
  expect((await app.tryUp(wishesOf("kay", "delete"))).exitCode).not.toBe(0);
  await asBefore(host, "sync");
  await root(host, "id kay");
  await app.up(wishesOf("kay", "delete"));
  await app.destroy();
  await root(host, "none id kay; none test -e /home/kay");
});

test(promise(4, "what a step does not want any more stays until destroy"), async () => {
  const app = install();
  await app.up(wishesOf("ned", "delete", { storageDriver: "fuse-overlayfs" }));
  await app.up(wishesOf("ned", "delete", { storageDriver: "overlay2" }));
  const kernel = { sysctls: { "net.core.somaxconn": "8192" } };
  await app.up(wishesOf("ned", "delete", { storageDriver: "overlay2", kernel }));
  await root(host, "dpkg -s fuse-overlayfs | grep -q 'ok installed'");
  await app.destroy();
  await root(host, "none dpkg -s fuse-overlayfs");
});

test(promise(7, "root writes no file where others can lead it"), async () => {
  const app = install();
  const kernel = { sysctls: { "net.core.somaxconn": "8192" } };
  await root(host, "chown nobody /etc/sysctl.d");
  const { exitCode, said } = await app.tryUp(wishesOf("pam", "delete", { kernel }));
  expect(exitCode).not.toBe(0);
  expect(said.join("\n")).toContain("users other than root can change a directory");
  await root(
    host,
    "none test -e /etc/sysctl.d/99-zz-rootless-docker-net.core.somaxconn.conf; chown root /etc/sysctl.d",
  );
  await app.up(wishesOf("pam", "delete", { kernel }));
  await app.destroy();
});

test(promise(5, "what somebody mounts in a home while it is removed stays whole"), async () => {
  const app = install();
  await app.up(wishesOf("mo", "delete"));
  await inFront(
    host,
    "rm",
    `case "$*" in *-rf*" /home/mo") mkdir /home/mo/disk; mount -t tmpfs none /home/mo/disk; echo own >/home/mo/disk/file ;; esac`,
  );
  await app.tryDestroy();
  await asBefore(host, "rm");
  await root(host, "grep -qx own /home/mo/disk/file; umount /home/mo/disk");
  await app.destroy();
  await root(host, "none id mo; none test -e /home/mo");
});

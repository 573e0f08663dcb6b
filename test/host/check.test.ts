import { PrivilegedPorts, StorageDriver } from "../../index";
import { packedAgent } from "../../src/agent/agentText";
import { readNewMachine } from "../../src/drift/answer";
import { checkNewCommand } from "../../src/agent/commands";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type TestHost,
} from "../../stand-ins/hosts";
import { documentText, type StepArgs } from "../support/documents";
import { asAccount, importImage } from "../support/host";
import { Installation } from "../support/installation";

// What previews ask has no lock, and any number of them, and an "up", are at work at the same time.

let host: TestHost;
beforeAll(async () => {
  host = await createHost({ suite: "trixie", engine: true });
});
afterAll(destroyAllHosts);

const wishes = { account: { name: "app" }, storageDriver: StorageDriver.Overlay2 };
const ask = (more: StepArgs = {}) => {
  const document = documentText("machine", { ...wishes, ...more });
  return host.ssh(checkNewCommand(document, "auto"), { input: packedAgent() });
};

test("an installation whose first up was refused says nothing, as a machine without one", async () => {
  const refused = new Installation(host, "c1");
  await refused.install();
  expect(await refused.drift()).toEqual([]);
  await refused.revertAgent();
});

test("an account that is there, with a daemon and a container of its own", async () => {
  const contrib = "/usr/share/docker.io/contrib";
  const socket = "-H unix:///run/user/$(id -u)/docker.sock";
  await host.run(`ln -sf /usr/bin/docker ${contrib}/docker
    useradd -m carl; loginctl enable-linger carl; systemctl start user@$(id -u carl)`);
  const ofCarl = async () => {
    const { stdout } = await ask({ account: { name: "carl" } });
    return readNewMachine(stdout).present.find(({ about }) => about === "account carl");
  };
  const found = `exists (uid ${(await host.run("id -u carl")).trim()})`;
  expect(await ofCarl()).toEqual({ about: "account carl", found, wanted: "used as it is" });
  const setup = `PATH=${contrib}:$PATH sh ${contrib}/dockerd-rootless-setuptool.sh install --skip-iptables`;
  await asAccount(host, "carl", `${setup} >/dev/null 2>&1`);
  await importImage(host, "carl", socket);
  await asAccount(host, "carl", `docker ${socket} run -d --name mine busybox sleep 99999`);
  expect(await ofCarl()).toEqual({
    about: "account carl",
    found: `${found}, with a rootless daemon and its containers (mine)`,
    wanted: "taken over, and restarted once",
  });
  await host.run(
    "loginctl disable-linger carl; systemctl stop user@$(id -u carl); userdel -r carl",
  );
});

test("what is there now, of what will be another way", async () => {
  await host.run(
    "apt-get -qq remove slirp4netns >/dev/null; sysctl -qw net.ipv4.ping_group_range='1 0'",
  );
  const before = await snapshotHost(host);
  const { stdout } = await ask({
    privilegedPorts: PrivilegedPorts.Sysctl,
    account: { name: "new" },
  });
  expect(readNewMachine(stdout).present).toEqual([
    { about: "account new", found: "none", wanted: "new, with 65536 subordinate ids" },
    { about: "packages slirp4netns", found: "not installed", wanted: "installed" },
    { about: "net.ipv4.ip_unprivileged_port_start", found: "1024", wanted: "0" },
    { about: "net.ipv4.ping_group_range", found: "1 0", wanted: "0 2147483647" },
  ]);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

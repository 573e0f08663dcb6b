import { agentText } from "../../src/agent/agentText";
import { destroyAllHosts, diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { bootHost } from "../support/host";
import { Installation } from "../support/installation";

afterAll(destroyAllHosts);

const app = { account: { name: "app" }, onDestroy: { data: "delete" } };

test("no root rights: said in one line, nothing changed", async () => {
  const host = await bootHost({
    engine: true,
    admins: [
      { name: "guest", sudo: "none" },
      { name: "admin", sudo: "nopasswd" },
    ],
  });
  // Else their managers come and go with each login.
  await host.run("loginctl enable-linger guest admin; systemctl start user@1000 user@1001");
  const before = await snapshotHost(host);
  const guest = new Installation(host, "f0", "guest");
  await expect(guest.install()).rejects.toThrow(
    /^exit code 1:\nagent: privileges: 'sudo -n' refuses user guest \(sudo: a password is required\), but root rights without a password are required\. To fix: add 'guest ALL=\(ALL\) NOPASSWD: ALL' to a file in \/etc\/sudoers\.d, or connect as root$/,
  );
  const otherwise = "or leave connection.privilegeEscalation out, or connect as root";
  const toldBy = async (escalation: string) => {
    const command = `cat >agent && sh agent install agent f0 ${escalation}; rm agent`;
    const input = agentText();
    return (await host.ssh(command, { user: "guest", input })).stderr.trim();
  };
  expect(await toldBy("doas")).toBe(
    `agent: privileges: user guest is not root, and doas is not installed. To fix: install doas, ${otherwise}`,
  );
  expect(await toldBy("none")).toBe(
    "agent: privileges: user guest is not root, and connection.privilegeEscalation is none. To fix: remove that setting, so that sudo or doas is used, or connect as root",
  );
  await guest.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  const admin = new Installation(host, "f1", "admin");
  await admin.install();
  expect((await admin.apply("machine", app)).changed).not.toEqual([]);
  await admin.revert("machine", app);
  await admin.revertAgent();
  expect(
    diffSnapshots(before, await snapshotHost(host)).filter((line) => !/sudo/.test(line)),
  ).toEqual([]);
});

test("preflight names every problem at once, and changes nothing", async () => {
  const host = await bootHost({ tun: false });
  await host.run("echo 10.13 >/etc/debian_version");
  const installation = new Installation(host, "f2");
  const before = await snapshotHost(host);
  await installation.install();
  const { exitCode, said } = await installation.tryApply("machine", app);
  expect([exitCode, said]).toEqual([
    1,
    [
      expect.stringMatching(
        /^preflight: operating system: Debian GNU\/Linux 13 \(trixie\) is not supported\. To fix: use one of debian 11, 12, 13; ubuntu 22\.04, 24\.04, 26\.04; fedora 43, 44, 45; rhel 9, 10; centos 9, 10; opensuse-leap 15, 16; opensuse-tumbleweed rolling; sles 15, 16; arch rolling, or a system built from one of them$/,
      ),
      "preflight: /dev/net/tun: it does not exist or cannot be opened, and the containers' network (tap0) requires it. To fix: load it with 'modprobe tun'; in a container, pass the device in",
    ],
  ]);
  await installation.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

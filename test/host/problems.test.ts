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
    /^exit code 1:\nagent: privileges: found that 'sudo -n' refuses user guest \(sudo: a password is required\); wanted root rights without a password\. To fix: put 'guest ALL=\(ALL\) NOPASSWD: ALL' into a file of \/etc\/sudoers\.d, or connect as root$/,
  );
  const wanted = "wanted root rights without a password. To fix: ";
  const otherwise = "or leave connection.privilegeEscalation out, or connect as root";
  const toldBy = async (escalation: string) => {
    const command = `cat >agent && sh agent install agent f0 ${escalation}; rm agent`;
    const input = agentText();
    return (await host.ssh(command, { user: "guest", input })).stderr.trim();
  };
  expect(await toldBy("doas")).toBe(
    `agent: privileges: found user guest, not root, and no doas; ${wanted}install doas, ${otherwise}`,
  );
  expect(await toldBy("none")).toBe(
    `agent: privileges: found user guest, not root, and connection.privilegeEscalation none; ${wanted}take none away, so that sudo or doas is used, or connect as root`,
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
        /^preflight: operating system: found Debian GNU\/Linux 13 \(trixie\); wanted one of debian 11, 12, 13; ubuntu 22\.04, 24\.04, 26\.04; fedora 43, 44, 45; rhel 9, 10; centos 9, 10; opensuse-leap 15, 16; opensuse-tumbleweed rolling; sles 15, 16; arch rolling, or a system built from one of them\. To fix: use such a machine$/,
      ),
      "preflight: /dev/net/tun: found that it is not there, or does not open; wanted the device that the containers' network (tap0) is made with. To fix: load it with 'modprobe tun'; in a container, pass the device in",
    ],
  ]);
  await installation.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

import { AgentTransfer, OnDestroyData, PrivilegeEscalation } from "../../index";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type TestHost,
} from "../../stand-ins/hosts";
import { connectionTo, HostStack } from "../support/hostStack";

// A login that is not root's becomes root by sudo or doas, for every step and for its revert. It needs neither
// sftp nor a home, and may be greeted.
let host: TestHost;

beforeAll(async () => {
  host = await createHost({
    engine: true,
    suite: "trixie",
    admins: [
      { name: "withsudo", sudo: "nopasswd" },
      { name: "withdoas", sudo: "none" },
    ],
  });
  await host.run("apt-get -q -y update && apt-get -q -y install --no-install-recommends doas");
  await host.run("echo MaxStartups 1:100:1 >/etc/ssh/sshd_config.d/few.conf; systemctl reload ssh");
  await host.run("echo 'permit nopass withdoas' > /etc/doas.conf && chmod 600 /etc/doas.conf");
  await host.run("sed -i 's/^Subsystem/#&/' /etc/ssh/sshd_config; systemctl reload ssh");
  await host.run("sed -i '1i echo welcome' /home/withsudo/.bashrc");
  await host.run(
    "mkdir /etc/ssh/keys; cp /home/withdoas/.ssh/authorized_keys /etc/ssh/keys/withdoas; chmod 644 /etc/ssh/keys/*",
  );
  await host.run(
    "echo 'AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys/%u' >/etc/ssh/sshd_config.d/keys.conf; systemctl reload ssh",
  );
  await host.run("rm -r /home/withdoas");
});
afterAll(destroyAllHosts);

// The login's own service manager, which comes and goes with its sessions.
const ofTheLogin = /user@\d+|user-runtime-dir@|session-|user-\d+|: with(sudo|doas):systemd$/;

test.each([
  ["withsudo", PrivilegeEscalation.Auto],
  ["withdoas", PrivilegeEscalation.Doas],
])("%s, %s: the whole way, and back", async (user, privilegeEscalation) => {
  // Its first login makes a session and a service manager of its own.
  await host.run("true", { user });
  const before = await snapshotHost(host);
  // Somebody else dials while the machine's step runs, and stays: the next step is dropped, and tried again.
  const dropped = `journalctl -q -u ssh --since @${Math.floor(Date.now() / 1000)} | grep -c 'drop connection .* Maxstartups'`;
  const dials = `until [ -d /var/lib/rootless-docker/installations ]; do sleep 0.1; done
    exec 3<>/dev/tcp/127.0.0.1/22; until ${dropped}; do sleep 0.1; done`;
  await host.run('systemd-run -q bash -c "$(cat)"', { input: dials });
  const installation = await HostStack.on(host, user);
  const outcome = await installation.tryUp({
    connection: { ...connectionTo(host), user, privilegeEscalation },
    agentTransfer: AgentTransfer.Stdin,
    account: { name: "app" },
    onDestroy: { data: OnDestroyData.Delete },
  });
  expect(outcome.failure).toBeUndefined();
  expect(await host.run(dropped)).not.toBe("0\n");
  expect(installation.outputs).toMatchObject({
    account: { name: "app" },
    storageDriver: "overlay2",
  });
  await installation.destroy();
  const left = diffSnapshots(before, await snapshotHost(host));
  expect(left.filter((line) => !ofTheLogin.test(line))).toEqual([]);
});

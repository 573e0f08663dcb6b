import { createHost, destroyAllHosts } from "../../testbed/hosts";
import { asAccount } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

// Longer than systemd would wait by itself (DefaultTimeoutStartSec is 90 s), and than any limit that this
// package's unit ever had. test/host/daemonStart.test.ts has the waiting, without the time.
const seconds = 150;

test(`a daemon that takes ${seconds} s to start after a boot ends up running, by one start`, async () => {
  const host = await createHost({ suite: "trixie" });
  const wishes = { account: { name: "app" } };
  const app = new Installation(host, "a1");
  await app.applyAll(wishes);
  await asAccount(
    host,
    "app",
    `cd ~/.config/systemd/user
    start=$(sed -n 's/^ExecStart=//p' docker.service)
    mkdir docker.service.d
    cat >docker.service.d/slow.conf <<DROPIN
[Service]
ExecStart=
ExecStart=/bin/sh -c 'sleep ${seconds}; exec $start'
DROPIN`,
  );
  await host.reboot();
  expect((await app.apply("daemon", wishes)).changed).toEqual([]);
  const property = (name: string): Promise<string> =>
    asAccount(host, "app", `systemctl --user show -p ${name} --value docker.service`);
  expect([await property("ActiveState"), await property("NRestarts")]).toEqual(["active\n", "0\n"]);
});

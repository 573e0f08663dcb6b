import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { OnDestroyData } from "../../index";
import { asAccount, bootHost } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

let host: TestHost;
beforeAll(async () => {
  host = await bootHost({ engine: true });
});
afterAll(destroyAllHosts);

test("an account that stops each program which removes its data: root removes them, and holds up nobody", async () => {
  const app = new Installation(host, "c1");
  const wishes = { account: { name: "stopper" }, onDestroy: { data: OnDestroyData.Delete } };
  await app.applyAll(wishes);
  await app.revert("report", wishes);
  await asAccount(
    host,
    "stopper",
    `cat >~/stop.sh <<'S'
while :; do pkill -STOP -f '^rm -rf --one-file'; dd if=/dev/zero of=$HOME/noise bs=4k count=$(od -An -N1 -tu1 /dev/urandom) 2>/dev/null; sleep 0.01; done
S
    perl -e 'chdir "$ENV{HOME}/.local/share/docker"; mkdir "m"; for (1..200000) { open my $f, ">", "m/$_" }'
    setsid sh ~/stop.sh >/dev/null 2>&1 </dev/null &`,
  );
  const began = Date.now();
  const { said } = await app.revert("daemon", wishes);
  // Others wait for the lock of the step for ten minutes.
  expect(Date.now() - began).toBeLessThan(480_000);
  expect(said.join("\n")).toMatch(/removes \/home\/stopper\/\S+: still at it/);
  expect(await host.run("ls /home/stopper/.local/share/docker 2>&1 || true")).toMatch(
    /No such file/,
  );
});

import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { bootHost } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

// These hosts cannot load modules. Here modprobe, modinfo and /sys/module are stand-ins: a script that
// makes and removes directories, and refuses values, as the real ones do. What a real kernel and its
// modprobe do is tested on virtual machines (test/kernel/overlayOption.ts).

let host: TestHost;
let app: Installation;

/** Loads with the options of /etc/modprobe.d; `hidden` has permission 0, and so is not shown. */
const modprobe = `#!/bin/sh
echo "$*" >>/run/fake/calls
if [ "$1" = -r ]; then
  [ ! -e /run/fake/busy ] || { echo "modprobe: FATAL: Module $2 is in use." >&2; exit 1; }
  rm -r "/sys/module/$2"
  exit
fi
shown=N
for option in $(cat /etc/modprobe.d/*.conf | sed -n "s/^options $1 //p"); do
  case \${option#*=} in
  1 | y | Y | yes | on | true | t | YES) value=Y ;;
  0 | n | N | no | off | false | f) value=N ;;
  *) echo "modprobe: ERROR: could not insert '$1': Invalid argument" >&2; exit 1 ;;
  esac
  [ "\${option%%=*}" = hidden ] || shown=$value
done
mkdir -p "/sys/module/$1/parameters"
echo $shown >"/sys/module/$1/parameters/shown"
chmod 444 "/sys/module/$1/parameters/shown"
`;

beforeAll(async () => {
  host = await bootHost();
  await host.run(
    `set -e
    mkdir -p /run/fake/sys /etc/modprobe.d
    cat >/usr/local/sbin/modprobe
    printf '#!/bin/sh\\ncat /run/fake/parm\\n' >/usr/local/sbin/modinfo
    chmod +x /usr/local/sbin/modprobe /usr/local/sbin/modinfo
    mount -o remount,bind,rw /sys && mkdir -p /sys/module && mount --bind /run/fake/sys /sys/module`,
    { input: modprobe },
  );
  app = new Installation(host, "a1");
  await app.install();
  await app.apply("preflight");
  await app.apply("kernel");
});

beforeEach(async () => {
  await host.run(`printf 'shown:text (bool)\\nhidden:text (bool)\\n' >/run/fake/parm
    rm -f /run/fake/busy; rm -rf /run/fake/sys/*
    for module in overlay e1000; do PATH=/usr/local/sbin:$PATH modprobe $module; done; : >/run/fake/calls`);
});
afterEach(() => app.apply("kernel"));

const wish = (name: string, value: string) =>
  app.tryApply("kernel", { kernelModuleOptions: { [name]: value } });
/** What modprobe was called with since the last time. */
const calls = async () =>
  (await host.run("cat /run/fake/calls; : >/run/fake/calls")).split("\n").filter(Boolean);
const shown = async () => (await host.run("cat /sys/module/overlay/parameters/shown")).trim();
const files = () => host.run("ls /etc/modprobe.d | grep rootless || true");
const file = (name: string) => `/etc/modprobe.d/rootless-docker-${name}.conf`;
const reloaded = ["-r overlay", "overlay"];

test("a module that the machine may need is never unloaded: its option waits for the next boot", async () => {
  const first = await wish("e1000.shown", "1");
  expect(first.changed).toEqual([`${file("e1000.shown")} written`]);
  const waits =
    "kernel: e1000.shown takes effect when the module e1000 is loaded next, at the next boot: the machine may need it meanwhile, and so it is not loaded again";
  expect(first.said).toContain(waits);
  expect((await wish("e1000.hidden", "1")).said).toContain(waits.replace(".shown", ".hidden"));
  expect((await wish("e1000.hidden", "1")).said).toEqual(["kernel: nothing to change"]);
  await wish("e1000.shown", "1");
  // As after that boot.
  await host.run("echo Y >/sys/module/e1000/parameters/shown");
  const dropped = await app.apply("kernel");
  expect(dropped.changed).toEqual([`${file("e1000.shown")} removed`]);
  expect(dropped.said).toContain(
    "kernel: e1000.shown stays 'Y' until the module e1000 is loaded next, at the next boot: the machine may need it meanwhile",
  );
  expect(await calls()).toEqual([]);
});

test("nor is one that was not loaded loaded, or unloaded when the option is dropped", async () => {
  await host.run("rm -r /sys/module/e1000");
  expect((await wish("e1000.shown", "1")).changed).toEqual([`${file("e1000.shown")} written`]);
  await host.run(
    "mkdir -p /sys/module/e1000/parameters; echo Y >/sys/module/e1000/parameters/shown",
  );
  expect((await app.apply("kernel")).changed).toEqual([`${file("e1000.shown")} removed`]);
  expect(await calls()).toEqual([]);
});

test("a value that modprobe refuses is an error; the module is there again, without the option", async () => {
  const { exitCode, said } = await wish("overlay.shown", "2");
  expect(exitCode).toBe(1);
  expect(said.slice(-1)).toEqual([
    "kernel: overlay.shown: found that the kernel does not take it (modprobe: ERROR: could not insert 'overlay': Invalid argument); wanted '2'. To fix: give it a value that the module knows, or leave the option out",
  ]);
  expect([await files(), await shown()]).toEqual(["", "N"]);
  expect((await wish("overlay.shown", "1")).changed).toContain("overlay.shown: 1");
  expect(await shown()).toBe("Y");
  await app.apply("kernel");
  expect([await files(), await shown()]).toEqual(["", "N"]);
});

test("a module that was not loaded stays so when it refuses the value", async () => {
  await host.run("rm -r /sys/module/overlay");
  expect((await wish("overlay.shown", "2")).exitCode).toBe(1);
  expect([await files(), await calls()]).toEqual(["", ["overlay"]]);
});

test("a value that the kernel refuses when it is written is an error, too", async () => {
  // The network namespace's own setting stands for a parameter: a number, or the kernel refuses.
  await host.run(`touch /run/fake/sys/overlay/parameters/limit
    mount --bind /proc/sys/net/core/somaxconn /run/fake/sys/overlay/parameters/limit`);
  const before = await host.run("cat /proc/sys/net/core/somaxconn");
  const { exitCode, said } = await wish("overlay.limit", "many");
  const left = await files();
  const number = await wish("overlay.limit", "0x123");
  const again = await wish("overlay.limit", "0x123");
  await app.apply("kernel");
  const after = await host.run("cat /proc/sys/net/core/somaxconn");
  await host.run("umount /run/fake/sys/overlay/parameters/limit");
  expect([exitCode, left]).toEqual([1, ""]);
  expect(said.slice(-1)[0]).toMatch(
    /^kernel: overlay\.limit: found that the kernel does not take it \(tee: .*: Invalid argument\); wanted 'many'/,
  );
  expect(number.changed).toContain(
    "overlay.limit: 0x123, which the kernel took and shows as '291'",
  );
  expect([again.changed, after]).toEqual([[], before]);
});

test("a parameter that the kernel does not show: loaded with it once, and once without", async () => {
  const first = await wish("overlay.hidden", "1");
  expect(first.changed).toContain(
    "overlay.hidden: 1, which the module was loaded with and does not show",
  );
  expect(first.said.join()).not.toContain("in use");
  expect(await calls()).toEqual(reloaded);
  expect((await wish("overlay.hidden", "1")).said).toEqual(["kernel: nothing to change"]);
  expect(await calls()).toEqual([]);
  expect((await wish("overlay.hidden", "0")).changed).toHaveLength(2);
  expect(await calls()).toEqual(reloaded);
  expect((await app.apply("kernel")).changed).toEqual([
    `${file("overlay.hidden")} removed`,
    "module overlay loaded again without overlay.hidden",
  ]);
  expect(await calls()).toEqual(reloaded);
});

test("while the module is in use, that is said once, and nothing is claimed to be", async () => {
  await host.run("touch /run/fake/busy");
  const { changed, said } = await wish("overlay.hidden", "1");
  expect(changed).toEqual([`${file("overlay.hidden")} written`]);
  expect(said).toContain(
    "kernel: overlay.hidden takes effect at the next boot: the module overlay is in use, and its option cannot be written then",
  );
  expect((await wish("overlay.hidden", "1")).said).toEqual(["kernel: nothing to change"]);
});

test.each(["yes", "on", "true", "t", "y", "1", "YES"])(
  "%s is a truth value: taken once, and not again",
  async (value) => {
    expect((await wish("overlay.shown", value)).changed).toContain(`overlay.shown: ${value}`);
    await calls();
    // As after a boot with the option.
    await host.run("rm -f /var/lib/rootless-docker/things/moduleoption/*/taken");
    expect((await wish("overlay.shown", value)).said).toEqual(["kernel: nothing to change"]);
    expect(await calls()).toEqual([]);
  },
);

test.each(["no", "off", "false", "f", "0"])("%s is what the module has already", async (value) => {
  expect((await wish("overlay.shown", value)).changed).toEqual([
    `${file("overlay.shown")} written`,
  ]);
  expect(await calls()).toEqual([]);
});

test("where a newer kernel has no such parameter, only the file goes", async () => {
  await wish("overlay.shown", "1");
  await calls();
  await host.run(": >/run/fake/parm; rm /sys/module/overlay/parameters/shown");
  const { changed, said } = await app.apply("kernel");
  expect(changed).toEqual([`${file("overlay.shown")} removed`]);
  expect([said.length, await calls()]).toEqual([1, []]);
});

import { destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { bootHost } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

afterAll(destroyAllHosts);

// These hosts cannot load modules. Here modprobe, modinfo and /sys/module are stand-ins: a script that
// makes and removes directories, and refuses values, as the real ones do. What a real kernel and its
// modprobe do is tested on virtual machines (test/kernel/overlayOption.ts).

let host: TestHost;
let app: Installation;
const plain: StepArgs = { account: { name: "app" } };

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
echo 0 >"/sys/module/$1/refcnt"
echo $shown >"/sys/module/$1/parameters/shown"
chmod 444 "/sys/module/$1/parameters/shown"
`;

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run(
    `mkdir -p /run/fake/sys /etc/modprobe.d
    cat >/usr/local/sbin/modprobe
    printf '#!/bin/sh\\ncat /run/fake/parm\\n' >/usr/local/sbin/modinfo
    chmod +x /usr/local/sbin/modprobe /usr/local/sbin/modinfo
    mount -o remount,bind,rw /sys && mkdir -p /sys/module && mount --bind /run/fake/sys /sys/module`,
    { input: modprobe },
  );
  app = new Installation(host, "a1");
  await app.install();
  await app.apply("machine", plain);
});

beforeEach(async () => {
  await host.run(`printf 'shown:text (bool)\\nhidden:text (bool)\\n' >/run/fake/parm
    rm -f /run/fake/busy; rm -rf /run/fake/sys/*
    for module in overlay e1000; do PATH=/usr/local/sbin:$PATH modprobe $module; done; : >/run/fake/calls`);
});
afterEach(() => app.apply("machine", plain));

const wish = (name: string, value: string) =>
  app.tryApply("machine", { ...plain, kernel: { moduleOptions: { [name]: value } } });
/** What modprobe was called with since the last time. */
const calls = async () =>
  (await host.run("cat /run/fake/calls; : >/run/fake/calls")).split("\n").filter(Boolean);
const shown = async () => (await host.run("cat /sys/module/overlay/parameters/shown")).trim();
const files = () => host.run("ls /etc/modprobe.d | grep rootless || true");
const file = (name: string) => `/etc/modprobe.d/rootless-docker-${name}.conf`;
const reloaded = ["-r overlay", "overlay"];

test("a module that the machine may need is never unloaded: its option waits for the next boot", async () => {
  const first = await wish("e1000.shown", "1");
  expect(first.changed).toEqual([`${file("e1000.shown")}: written`]);
  expect(first.said.join("\n")).toMatch(/e1000\.shown .*at the next boot/);
  expect((await wish("e1000.shown", "1")).said).toEqual(["machine: nothing to change"]);
  await app.apply("machine", plain);
  expect([await files(), await calls()]).toEqual(["", []]);
});

test("nor is one that was not loaded loaded", async () => {
  await host.run("rm -r /sys/module/e1000");
  await wish("e1000.shown", "1");
  await app.apply("machine", plain);
  expect([await files(), await calls()]).toEqual(["", []]);
});

test("one that nothing uses is loaded again with it; a value that modprobe refuses is an error", async () => {
  await wish("overlay.shown", "1");
  expect([await shown(), await calls()]).toEqual(["Y", reloaded]);
  expect((await wish("overlay.shown", "1")).said).toEqual(["machine: nothing to change"]);
  const { exitCode, said } = await wish("overlay.shown", "2");
  expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining("overlay.shown")]);
  await app.apply("machine", plain);
  expect(await files()).toBe("");
});

test("while the module is in use, it waits for the next boot", async () => {
  await host.run("echo 1 >/sys/module/overlay/refcnt");
  const { changed, said } = await wish("overlay.hidden", "1");
  expect(changed).toEqual([`${file("overlay.hidden")}: written`]);
  expect(said.join("\n")).toMatch(/overlay\.hidden .*at the next boot/);
  expect(await calls()).toEqual([]);
});

test("a parameter that the module does not have is left out, and the log says so", async () => {
  const { changed, said } = await wish("overlay.nothing", "1");
  expect([changed, said.join("\n")]).toEqual([
    expect.not.arrayContaining([expect.stringContaining("written")]),
    expect.stringContaining("overlay.nothing is left out"),
  ]);
});

import { createMachine, destroyAllMachines, type Machine } from "../../../stand-ins/machines";
import { importImage, tryAsAccount } from "../../support/host";
import type { StepArgs } from "../../support/documents";
import { Installation } from "../../support/installation";
import { docker } from "../containers";
import { account, lineAbout, preflightOf } from "./diagnostics";
import { packagesOf } from "./packages";

// Failures of later, on an installed host with a stock kernel: each is seen to be one, the step that fails
// names it, and the step that it belongs to fixes it.
let machine: Machine;
let app: Installation;
const installed = "installed";
const wishes: StepArgs = { account: { name: account } };

const asApp = (command: string) => tryAsAccount(machine, account, command);
const stop = () => asApp("systemctl --user stop docker");
const rootlesskit = () => asApp("rootlesskit true");

/** A step that ends with an error: what it says. */
async function failing(wanted: StepArgs = wishes): Promise<string[]> {
  const { exitCode, said } = await app.tryApply("daemon", wanted);
  expect(exitCode).toBe(1);
  // The journal's last words, and the error itself.
  expect(said.length).toBeLessThanOrEqual(21);
  expect(lineAbout(said, `docker.service of ${account}`)).toMatch(/it does not start/);
  return said;
}

/** The daemon starts again, and a preview names nothing. */
async function fixed(wanted: StepArgs = wishes): Promise<void> {
  await app.apply("daemon", wanted);
  expect(await app.drift()).toEqual([]);
}

/** Gives the daemon an image with a file of this owner. */
async function importOwnedBy(id: number) {
  const make = `d=$(mktemp -d); touch $d/owned; chown ${id}:${id} $d/owned; tar -C $d -cf /tmp/owned.tar .; chmod 644 /tmp/owned.tar`;
  await machine.run(make);
  return docker(machine, "import /tmp/owned.tar owned");
}

beforeAll(async () => {
  machine = await createMachine({ suite: "trixie", packages: packagesOf.trixie });
  app = new Installation(machine, "f2");
  await app.applyAll(wishes);
  await importImage(machine, account);
  await machine.save(installed);
});
beforeEach(() => machine.restore(installed));
afterAll(destroyAllMachines);

test.each([
  ["kernel.unprivileged_userns_clone", "operation not permitted", true],
  // The host's own value was enough, so that no step wanted another one.
  ["user.max_user_namespaces", "no space left on device", false],
])("%s set to 0 by hand", async (key, error, isWanted) => {
  await machine.run(`sysctl -qw ${key}=0`);
  const shown = { step: "machine", about: key, found: "0", wanted: "1" };
  expect(await app.drift()).toEqual(isWanted ? [expect.objectContaining(shown)] : []);
  // A daemon that runs keeps its namespace: it is the next start that fails.
  await stop();
  expect((await rootlesskit()).stderr).toContain(`fork/exec /proc/self/exe: ${error}`);
  expect((await failing()).join("\n")).toContain(`fork/exec /proc/self/exe: ${error}`);
  await app.apply("machine", wishes);
  expect((await rootlesskit()).exitCode).toBe(0);
  await fixed();
});

test("data root on NFS: named before; a user namespace cannot give files away there", async () => {
  await machine.run(
    `mkdir -p /srv/nfs /mnt/nfs; install -d -o ${account} -g ${account} /srv/nfs/docker /srv/docker; echo '/srv/nfs 127.0.0.1(rw,no_subtree_check,insecure)' >/etc/exports; exportfs -ra; mount -t nfs 127.0.0.1:/srv/nfs /mnt/nfs`,
  );
  const on = (root: string) => ({ ...wishes, daemon: { "data-root": root } });
  const line = lineAbout(await preflightOf(app, on("/mnt/nfs/docker")), "daemon.data-root");
  expect(line).toMatch(/\/mnt\/nfs\/docker is on nfs, .*'lchown: operation not permitted'/);
  // What unpacking a layer comes to.
  const give = (root: string) => asApp(`touch ${root}/x; rootlesskit chown 5:5 ${root}/x`);
  expect((await give("/mnt/nfs/docker")).stderr).toMatch(/chown: .*Operation not permitted/);
  // "Set daemon.data-root to a directory on one, which belongs to the account".
  expect((await give("/srv/docker")).exitCode).toBe(0);
  expect(await preflightOf(app, on("/srv/docker"))).toEqual([]);
  await fixed(on("/srv/docker"));
  expect((await importOwnedBy(5)).exitCode).toBe(0);
});

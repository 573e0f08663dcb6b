import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHost, createVault, destroyAllHosts, formatImage } from "../../testbed/hosts";
import { mountImage, unmountDisk } from "../../testbed/hosts/disk";
import { OnDestroyData } from "../../index";
import type { StepArgs } from "../../testkit/documents";
import { asAccount, bootHost, importImage } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// A home or a data root on a disk of its own, which loses its power when a step has ended: Pulumi knows by then
// that it is taken back, and nobody asks again.
afterAll(destroyAllHosts);

const secret = "s3cret-77";
const found: StepArgs = {
  account: { name: "app", create: false },
  secretEnvironment: { TOKEN: secret },
};
const made: StepArgs = { account: { name: "app" }, onDestroy: { data: OnDestroyData.Delete } };
const elsewhere: StepArgs = {
  ...found,
  daemon: { "data-root": "/srv/app/docker" },
  onDestroy: { data: OnDestroyData.Delete },
};

const makeApp = "useradd -m app; mkdir -p /srv/app; chown app: /srv/app";

const toAccount = ["daemon", "kernel", "secrets", "account"] as const;
type Row = [
  place: string,
  StepArgs,
  before: string,
  after: string,
  typeof toAccount | readonly ["daemon"],
  gone: RegExp,
];

test.each<Row>([
  ["home", found, makeApp, "true", ["daemon"], /environment|docker\.service/],
  [
    "home",
    made,
    "true",
    "install -m 600 -o app -g app /etc/hostname /home/app/private",
    toAccount,
    /environment|private|_data/,
  ],
  ["srv", elsewhere, makeApp, "true", ["daemon"], /_data/],
])(
  "/%s, %#: nothing of it comes back with the power",
  async (place, wishes, before, after, steps, gone) => {
    const host = await createHost({ suite: "trixie", engine: true });
    const vault = await createVault(4000);
    const [disk, cut] = [vault.path("disk"), "cut"];
    const at = join(host.root, place);
    await formatImage(disk, "ext4", 1500);
    await mountImage(disk, at);
    const folder = mkdtempSync(join(tmpdir(), "own-disk-"));
    try {
      await host.reboot();
      await host.run(before);
      const app = new Installation(host, "a1");
      await app.applyAll(wishes);
      await importImage(host, "app");
      const writes = "umask 077; echo data >/v/file; chown 33 /v/file";
      await asAccount(host, "app", `docker run --rm -v vv:/v busybox sh -c '${writes}'`);
      await host.run(`${after}; sync`);
      for (const step of steps) await app.revert(step, wishes);
      await vault.copy("disk", cut);
      await mountImage(vault.path(cut), folder);
      const files = execFileSync("find", [folder, "-type", "f", "-printf", "%P\n"], {
        encoding: "utf8",
      });
      expect(files).not.toMatch(gone);
    } finally {
      await unmountDisk(folder);
      await host.halt();
      await unmountDisk(at);
      await vault.destroy();
      await host.destroy();
    }
  },
);

test("a file of the account's that takes too long to read is not taken for one that somebody changed", async () => {
  const host = await bootHost({ engine: true });
  await host.run(makeApp);
  const app = new Installation(host, "a1");
  await app.applyAll(found);
  // A disk that stalls for once.
  await host.run(`cat >/usr/local/sbin/dd <<'X'
#!/bin/sh
case "$*" in *docker/environment*) [ -e /tmp/stalled ] || { touch /tmp/stalled; sleep 40; } ;; esac
exec /usr/bin/dd "$@"
X
    chmod 755 /usr/local/sbin/dd`);
  await app.revert("daemon", found);
  const { exitCode, said } = await app.tryRevert("daemon", found);
  expect([exitCode, said.join("\n")]).toEqual([
    1,
    expect.stringMatching(/environment: found that app does not say what is there/),
  ]);
  await app.revert("daemon", found);
  await host.run("! ls /home/app/.config/docker/environment");
});

test("the disk of data is written to before Pulumi knows, also after a destroy that was interrupted", async () => {
  const host = await bootHost({ engine: true });
  await host.run(
    `useradd -m app; mkdir -p /srv/app; mount -t tmpfs -o size=500M disk /srv/app; chown app: /srv/app`,
  );
  const app = new Installation(host, "a1");
  await app.applyAll(elsewhere);
  await app.revert("daemon", elsewhere);
  const place = "/home/.rootless-docker-0123456789abcdef";
  await host.run(
    `mkdir -m 700 ${place}; mkdir ${place}/data; chown -R app: ${place}
    echo ${place} >/var/lib/rootless-docker/things/account/app/baseline/places
    printf '#!/bin/sh\necho "$(pwd -P) $*" >>/root/syncs\nexec /usr/bin/sync "$@"\n' >/usr/local/bin/sync; chmod 755 /usr/local/bin/sync`,
  );
  const { said } = await app.revert("daemon", elsewhere);
  expect(said).toContain(`daemon: removes what an interrupted destroy moved to ${place}`);
  expect(await host.run("grep -F /srv/app /root/syncs | sort -u")).toBe("/srv/app -f .\n");
});

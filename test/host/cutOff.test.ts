import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type NspawnHost,
} from "../../stand-ins/hosts";
import { wishesOf } from "../support/documents";
import { expectFilled, fillAccount, removeAccount } from "../support/accountData";
import { root } from "../support/host";
import { Installation } from "../support/installation";
import { promise } from "../support/promise";

// What holds where a run does not come to its end. One host for all, an account of its own for each; each leaves it as it
// was.

let host: NspawnHost;

let installations = 0;
const install = () => new Installation(host, `c${++installations}`);

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  await root(host, "apt-get -qq update >/dev/null");
});
afterAll(destroyAllHosts);

describe("cut off, and the wish is another one then", () => {
  test(
    promise(6, "a Delete that was cut off, then Keep: nothing of the account goes"),
    async () => {
      const app = install();
      const wishes = wishesOf("ivy", "delete");
      await app.up(wishes);
      await fillAccount(host, "ivy");
      await root(host, "mkdir /home/ivy/mine; mount -t tmpfs tmpfs /home/ivy/mine");
      const { exitCode, said } = await app.tryDestroy();
      expect(exitCode).not.toBe(0);
      expect(said.filter((line) => line.includes("/home/ivy/mine"))).not.toEqual([]);
      await root(host, "umount /home/ivy/mine; echo kept >/home/ivy/mine/file");
      await app.up(wishesOf("ivy", "keep"));
      await app.destroy();
      await expectFilled(host, "ivy");
      await root(host, "grep -q kept /home/ivy/mine/file; id ivy >/dev/null");
      await removeAccount(host, "ivy");
    },
  );

  test(promise(1, "a file that cannot be read is an error, and stays as it is"), async () => {
    await root(
      host,
      `useradd -m jo; cd /home/jo; mkdir -p .config/docker; echo '{"debug": true}' >.config/docker/daemon.json
      chown -R jo: .config; chmod 0 .config/docker/daemon.json`,
    );
    const app = install();
    const { exitCode, said } = await app.tryUp(wishesOf("jo", "keep"));
    expect(exitCode).not.toBe(0);
    expect(said.filter((line) => line.includes("daemon.json"))).not.toEqual([]);
    await app.destroy();
    await root(
      host,
      `cd /home/jo/.config/docker; [ "$(stat -c %a daemon.json)" = 0 ]; grep -q debug daemon.json`,
    );
    await removeAccount(host, "jo");
  });

  test(promise(8, "a takeover that was cut off: the next up inherits the rest"), async () => {
    const there = await snapshotHost(host);
    await root(host, "useradd -m kim; echo 'export A=b' >>/home/kim/.profile");
    const found = await snapshotHost(host);
    const lost = install();
    const app = install();
    const wishes = wishesOf("kim", "delete");
    await lost.up(wishes);
    await fillAccount(host, "kim");
    await app.tryInstall();
    // As far as a takeover comes before it has rewritten the first record.
    const installations = "/var/lib/rootless-docker/installations";
    await root(
      host,
      `find ${installations}/${lost.id} -type f ! -name owner -exec cp -a -t ${installations}/${app.id} {} +`,
    );
    await app.up(wishes);
    await lost.destroy();
    await expectFilled(host, "kim");
    await app.destroy();
    await root(host, "rm /home/kim/own");
    const left = diffSnapshots(found, await snapshotHost(host));
    expect(left.filter((line) => !/sub[ug]id/.test(line))).toEqual([]);
    await removeAccount(host, "kim");
    expect(diffSnapshots(there, await snapshotHost(host))).toEqual([]);
  });

  test(promise(2, "an account that could not be made, and a home put there by hand"), async () => {
    const app = install();
    // A lock of somebody's who is at work.
    await root(host, "sleep 1000 >/dev/null 2>&1 & echo $! >/etc/passwd.lock");
    expect((await app.tryUp(wishesOf("lea", "delete"))).exitCode).not.toBe(0);
    await root(
      host,
      "kill $(cat /etc/passwd.lock); rm /etc/passwd.lock; mkdir /home/lea; echo a >/home/lea/b",
    );
    const { exitCode, said } = await app.tryUp(wishesOf("lea", "delete"));
    expect(exitCode).not.toBe(0);
    expect(said.filter((line) => line.includes("account.home"))).not.toEqual([]);
    await app.destroy();
    await root(host, "[ -e /home/lea/b ]; rm -r /home/lea");
  });

  test(promise(6, "a data root that is a mount of its own is emptied, and stays"), async () => {
    await root(
      host,
      `useradd -m max; mkdir -p /srv/disk /srv/data; chown max: /srv/disk
      mount --bind /srv/disk /srv/data; mkdir /srv/data/lost+found`,
    );
    const app = install();
    await app.up({ ...wishesOf("max", "delete"), daemon: { "data-root": "/srv/data" } });
    await root(host, "[ -d /srv/data/containers ]");
    await app.destroy();
    expect(await root(host, "mountpoint -q /srv/data; ls -A /srv/data; umount /srv/data")).toBe(
      "lost+found\n",
    );
    await removeAccount(host, "max");
  });

  test.each([
    ["was there before, in the home", "/home/oda/more", "echo a >more/b", "true"],
    [
      "is another one by now",
      "/srv/oda",
      "ln -s /srv/oda more",
      "mv /srv/oda /srv/o; mkdir /srv/oda; echo a >/srv/oda/b",
    ],
  ])(
    promise(6, "a data root that %s: it stays, and a made account, without files of ours"),
    async (_, dataRoot, before, after) => {
      const app = install();
      const wishes = wishesOf("oda", "delete");
      await app.up(wishes);
      await root(
        host,
        `mkdir ${dataRoot}; cd /home/oda; ${before}; chown -R oda: ${dataRoot}; [ -d more ]`,
      );
      await app.up({ ...wishes, daemon: { "data-root": dataRoot } });
      await root(host, after);
      const { said } = await app.tryDestroy();
      expect(
        said.filter((line) => line.includes("because the data of its daemon are kept")),
      ).not.toEqual([]);
      await root(host, `[ -e /home/oda/more/b ]; [ ! -e /home/oda/.config/docker/daemon.json ]`);
      await removeAccount(host, "oda");
      await root(host, "rm -rf /srv/o /srv/oda");
    },
  );

  test(
    promise(2, "a record that somebody has removed, as the error says: found, and kept"),
    async () => {
      const app = install();
      await app.up(wishesOf("nel", "delete"));
      await root(host, "usermod -c theirs nel");
      const { exitCode, said } = await app.tryUp(wishesOf("nel", "delete"));
      expect(exitCode).not.toBe(0);
      const remedy = /'(rm \S+account-entry)'/.exec(said.join("\n"))?.[1] ?? "false";
      await root(host, remedy);
      await app.up(wishesOf("nel", "delete"));
      await app.destroy();
      await root(host, "id nel >/dev/null");
      await removeAccount(host, "nel");
    },
  );
});

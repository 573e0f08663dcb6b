import {
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type TestHost,
} from "../../../stand-ins/hosts";
import { certificate } from "../../support/certificate";
import { asAccount, bootHost, root } from "../../support/host";
import type { StepArgs } from "../../support/documents";
import { Installation } from "../../support/installation";
import { promise, runAll, testRows, type Row } from "../../support/promise";

// What destroy does: promises 1, 2, 3, 5 and 6, and what comes before an up, 12. One host for all.

let host: TestHost;
/** Its packages stay while the others come and go. */
let base: Installation;
let before: Awaited<ReturnType<typeof snapshotHost>>;

beforeAll(async () => {
  host = await bootHost();
  await root(host, "groupadd docker; useradd -m bob; gpasswd -a bob docker >/dev/null");
  before = await snapshotHost(host);
});
afterAll(destroyAllHosts);

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOZHlS6zpnpTTV8VJ4WTsX/2aYnBc7dMbidjvp+/9gn";
/** The agent's own files. */
const agents = /rootless-docker/;

let installations = 0;
const install = () => new Installation(host, `a${++installations}`);
const wishesOf = (name: string, more: StepArgs = {}): StepArgs => ({
  owner: `project/dev/${name}`,
  ...more,
  account: { name, ...more.account },
});

test(promise(12, "all problems of a machine in one run, each by its option"), async () => {
  await root(
    host,
    "groupadd taken; mkdir -p /srv/there/home; echo precious | tee /srv/there/file >/srv/there/data",
  );
  const there = await snapshotHost(host);
  const refused = install();
  const wishes = wishesOf("taken", {
    account: { home: "/srv/there/home" },
    daemon: { "data-root": "/srv/there" },
  });
  const { exitCode, said } = await refused.tryUp(wishes);
  expect(exitCode).not.toBe(0);
  for (const named of ["account.name", "account.home", "daemon.data-root"])
    expect(said.filter((line) => line.includes(named))).not.toEqual([]);
  const changed = diffSnapshots(there, await snapshotHost(host));
  expect(changed.filter((line) => !agents.test(line))).toEqual([]);
  await refused.destroy();
  expect(diffSnapshots(there, await snapshotHost(host))).toEqual([]);
  await root(host, "groupdel taken; rm -r /srv/there");
});

test("another installation, whose packages all that follow use", async () => {
  base = install();
  await base.up(wishesOf("base", { onDestroy: { data: "delete" } }));
});

/** An up, what people do then, and a destroy: the rows are looked at after it. */
function lifeOf(what: string, wishes: StepArgs, rows: Row[]): void {
  describe(what, () => {
    let said: string[] = [];
    beforeAll(async () => {
      const installation = install();
      await runAll(host, rows, "before");
      await installation.up(wishes);
      await runAll(host, rows, "change");
      ({ said } = await installation.destroy());
    });
    testRows(
      () => host,
      rows,
      () => said,
    );
  });
}

const docker = "/home/kept/.config/docker";
const authority = `${docker}/certs.d/registry.example/ca.crt`;

lifeOf(
  "an account that was there",
  wishesOf("kept", {
    account: { authorizedKeys: [`${key} ours`, `${key.replace("gn", "gm")} edited`] },
    daemon: { "log-level": "warn", "data-root": "/srv/empty" },
    environment: { A: "b" },
    registryCertificates: { "registry.example": certificate },
    kernel: { sysctls: { "net.core.somaxconn": "8192" } },
    onDestroy: { data: "delete" },
  }),
  [
    {
      promise: 2,
      name: "an account, its home, its linger and a unit of its own",
      before: `useradd -m kept; echo precious >/home/kept/file; loginctl enable-linger kept
        install -d -o kept -g kept /home/kept/.config /home/kept/.config/systemd /home/kept/.config/systemd/user ${docker}
        printf '[Service]\\nExecStart=/bin/sleep 1000\\n' >/home/kept/.config/systemd/user/own.service`,
      after: `id kept >/dev/null; grep -q precious /home/kept/file; [ -e /var/lib/systemd/linger/kept ]
        grep -q 1000 /home/kept/.config/systemd/user/own.service`,
    },
    {
      promise: 1,
      name: "a file of ours that somebody edited stays, and what was there before is put beside it",
      before: `echo '{ "debug": true }' >${docker}/daemon.json; chown kept: ${docker}/daemon.json`,
      change: `sed -i 's/^{/{ "max-concurrent-uploads": 3,/' ${docker}/daemon.json`,
      after: `grep -q uploads ${docker}/daemon.json; grep -q log-level ${docker}/daemon.json
        copy=$(grep -lxr '{ "debug": true }' ${docker}); [ $copy != ${docker}/daemon.json ]
        echo ${docker}/daemon.json $copy`,
    },
    {
      promise: 1,
      name: "a file that nobody edited is what it was, with its mode",
      before: `install -d -o kept -g kept ${docker}/certs.d ${docker}/certs.d/registry.example
        echo theirs >${authority}; chown kept: ${authority}; chmod 640 ${authority}`,
      change: `none grep -q theirs ${authority}`,
      after: `[ "$(cat ${authority})" = theirs ]; [ "$(stat -c '%a %U' ${authority})" = '640 kept' ]`,
    },
    {
      promise: 1,
      name: "lines of authorized_keys one by one: theirs stay, ours go",
      before: `install -d -o kept -g kept -m 700 /home/kept/.ssh; echo 'ssh-rsa AAAAB3NzaC1yc2EAAAABMA== own' >/home/kept/.ssh/authorized_keys
        chown kept: /home/kept/.ssh/authorized_keys`,
      change: "echo 'ssh-rsa BBBB later' >>/home/kept/.ssh/authorized_keys",
      after: `cd /home/kept/.ssh; grep -qx 'ssh-rsa AAAAB3NzaC1yc2EAAAABMA== own' authorized_keys; grep -qx 'ssh-rsa BBBB later' authorized_keys
        none grep ' ours$' authorized_keys`,
    },
    {
      promise: 1,
      name: "a line of ours that somebody edited stays, and is named",
      change: "sed -i '/ edited$/s/^/restrict /' /home/kept/.ssh/authorized_keys",
      after:
        "grep -q '^restrict ssh-ed25519 .* edited$' /home/kept/.ssh/authorized_keys; echo /home/kept/.ssh/authorized_keys",
    },
    {
      promise: 1,
      name: "members of config.json one by one: theirs stay, ours goes",
      before: `install -d -o kept -g kept /home/kept/.docker; echo '{ "detachKeys": "ctrl-x" }' >/home/kept/.docker/config.json
        chown kept: /home/kept/.docker/config.json`,
      change: `sed -i 's/^{/{ "psFormat": "table",/' /home/kept/.docker/config.json`,
      after: `cd /home/kept/.docker; grep -q '"detachKeys": *"ctrl-x"' config.json; grep -q '"psFormat": *"table"' config.json
        none grep currentContext config.json`,
    },
    {
      promise: 1,
      name: "a file of root's that somebody edited stays, and is named",
      change: "sed -i '$ s/$/ # theirs/; $ a # theirs' $(grep -l somaxconn /etc/sysctl.d/*)",
      after:
        "f=$(grep -l '# theirs' /etc/sysctl.d/*); echo $f before this program it was absent; rm $f; sysctl -qw net.core.somaxconn=4096",
    },
    {
      promise: 2,
      name: "an empty directory counts as absent: what the daemon made in it goes",
      before: "install -d -o kept -g kept /srv/empty",
      change: "[ -d /srv/empty/volumes ]",
      after: '[ -z "$(ls -A /srv/empty 2>/dev/null)" ]; rm -rf /srv/empty',
    },
    {
      promise: 5,
      name: "ids are never taken from an account",
      before: "sed -i /^kept:/d /etc/subuid /etc/subgid",
      after: "grep -q ^kept: /etc/subuid; grep -q ^kept: /etc/subgid",
    },
    {
      promise: 5,
      name: "a new range begins above all that are there",
      before: "echo other:600000:65536 | tee -a /etc/subuid >>/etc/subgid",
      change: "cut -d : -f 1,2 /etc/subuid >/root/ranges",
      after: "range=$(sed -n s/^kept://p /root/ranges); rm /root/ranges; [ $range -ge 665536 ]",
    },
  ],
);

lifeOf(
  "an account that was made, with Delete",
  wishesOf("made", { onDestroy: { data: "delete" } }),
  [
    {
      promise: 5,
      name: "home, mail, crontab, ids, linger, and files of its containers",
      change: `mkdir -p /var/spool/cron/crontabs; echo x | tee /var/mail/made >/var/spool/cron/crontabs/made
      chown made /var/mail/made /var/spool/cron/crontabs/made
      echo x >/home/made/own; echo x >/home/made/file; chown $(($(sed -n 's/^made:\\([0-9]*\\):.*/\\1/p' /etc/subuid) + 33)) /home/made/file
      id -u made >/root/uid`,
      after: `none id made; none getent group made; none ls -d /home/made
      none ls /var/mail/made; none ls /var/spool/cron/crontabs/made; none ls /var/lib/systemd/linger/made
      none grep ^made: /etc/subuid; none grep ^made: /etc/subgid; rmdir /var/spool/cron/crontabs /var/spool/cron`,
    },
    {
      promise: 5,
      name: "a process of it that ignores being asked",
      change: `setsid setpriv --reuid made --regid made --clear-groups sh -c 'trap "" TERM; while :; do sleep 1; done' >/dev/null 2>&1 </dev/null &
      until pgrep -u made sleep >/dev/null; do sleep 0.1; done`,
      after: "none pgrep -u $(cat /root/uid); rm /root/uid",
    },
  ],
);

test(promise(5, "something mounted below its home is an error, and stays whole"), async () => {
  const installation = install();
  await installation.up(wishesOf("mounted", { onDestroy: { data: "delete" } }));
  await root(
    host,
    `mkdir /srv/disk /home/mounted/disk; echo precious >/srv/disk/file; chown -R mounted: /srv/disk
    mount --bind /srv/disk /home/mounted/disk`,
  );
  const { exitCode, said } = await installation.tryDestroy();
  expect(exitCode).not.toBe(0);
  expect(said.at(-1)).toContain("something is mounted at /home/mounted/disk");
  await root(host, "grep -q precious /srv/disk/file; id mounted; umount /home/mounted/disk");
  await installation.destroy();
  await root(
    host,
    `none id mounted; none ls -d /home/mounted; grep -q precious /srv/disk/file
    rm -r /srv/disk`,
  );
});

describe("an account that was made, with Keep", () => {
  const keep = wishesOf("saved", { environment: { A: "b" } });
  const volumes = "/home/saved/.local/share/docker/volumes";

  test(promise(6, "Keep removes nothing"), async () => {
    const first = install();
    await first.up(keep);
    await asAccount(host, "saved", "docker volume create kept; echo precious >/home/saved/file");
    await first.destroy();
    await root(
      host,
      `[ -d ${volumes}/kept ]; grep -q precious /home/saved/file; id saved
      grep -q ^saved: /etc/subuid; none pgrep -u saved dockerd`,
    );
  });

  test(promise(6, "a Delete whose up has failed does not count"), async () => {
    const second = install();
    await second.up(keep);
    const nobody = { address: "127.0.0.1:9", username: "robot", password: "nobody-answers" };
    const wishes = { ...keep, onDestroy: { data: "delete" }, registryAuth: [nobody] };
    expect((await second.tryUp(wishes)).exitCode).not.toBe(0);
    await second.destroy();
    await root(host, `[ -d ${volumes}/kept ]; id saved`);
  });

  test(promise(3, "a later installation finds account and data as it finds any"), async () => {
    const third = install();
    await third.up({ ...keep, onDestroy: { data: "delete" } });
    await third.destroy();
    await root(host, `id saved; grep -q precious /home/saved/file; [ -d ${volumes}/kept ]`);
  });
});

test(
  promise(
    2,
    "all that the machine had, a group docker and its member too, when the last one has gone",
  ),
  async () => {
    await root(
      host,
      `loginctl disable-linger kept
    for account in kept saved; do
      systemctl stop user@$(id -u $account); userdel -rf $account 2>/dev/null
      sed -i "/^$account:/d" /etc/subuid /etc/subgid
    done
    sed -i /^other:/d /etc/subuid /etc/subgid`,
    );
    await base.destroy();
    const left = diffSnapshots(before, await snapshotHost(host));
    expect(left.filter((line) => !agents.test(line))).toEqual([]);
  },
);

test(promise(3, "no record of it stays"), async () => {
  await root(host, "none ls -d /var/lib/rootless-docker");
});

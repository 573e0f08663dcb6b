import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { root } from "./administrator/life";
import { give } from "../../testkit/accountOnly";
import type { StepArgs } from "../../testkit/documents";
import { cutAt } from "../../testkit/cut";
import { bootHost } from "../../testkit/host";

afterAll(destroyAllHosts);

// Between an `up` and the next one somebody removes, renames or makes anew what the account step gave.
let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  await host.run("touch /etc/subuid /etc/subgid");
});
afterEach(() =>
  host.run(
    "rm -rf /var/lib/rootless-docker; : >/etc/subuid; : >/etc/subgid; rm -f /usr/local/sbin/*",
  ),
);

/** With an attribute of a file's, which the host itself may not give: it has not the capability. */
async function whileFrozen<T>(flag: string, path: string, act: () => Promise<T>): Promise<T> {
  const tree = host.root;
  if (tree === undefined) throw new Error("the host's files are not to be seen from here");
  const at = (name: string) => join(tree, name);
  execFileSync("chattr", [flag, at(path)]);
  try {
    return await act();
  } finally {
    // Wherever it is by now.
    execFileSync("chattr", [
      "-R",
      "-ia",
      at("/home"),
      ...["shadow", "gshadow", "subuid", "subgid"].map((name) => at(`/etc/${name}`)),
    ]);
  }
}

/** The same with a destroy that removes data. */
async function giveForDelete(name: string, wishes: StepArgs = {}) {
  const given = await give(host, name, wishes);
  const { lease } = given.installation;
  const sayDelete = () =>
    host.run(`echo delete >/var/lib/rootless-docker/leases/${lease}/on-destroy-data`);
  return {
    ...given,
    back: async () => {
      await sayDelete();
      return (await given.back()).said.join("\n");
    },
    tryBack: async () => {
      await sayDelete();
      return given.installation.tryRevert("account", given.all);
    },
    tryApply: async (step: "preflight" | "account", change: StepArgs = {}) => {
      const { exitCode, said } = await given.installation.tryApply(step, {
        ...given.all,
        ...change,
      });
      return [exitCode, said.join("\n")] as const;
    },
  };
}

/** A file below the home that belongs to a container's user. */
const volume = (name: string, user = 32) =>
  root(
    host,
    `f=$(($(sed -n 's/^${name}:\\([0-9]*\\):.*/\\1/p' /etc/subuid) + ${user})); mkdir /home/${name}/volume
    echo precious >/home/${name}/volume/file; chown -R $f:$f /home/${name}/volume`,
  );

describe("another range of ids, while files have the one from before", () => {
  test.each([
    ["another start", 65536, 32, { uidStart: 700000, gidStart: 700000 }],
    ["a count for which it has no room", 65536, 32, { count: 131072 }],
    ["a count without the file's id", 131072, 70000, { count: 65536 }],
  ])(
    "%s: an error that names the file, before anything changes",
    async (_name, count, user, ids) => {
      const edited = await giveForDelete("edited", { subordinateIds: { count } });
      await edited.apply();
      const next = await giveForDelete("next");
      await next.apply();
      await volume("edited", user);
      const before = await host.run("cat /etc/subuid /etc/subgid");
      for (const step of ["preflight", "account"] as const) {
        const [exitCode, said] = await edited.tryApply(step, { subordinateIds: ids });
        expect([exitCode, said]).toEqual([
          1,
          expect.stringMatching(
            /^(.*: subordinateIds: found \/home\/edited\/volume\S* with one of the [ug]ids \S+ of account edited, which would be free for others; .*To fix: leave subordinateIds as it was \(edited:100000:\d+\), or remove\b.*\n?){2}$/,
          ),
        ]);
      }
      expect(await host.run("cat /etc/subuid /etc/subgid")).toBe(before);
      await host.run("rm -r /home/edited/volume");
      expect((await edited.tryApply("account", { subordinateIds: ids }))[0]).toBe(0);
      await next.back();
      await edited.back();
      expect(await host.run("cat /etc/subuid /etc/subgid")).toBe("");
    },
  );

  test("cut off between the two files: the next up has the same place", async () => {
    const between = await giveForDelete("between");
    await between.apply();
    const before = await host.run("cat /etc/subuid /etc/subgid");
    await cut("sync", "subgid.rootless-docker-new");
    const [exitCode] = await between.tryApply("account", { subordinateIds: { count: 70000 } });
    expect(exitCode).not.toBe(0);
    await host.run("rm /usr/local/sbin/sync");
    expect(await host.run("cat /etc/subuid /etc/subgid")).not.toBe(before);
    await between.apply();
    expect(await host.run("cat /etc/subuid /etc/subgid")).toBe(before);
    await between.back();
  });

  test("in the same place with more: nothing is given away", async () => {
    const grown = await giveForDelete("grown");
    await grown.apply();
    await volume("grown");
    const ids = { subordinateIds: { count: 131072 } };
    expect((await grown.tryApply("account", ids))[0]).toBe(0);
    await grown.back();
  });
});

describe("removed by hand, then an up", () => {
  test.each([
    ["its uid free", "true"],
    ["its uid another's", "useradd -m other"],
  ])("%s: made anew, and the destroy removes that", async (_name, then) => {
    const anew = await giveForDelete("anew");
    await anew.apply();
    await root(host, `userdel -rf anew 2>/dev/null || true; ${then}`);
    const [exitCode, said] = await anew.tryApply("account");
    expect([exitCode, said]).toEqual([
      0,
      expect.stringMatching(/account anew is gone[^]*account anew created/),
    ]);
    expect(await anew.back()).toContain("account anew and /home/anew removed");
    expect(
      await host.run(
        "getent passwd anew; grep ^anew /etc/sub?id; ls /home /var/lib/systemd/linger",
      ),
    ).not.toContain("anew");
    await host.run("! id other || userdel -r other 2>/dev/null");
  });

  test("made anew by hand with another uid: what is recorded is of the new one", async () => {
    await root(host, "useradd -m -u 2101 found; : >/etc/subuid; : >/etc/subgid");
    const key = "ssh-ed25519 AAAAC3Nz a";
    const found = await giveForDelete("found", { account: { authorizedKeys: [key] } });
    await found.apply();
    await root(
      host,
      "loginctl disable-linger found; userdel -rf found 2>/dev/null || true; useradd -m -u 2202 found; : >/etc/subuid; : >/etc/subgid",
    );
    const [exitCode, said] = await found.tryApply("account");
    expect([exitCode, said]).toEqual([
      0,
      expect.stringContaining("account found is another one now than when it was recorded"),
    ]);
    await found.back();
    expect(
      await host.run(
        "cat /home/found/.ssh/authorized_keys /etc/subuid 2>&1; ls /var/lib/systemd/linger; userdel -r found 2>&1 >/dev/null; ls -d /var/lib/rootless-docker 2>&1 || true",
      ),
    ).not.toMatch(/AAAAC3Nz|^found|^\/var/m);
  });

  test("renamed: an error before another one is made", async () => {
    const named = await giveForDelete("named");
    await named.apply();
    await volume("named");
    await root(
      host,
      `loginctl disable-linger named; systemctl stop user@$(id -u named).service
      usermod -l renamed -d /home/renamed -m named; groupmod -n renamed named`,
    );
    for (const step of ["preflight", "account"] as const) {
      const [exitCode, said] = await named.tryApply(step);
      expect([exitCode, said]).toEqual([
        1,
        expect.stringMatching(
          /: account\.name: found that account named is called renamed now; wanted .*To fix: rename it back \('usermod -l named renamed'\)/,
        ),
      ]);
    }
    expect(await host.run("getent passwd named || echo none")).toBe("none\n");
    expect(await named.back()).toContain("account named is called renamed now");
    expect(await host.run("cat /home/renamed/volume/file; userdel -rf renamed 2>/dev/null")).toBe(
      "precious\n",
    );
  });
});

test("ids that stayed for a file, and the account made anew with a line like it: that is its own", async () => {
  await root(host, "useradd -m lined; : >/etc/subuid; : >/etc/subgid");
  const first = await give(host, "lined");
  await first.apply();
  await volume("lined");
  expect((await first.back()).said.join()).toContain("stay with account lined");
  await root(host, "userdel -r lined 2>/dev/null; useradd -m lined");
  const line = await host.run("grep ^lined: /etc/subuid");
  const second = await give(host, "lined");
  await second.apply();
  await second.back();
  expect(await host.run("cat /etc/subuid; userdel -r lined 2>/dev/null")).toBe(line);
});

/** Where the home's removal begins, this program ends the agent. */
const cut = (...where: Parameters<typeof cutAt>) => root(host, cutAt(...where));

describe("a destroy that was cut at the home's removal", () => {
  test.each([
    ["before it", "mv", " /home/cut ", "before"],
    ["right after its move", "mv", " /home/cut ", "after"],
    ["in it", "rm", "/.rootless-docker-leaving-cut", "before"],
  ])("%s: the next one removes it", async (_name, program, argument, when) => {
    const given = await giveForDelete("cut");
    await given.apply();
    await cut(program, argument, when);
    expect((await given.tryBack()).exitCode).not.toBe(0);
    await host.run(`rm /usr/local/sbin/${program}`);
    expect(await given.back()).toContain("account cut and /home/cut removed");
    expect(await host.run("ls -A /home; getent passwd cut || true")).not.toContain("cut");
  });

  test("and whose home somebody moves then: it stays, with its account", async () => {
    const given = await giveForDelete("cut");
    await given.apply();
    await host.run("echo precious >/home/cut/file");
    await cut("rm", " /home/cut");
    await cut("mv", " /home/cut ");
    expect((await given.tryBack()).exitCode).not.toBe(0);
    await host.run("rm /usr/local/sbin/*; mv /home/cut /srv/cut");
    expect(await given.back()).toContain("/home/cut is gone, or somewhere else");
    expect(await host.run("cat /srv/cut/file; id -un cut; userdel -f cut")).toBe("precious\ncut\n");
  });

  test("in it, and an up: what is left of the home is there again", async () => {
    const given = await giveForDelete("cut");
    await given.apply();
    await host.run(
      "install -d -o cut -m 755 /home/cut/own; install -d -o 100007 -m 2770 /home/cut/own/volume; echo precious >/home/cut/own/file; chown cut: /home/cut/own/file",
    );
    await cut("rm", "/.rootless-docker-leaving-cut");
    expect((await given.tryBack()).exitCode).not.toBe(0);
    await host.run("rm /usr/local/sbin/*");
    await given.apply();
    expect(
      await host.run(
        "runuser -u cut -- cat /home/cut/own/file; cd /home/cut; stat -c '%n %u %a' own own/volume; ls -A /home",
      ),
    ).toBe(
      `precious\nown ${(await host.run("id -u cut")).trim()} 755\nown/volume 100007 2770\ncut\n`,
    );
    expect(await given.back()).toContain("account cut and /home/cut removed");
  });
});

describe("what an interrupted removal left of a home", () => {
  async function interrupted() {
    const given = await giveForDelete("cut");
    await given.apply();
    await host.run("echo precious >/home/cut/file; chown cut: /home/cut/file");
    await cut("rm", "/.rootless-docker-leaving-cut");
    expect((await given.tryBack()).exitCode).not.toBe(0);
    await host.run("rm /usr/local/sbin/*");
    return given;
  }
  const leaving = "/home/.rootless-docker-leaving-cut";

  test("before it is root's, and a link of the account's in it: nothing outside is given to it", async () => {
    const given = await giveForDelete("cut");
    await given.apply();
    await host.run("install -d -o cut /home/cut/a /home/cut/a/root; chmod 700 /root");
    await cut("unshare", " perl ");
    expect((await given.tryBack()).exitCode).not.toBe(0);
    await host.run(
      `rm /usr/local/sbin/*; rm -r ${leaving}/a; ln -s / ${leaving}/a; chown -h cut ${leaving}/a`,
    );
    // Once more, when it is root's already.
    await cut("rm", "/.rootless-docker-leaving-cut");
    expect((await given.tryBack()).exitCode).not.toBe(0);
    await host.run("rm /usr/local/sbin/*");
    await given.apply();
    expect(await host.run("stat -c '%U %a' /root /home/cut; readlink /home/cut/a")).toBe(
      "root 700\ncut 700\n/\n",
    );
    expect(await given.back()).toContain("account cut and /home/cut removed");
  });

  test("and somebody's files in it: an error that names them", async () => {
    const given = await interrupted();
    await host.run(`install -d -o 4711 ${leaving}/bobs; echo precious >${leaving}/bobs/file`);
    const { exitCode, said } = await given.tryBack();
    expect([exitCode, said.at(-1)]).toEqual([
      1,
      `account: ${leaving}: found that others have files there (bobs of 4711); wanted nothing of others in it when it is removed. To fix: move them away, then run again`,
    ]);
    expect(await host.run(`cat ${leaving}/bobs/file; rm -r ${leaving}/bobs`)).toBe("precious\n");
    expect(await given.back()).toContain("account cut and /home/cut removed");
    expect(await host.run("ls -A /home")).not.toContain("cut");
  });

  test("and another home in its place: both stay, and are named", async () => {
    const given = await interrupted();
    await host.run(
      "install -d -o cut /home/cut; echo new >/home/cut/file; chown cut /home/cut/file",
    );
    expect((await given.tryApply("account"))[1]).toContain(
      `and so does ${leaving}, with what is left`,
    );
    expect(await given.back()).toContain(
      `/home/cut is another directory than the one that was made (what an interrupted removal has left of its home is ${leaving})`,
    );
    expect(
      await host.run(
        `ls -d ${leaving}; cat /home/cut/file; rm -r ${leaving}; userdel -rf cut 2>/dev/null`,
      ),
    ).toBe(`${leaving}\nnew\n`);
  });

  test("and the account removed by hand: it is named", async () => {
    const given = await interrupted();
    await host.run("userdel -f cut");
    expect(await given.back()).toContain(`${leaving} stays: account cut is gone`);
    await host.run(`rm -r ${leaving}`);
  });
});

test("something mounted at the home: an error before the ids go", async () => {
  // The kernel writes a blank as \\040, which a digit follows here.
  const home = "/srv/a 1/bound";
  const bound = await giveForDelete("bound", { account: { home } });
  await bound.apply();
  await host.run(`mount --bind '${home}' '${home}'`);
  const { exitCode, said } = await bound.tryBack();
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    `account: ${home}: found something mounted at '${home}'; wanted nothing mounted there when it is removed. To fix: unmount it, then run again`,
  ]);
  expect(await host.run(`grep -c ^bound: /etc/subuid; umount '${home}'`)).toBe("1\n");
  expect(await bound.back()).toContain(`account bound and ${home} removed`);
});

describe("what root itself cannot change (chattr)", () => {
  const isFrozen = (path: string, wanted: string) =>
    `${path}: found that root itself cannot change or remove it, by an attribute of its; wanted ${wanted}. To fix: take the attribute away by 'chattr -i -a', then run again`;

  test.each([
    ["a file in the home", "+i", "/home/frozen/a/b", "it to be removed with"],
    ["a directory that one can only add to", "+a", "/home/frozen/a", "it to be removed with"],
    ["the home", "+i", "/home/frozen", "it to be removed with"],
    ["what the home is in", "+i", "/home", "it to be changed, to remove"],
    ["a file of accounts", "+i", "/etc/gshadow", "it to be changed, to remove"],
    ["a file of ids", "+a", "/etc/subgid", "it to be changed, to remove"],
  ])(
    "%s: an error before the ids go, and nothing is removed",
    async (_name, flag, path, wanted) => {
      const frozen = await giveForDelete("frozen");
      await frozen.apply();
      await root(
        host,
        "install -d -o frozen /home/frozen/a; echo precious >/home/frozen/a/b; chown frozen /home/frozen/a/b",
      );
      const show = "cat /etc/subuid /etc/subgid; getent passwd frozen; cat /home/frozen/a/b";
      const before = await host.run(show);
      const { exitCode, said } = await whileFrozen(flag, path, frozen.tryBack);
      expect([exitCode, said.at(-1)]).toEqual([
        1,
        `account: ${isFrozen(path, `${wanted} account frozen`)}`,
      ]);
      expect(await host.run(show)).toBe(before);
      expect(await frozen.back()).toContain("account frozen and /home/frozen removed");
    },
  );

  test.each([
    ["/etc/shadow", "it to be changed, to make account frozen"],
    ["/etc/subuid", "it to be changed, to give account frozen its ids"],
  ])("%s, where it has to be written: an error of preflight", async (path, wanted) => {
    const frozen = await giveForDelete("frozen");
    expect(await whileFrozen("+i", path, () => frozen.tryApply("preflight"))).toEqual([
      1,
      `preflight: ${isFrozen(path, wanted)}`,
    ]);
    await frozen.apply();
    expect((await whileFrozen("+i", path, () => frozen.tryApply("account")))[0]).toBe(0);
    await frozen.back();
  });

  test("a file of ids that cannot be replaced: an error, and nothing stays beside it", async () => {
    await root(host, "useradd -m frozen; : >/etc/subuid; : >/etc/subgid");
    const frozen = await giveForDelete("frozen");
    await frozen.apply();
    const { exitCode, said } = await whileFrozen("+i", "/etc/subgid", frozen.tryBack);
    expect([exitCode, said.at(-1)]).toEqual([
      1,
      "account: /etc/subgid: found that it cannot be replaced (mv: cannot move '/etc/subgid.rootless-docker-new' to '/etc/subgid': Operation not permitted); wanted the lines of account frozen in it changed. To fix: take away what keeps it as it is, an attribute ('chattr -i -a /etc/subgid') or a mount, then run again",
    ]);
    expect(await host.run("ls /etc/subgid*; cat /etc/subgid")).not.toMatch(/lock|new/);
    await frozen.back();
    expect(await host.run("cat /etc/subuid /etc/subgid; userdel -r frozen 2>/dev/null")).toBe("");
  });
});

describe("an account that somebody made after useradd had failed, or before it had begun", () => {
  test.each([
    ["and a destroy", false],
    ["an up, and a destroy", true],
  ])("%s: it stays, with its home", async (_name, up) => {
    const hand = await giveForDelete("hand");
    await hand.installation.apply("preflight", hand.all);
    await root(
      host,
      "printf '#!/bin/sh\\necho useradd: cannot lock /etc/passwd >&2; exit 1\\n' >/usr/local/sbin/useradd; chmod 755 /usr/local/sbin/useradd",
    );
    expect((await hand.tryApply("account"))[0]).not.toBe(0);
    await root(
      host,
      "rm /usr/local/sbin/useradd; useradd -m hand; echo precious >/home/hand/file; sed -i /^hand:/d /etc/subuid /etc/subgid",
    );
    if (up) await hand.apply();
    const said = await hand.back();
    expect(await host.run("cat /home/hand/file; id -un hand; userdel -r hand 2>/dev/null")).toBe(
      "precious\nhand\n",
    );
    expect(said.includes("account hand stays: somebody has made it since")).toBe(!up);
  });
});

test("an account that somebody made after a cut destroy had removed ours: it stays", async () => {
  const cutOff = await giveForDelete("cut");
  await cutOff.apply();
  await cut("userdel", "cut", "after");
  expect((await cutOff.tryBack()).exitCode).not.toBe(0);
  await host.run("rm /usr/local/sbin/userdel; useradd -M -c theirs cut; groupadd cutters");
  await cutOff.back();
  expect(await host.run("id -un cut; userdel cut; groupdel cutters")).toBe("cut\n");
});

test("a user with an id of the range, who has files in the home: the account stays", async () => {
  const ranged = await giveForDelete("ranged");
  await ranged.apply();
  await host.run(`id=$(($(sed -n 's/^ranged:\\([0-9]*\\):.*/\\1/p' /etc/subuid) + 500)); groupadd -g $id carol; useradd -m -u $id -g carol carol
    install -d -o carol -g carol -m 700 /home/ranged/carols; echo precious >/home/ranged/carols/file`);
  expect(await ranged.back()).toContain(
    "others have something below /home/ranged ('carols of carol')",
  );
  expect(
    await host.run(
      "cat /home/ranged/carols/file; userdel -r carol 2>/dev/null; userdel -rf ranged 2>/dev/null",
    ),
  ).toBe("precious\n");
});

test("files of ids that something mounted hides: the ids stay", async () => {
  await root(host, "useradd -m hides; : >/etc/subuid; : >/etc/subgid");
  const hides = await give(host, "hides");
  await hides.apply();
  await volume("hides");
  await host.run("mount -t tmpfs none /home/hides/volume");
  expect((await hides.back()).said.join()).toContain(
    "stay with account hides: /home/hides/volume is owned by one of them",
  );
  await host.run("umount /home/hides/volume; userdel -rf hides 2>/dev/null");
});

test("an account removed by hand without its home: that is named", async () => {
  const left = await giveForDelete("left");
  await left.apply();
  await root(
    host,
    "loginctl disable-linger left; systemctl stop user@$(id -u left).service; userdel left",
  );
  expect(await left.back()).toContain("/home/left stays: account left is gone");
  await host.run("rm -r /home/left");
});

test("linger that an interrupted up switched on again is this package's", async () => {
  const again = await giveForDelete("again");
  await root(host, "useradd -m again; : >/etc/subuid; : >/etc/subgid");
  await again.apply();
  await host.run(`loginctl disable-linger again
    printf '#!/bin/sh\n/usr/bin/loginctl "$@"; case $1 in enable-linger) kill -9 $PPID;; esac\n' >/usr/local/sbin/loginctl
    chmod 755 /usr/local/sbin/loginctl`);
  expect((await again.tryApply("account"))[0]).not.toBe(0);
  await host.run("rm /usr/local/sbin/loginctl");
  await again.apply();
  expect(await again.back()).toContain("linger of again switched off");
  await host.run("userdel -r again 2>/dev/null");
});

test("a new account's home is on the disk before the record of it", async () => {
  await root(
    host,
    `printf '#!/bin/sh\\necho "$*" >>/run/syncs\\nexec /usr/bin/sync "$@"\\n' >/usr/local/sbin/sync
    chmod 755 /usr/local/sbin/sync; rm -f /run/syncs`,
  );
  const durable = await giveForDelete("durable");
  await durable.apply();
  expect(await host.run("grep -nE -e '^-f /home/durable$|/baseline/made.new$' /run/syncs")).toMatch(
    /^\d+:-f \/home\/durable\n\d+:.*\/made\.new\n/,
  );
  await durable.back();
});

test("an installation of which nothing is on the machine: one line at the end", async () => {
  const lost = await give(host, "lost");
  await lost.apply();
  await host.run("rm -rf /var/lib/rootless-docker");
  expect((await lost.installation.tryRevert("account", lost.all)).said).toEqual([]);
  const { exitCode, said } = await lost.installation.tryRevertAgent();
  expect([exitCode, said]).toEqual([
    0,
    [
      expect.stringMatching(
        /^agent: nothing taken back: this machine has no record of the installation/,
      ),
    ],
  ]);
  await host.run("userdel -rf lost 2>/dev/null || true");
});

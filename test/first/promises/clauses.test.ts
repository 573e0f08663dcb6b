import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type NspawnHost,
} from "../../../stand-ins/hosts";
import { wishesOf } from "../../support/documents";
import { removeAccount } from "../../support/accountData";
import { asAccount, root } from "../../support/host";
import { asBefore, inFront, killedBy } from "../../support/inFront";
import { Installation } from "../../support/installation";
import { promise } from "../../support/promise";

// Clauses of promises that the tests beside this one do not notice: `npm run mutate` breaks them one by one. What a run does
// is seen by programs in front of its own on PATH. One host for all, on which an installation of another account stays.

let host: NspawnHost;

let installations = 0;
const install = () => new Installation(host, `f${++installations}`);
const nobody = { address: "127.0.0.1:9", username: "robot", password: "nobody-answers" };

beforeAll(async () => {
  host = await createHost({ suite: "trixie", engine: true });
  await install().up(wishesOf("base", "keep"));
});
afterAll(destroyAllHosts);

describe("the account's programs", () => {
  test(
    promise(
      7,
      "a session, groups and an environment of their own, no terminal, none of root's descriptors",
    ),
    async () => {
      const app = install();
      await app.up(wishesOf("ann", "keep"));
      await root(
        host,
        "groupadd extra; gpasswd -a ann extra >/dev/null; echo own >/home/ann/own; : >/run/seen; chmod 622 /run/seen",
      );
      const look = `[ "$(id -u)" = 0 ] || {
        files='' session=other terminal=no work=closed
        for file in 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$file ] || files="$files $file"; done
        read -r _ _ _ _ _ id _ </proc/$$/stat
        [ "$id" != $$ ] || session=own
        [ ! -t 0 ] || terminal=yes
        ! ls /run/rootless-docker.work >/dev/null 2>&1 || work=open
        names=$(tr "\\0" "\\n" </proc/$$/environ | cut -d = -f 1 | sort | paste -s -d " ")
        echo "session: $session, terminal: $terminal, work: $work, groups: $(id -nG), files:$files, names: $names" >>/run/seen
      }`;
      for (const program of ["perl", "find"]) await inFront(host, program, look);
      await app.up(wishesOf("ann", "keep"));
      // As an administrator does, on a terminal.
      const agent = `/var/lib/rootless-docker/agents/${app.id}/agent`;
      await root(
        host,
        `script -qec "exec 3</etc/shadow; sh ${agent} revert agent ${app.id} '' end" /dev/null </dev/null >/dev/null`,
      );
      await asBefore(host, "perl", "find");
      const seen = (await root(host, "cat /run/seen; rm /run/seen")).trim().split("\n");
      expect(seen.length).toBeGreaterThan(3);
      expect([...new Set(seen)]).toEqual([
        "session: own, terminal: no, work: closed, groups: ann extra, files:, names: DBUS_SESSION_BUS_ADDRESS HOME LC_ALL LOGNAME PATH USER XDG_RUNTIME_DIR",
      ]);
      await removeAccount(host, "ann");
      await root(host, "groupdel extra");
    },
  );

  test(promise(7, "what they print has an end in bytes"), async () => {
    const app = install();
    await app.up(wishesOf("bea", "keep"));
    await root(host, ": >/run/seen; chmod 622 /run/seen");
    await inFront(
      host,
      "docker",
      `case "$(id -u) $*" in
      "0 "*) ;;
      *" volume ls"*)
        status=0; head -c 5000000 /dev/zero || status=$?
        echo "stdout $status" >>/run/seen
        status=0; head -c 100000 /dev/zero >&2 || status=$?
        echo "stderr $status" >>/run/seen ;;
      esac`,
    );
    await app.destroy();
    await asBefore(host, "docker");
    // What a program gets that writes where nobody reads any more.
    expect(await root(host, "cat /run/seen; rm /run/seen")).toBe("stdout 141\nstderr 141\n");
    await root(host, "! id bea >/dev/null 2>&1").catch(() => removeAccount(host, "bea"));
  });
});

test(
  promise(11, "for root alone, or the account alone: notes, records, and files with values"),
  async () => {
    const app = install();
    const wishes = wishesOf("cid", "delete", { secretEnvironment: { TOKEN: "s3cret" } });
    await app.up(wishes);
    await root(
      host,
      `cd /home/cid/.config/docker; [ "$(stat -c '%a %U' daemon.json environment)" = "$(printf '600 cid\\n600 cid')" ]
    cd /var/lib/rootless-docker; [ "$(stat -c '%a %U' installations/${app.id} records)" = "$(printf '700 root\\n700 root')" ]
    grep -q s3cret installations/${app.id}/values
    [ "$(stat -c '%a %U' installations/${app.id}/values)" = '600 root' ]`,
    );
    await app.destroy();
  },
);

test(promise(5, "ids of an account that is gone are given to no other one"), async () => {
  const [first, second] = [install(), install()];
  const endOf = async (name: string) =>
    Number(await root(host, `awk -F: '$1 == "${name}" { print $2 + $3 }' /etc/subuid`));
  await first.up(wishesOf("dan", "delete"));
  const end = await endOf("dan");
  expect(end).toBeGreaterThan(65_536);
  await first.destroy();
  await second.up(wishesOf("eli", "delete"));
  expect(await endOf("eli")).toBe(end + 65_536);
  await second.destroy();
});

test(promise(5, "a home that holds the home of another account stays, and is named"), async () => {
  const app = install();
  await app.up(wishesOf("mia", "delete"));
  await root(host, "useradd -m -d /home/mia/ned ned; echo own >/home/mia/ned/own");
  const { said } = await app.destroy();
  expect(said).toContainEqual(expect.stringContaining("its home contains the home of ned"));
  await root(host, "grep -q own /home/mia/ned/own; userdel -rf ned 2>/dev/null");
  await removeAccount(host, "mia");
});

describe("what becomes of the data", () => {
  const volume = "/home/fay/.local/share/docker/volumes/mine";
  const fill = () =>
    asAccount(host, "fay", "docker volume create mine >/dev/null; echo own >~/own");

  test(
    promise(6, "neither a Delete nor a Keep counts before its step has succeeded: the data stay"),
    async () => {
      for (const [applied, asked] of [
        ["keep", "delete"],
        ["delete", "keep"],
      ] as const) {
        const app = install();
        await app.up(wishesOf("fay", applied));
        await fill();
        const failed = await app.tryUp({ ...wishesOf("fay", asked), registryAuth: [nobody] });
        expect(failed.exitCode).not.toBe(0);
        await app.destroy();
        await root(host, `[ -d ${volume} ]; grep -q own /home/fay/own`);
        await removeAccount(host, "fay");
      }
    },
  );
});

describe("killed", () => {
  test(
    promise(1, "between record and change: the value of before is still one that was left"),
    async () => {
      const there = await snapshotHost(host);
      const app = install();
      const wishes = (value: string) =>
        wishesOf("gus", "delete", { kernel: { sysctls: { "net.core.somaxconn": value } } });
      await app.up(wishes("8192"));
      await killedBy(host, "mv", "*somaxconn*");
      expect((await app.tryUp(wishes("16384"))).exitCode).not.toBe(0);
      await asBefore(host, "mv");
      await root(host, "grep -q 8192 /etc/sysctl.d/*somaxconn*");
      const { said } = await app.destroy();
      expect(said.filter((line) => line.includes("somaxconn") && line.includes("kept: "))).toEqual(
        [],
      );
      const left = diffSnapshots(there, await snapshotHost(host));
      expect(left.filter((line) => /somaxconn|gus/.test(line))).toEqual([]);
    },
  );

  test(
    promise(
      2,
      "before useradd: an account that somebody makes then is found, and kept with its home",
    ),
    async () => {
      const app = install();
      await killedBy(host, "useradd", "*hal*");
      expect((await app.tryUp(wishesOf("hal", "delete"))).exitCode).not.toBe(0);
      await asBefore(host, "useradd");
      await root(host, "useradd -m hal; echo own >/home/hal/own");
      await app.up(wishesOf("hal", "delete"));
      await app.destroy();
      await root(host, "grep -q own /home/hal/own");
      await removeAccount(host, "hal");
    },
  );

  test(promise(2, "before useradd: a home that somebody makes then is not taken"), async () => {
    const app = install();
    await killedBy(host, "useradd", "*ida*");
    expect((await app.tryUp(wishesOf("ida", "delete"))).exitCode).not.toBe(0);
    await asBefore(host, "useradd");
    await root(host, "mkdir /home/ida; echo own >/home/ida/own");
    await app.tryUp(wishesOf("ida", "delete"));
    await app.destroy();
    await root(host, "grep -q own /home/ida/own; rm -r /home/ida");
  });

  test(
    promise(2, "after useradd: an account that somebody uses then is kept, with its files"),
    async () => {
      const app = install();
      await killedBy(host, "sync", "'-f /home/joe'");
      expect((await app.tryUp(wishesOf("joe", "keep"))).exitCode).not.toBe(0);
      await asBefore(host, "sync");
      await root(host, "echo own >/home/joe/own; chown joe: /home/joe/own");
      await app.up(wishesOf("joe", "keep"));
      await root(host, "grep -q own /home/joe/own");
      await app.destroy();
      await root(host, "grep -q own /home/joe/own");
      await removeAccount(host, "joe");
    },
  );

  test(
    promise(8, "between a unit's file and systemd, which has to read it: the next up has it read"),
    async () => {
      const app = install();
      const limited = wishesOf("kim", "delete", { account: { limits: { memory: "300m" } } });
      const limit = () => root(host, "systemctl show -p MemoryMax --value user-$(id -u kim).slice");
      await app.up(wishesOf("kim", "delete"));
      expect(await limit()).toBe("infinity\n");
      await killedBy(host, "systemctl", "daemon-reload");
      expect((await app.tryUp(limited)).exitCode).not.toBe(0);
      await asBefore(host, "systemctl");
      expect(await limit()).toBe("infinity\n");
      await app.up(limited);
      expect(await limit()).toBe(`${300 * 2 ** 20}\n`);
      const files = (count: string) =>
        wishesOf("kim", "delete", {
          account: limited.account,
          unitOverrides: { Service: { LimitNOFILE: count } },
        });
      await killedBy(host, "systemctl", "'--user daemon-reload'");
      expect((await app.tryUp(files("12345"))).exitCode).not.toBe(0);
      await asBefore(host, "systemctl");
      await app.up(files("12345"));
      const show = "systemctl --user show -p LimitNOFILE --value docker.service";
      expect(await asAccount(host, "kim", show)).toBe("12345\n");
      await app.destroy();
    },
  );
});

describe("on the disk", () => {
  /** What a run does, in its order: a line for each program that writes, renames, removes or syncs. */
  async function heard(run: () => Promise<unknown>): Promise<string[]> {
    const programs = ["dd", "mv", "rm", "sync", "useradd", "userdel"];
    await root(host, ": >/run/heard");
    for (const program of programs)
      await inFront(host, program, `[ "$(id -u)" != 0 ] || echo "${program} $*" >>/run/heard`);
    await run();
    await asBefore(host, ...programs);
    return (await root(host, "cat /run/heard; rm /run/heard")).trim().split("\n");
  }
  const state = "/var/lib/rootless-docker";
  const isChange = (line: string) =>
    /^mv -fT \S+\.rootless-docker-new |^rm -f -d |^user(add|del) /.test(line) &&
    !line.includes(state);
  const last = (lines: string[], is: (line: string) => boolean) =>
    lines.reduce((found, line, at) => (is(line) ? at : found), -1);
  const isWholeSync = (line: string) => line.startsWith(`sync -f ${state} /etc `);

  test(
    promise(
      8,
      "records before the change, bytes before their names, changes before an up or a record ends",
    ),
    async () => {
      const app = install();
      const wishes = wishesOf("joe", "delete", {
        kernel: { sysctls: { "net.core.somaxconn": "8192" } },
      });
      const up = await heard(() => app.up(wishes));
      const destroy = await heard(() => app.destroy());
      const wrong: string[] = [];
      for (const lines of [up, destroy]) {
        let names = 0;
        for (const [at, line] of lines.entries()) {
          const [, from, to] = /^mv -fT (\S+) (\S+)$/.exec(line) ?? [];
          // The agent's copy has its own sum, and comes again.
          if (from === undefined || from.endsWith(".link")) continue;
          names += 1;
          const written =
            lines[last(lines.slice(0, at), (one) => one.includes(`of=${from}`))] ?? "";
          if (!written.includes("conv=fsync")) wrong.push(`bytes: ${line}`);
          if (
            from === `${to}.new` &&
            !lines.slice(at, at + 3).includes(`sync ${to.replace(/\/[^/]*$/, "")}`)
          )
            wrong.push(`name: ${line}`);
        }
        expect(names).toBeGreaterThan(3);
      }
      const records = up.flatMap((line, at) =>
        line.startsWith(`mv -t ${state}/records `) ? [at] : [],
      );
      expect(records.length).toBeGreaterThan(1);
      for (const at of records) {
        const isLast = !up[at + 1].startsWith("mv -t");
        const before = up[last(up.slice(0, at), (line) => !line.startsWith("mv -t"))];
        if (before !== `sync -f ${state}/records/new`) wrong.push(`record: ${up[at]}`);
        if (isLast && up[at + 1] !== `sync ${state}/records`) wrong.push(`its name: ${up[at + 1]}`);
      }
      const end = up.findIndex((line) =>
        line.includes(`of=${state}/installations/${app.id}/machine.new`),
      );
      const change = last(up.slice(0, end), isChange);
      expect(change).toBeGreaterThan(0);
      if (!up.slice(change, end).some(isWholeSync)) wrong.push("the end of the step machine");
      // Records of a home that is gone go after its account; the home was gone on the disk before.
      const userdel = destroy.findIndex((line) => line.startsWith("userdel joe"));
      const home = destroy.findIndex((line) => line === "rm -rf --one-file-system /home/joe");
      expect(home).toBeGreaterThan(0);
      if (!destroy.slice(home, userdel).includes("sync -f /home")) wrong.push("the home");
      const gone = destroy.flatMap((line, at) =>
        /^rm -f .*\/records\/\d{6}/.test(line) && !isChange(destroy[at - 1]) ? [at] : [],
      );
      expect(gone.length).toBeGreaterThan(0);
      for (const [index, at] of gone.entries()) {
        const since = last(destroy.slice(0, at), isChange);
        const lines = destroy.slice(Math.max(since, gone[index - 1] ?? 0), at);
        if (!lines.some(isWholeSync)) wrong.push(`given back: ${destroy[at]}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});

test(
  promise(10, "a daemon that was stopped, a package that is gone, and an account that is"),
  async () => {
    const app = install();
    const wishes = wishesOf("kim", "delete");
    await app.up(wishes);
    await asAccount(host, "kim", "systemctl --user stop docker");
    await root(host, "dpkg --remove --force-depends slirp4netns >/dev/null 2>&1");
    const about = (await app.drift()).map((one) => one.about);
    expect(about).toEqual(
      expect.arrayContaining([
        expect.stringContaining("docker.service of kim"),
        expect.stringContaining("package slirp4netns"),
      ]),
    );
    await root(host, "apt-get -qq update >/dev/null");
    await app.up(wishes);
    expect(await app.drift()).toEqual([]);
    await removeAccount(host, "kim");
    expect((await app.drift()).map((one) => one.about)).toEqual(["account kim"]);
    await app.destroy();
  },
);

test(
  promise(12, "a takeover with a mistake takes nothing over: the holder's up and destroy go on"),
  async () => {
    const fresh = await snapshotHost(host);
    const holder = install();
    const wishes = wishesOf("mia", "delete");
    await holder.up(wishes);
    const there = await snapshotHost(host);
    const mistaken = install();
    const { exitCode, said } = await mistaken.tryUp(
      wishesOf("mia", "delete", {
        owner: "ops/dev/other",
        operations: { takeOver: true },
        daemon: { "data-root": "/home" },
      }),
    );
    expect([exitCode, said.at(-1)]).toEqual([1, expect.stringContaining("daemon.data-root")]);
    // Its agent is there, and its directory, which holds no account.
    const its = new RegExp(`/(agents|installations)/[.]?${mistaken.id}\\b`);
    const changed = diffSnapshots(there, await snapshotHost(host));
    expect(changed.filter((line) => !its.test(line))).toEqual([]);
    expect(await holder.drift()).toEqual([]);
    expect((await holder.up(wishes)).changed).toEqual([]);
    await mistaken.destroy();
    await asAccount(host, "mia", "docker info >/dev/null");
    await holder.destroy();
    // The machine's records are there for the other account, and no file of theirs is new.
    const left = diffSnapshots(fresh, await snapshotHost(host));
    // Units of an account of an earlier test may have ended only now.
    const known = /^(file \/var\/lib\/rootless-docker\/|(user )?unit removed: )/;
    expect(left.filter((line) => !known.test(line))).toEqual([]);
  },
);

test(promise(4, "what nobody needs, and was there before, stays when ours go"), async () => {
  await root(
    host,
    "apt-get -qq update; apt-get -qq -y --no-install-recommends install passt >/dev/null 2>&1; apt-mark auto passt >/dev/null; apt-get -s autoremove | grep -q 'Remv passt'",
  );
  const app = install();
  await app.up(wishesOf("lea", "delete", { storageDriver: "fuse-overlayfs" }));
  await app.destroy();
  await root(host, "dpkg -s passt | grep -q 'ok installed'; none dpkg -s fuse-overlayfs");
});

test(
  promise(10, "a preview writes nothing on the host, not even what it has learned"),
  async () => {
    const app = install();
    await app.up(wishesOf("ray", "delete"));
    const files = () =>
      root(host, "find /var/lib/rootless-docker -type f -exec sha256sum {} + | sort -k 2");
    // The version of another file is another fact.
    await root(host, "touch -r /usr/sbin/dockerd /root/time; touch /usr/sbin/dockerd");
    const before = await files();
    expect(before).toContain("/state\n");
    await app.drift();
    expect(await files()).toBe(before);
    await root(host, "touch -r /root/time /usr/sbin/dockerd; rm /root/time");
    await app.destroy();
  },
);

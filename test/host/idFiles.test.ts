import type { StepName } from "../../src/agent/agentText";
import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { expectNoAgent, give } from "../../testkit/accountOnly";
import { bootHost } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";

// Whoever can write to /etc/subuid gives itself root's ids. So the files of ids stay what they are, nobody else can write to them afterwards, and no range holds the ids of a user or group.
afterAll(destroyAllHosts);

let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  await host.run(`
    useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 bob
    useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 app
    rm -f /etc/subuid- /etc/subgid-`);
});

/** Puts the files of ids there anew: FILE is the path of one, KIND uid or gid. */
const arrange = (script: string) =>
  host.run(
    `rm -rf /etc/subuid /etc/subgid /srv/etc; mkdir -p /srv/etc
    for KIND in uid gid; do
      FILE=/etc/sub$KIND
      ${script}
    done`,
  );

/** Everything about the two files, and what links lead to. */
const look = () =>
  host.run(
    "find /etc/subuid /etc/subgid /srv -printf '%p %y %m %U:%G %l\\n' 2>/dev/null | sort; cd /; for f in /etc/subuid /etc/subgid; do timeout 5 cat $f 2>&1 || true; done",
  );

/** What bob, an ordinary user, can write to. */
const bobWrites = () =>
  host.run(`for file in /etc/subuid /etc/subgid; do
    ! setpriv --reuid bob --regid bob --init-groups sh -c 'echo bob:0:1 >>"$1"' sh $file 2>/dev/null || echo $file
  done`);

describe("mode and owner are the file's", () => {
  const line = "printf 'other:300000:65536\\n' >$FILE";
  test.each<[string, string, string]>([
    ["a file", line, "644 0:0"],
    ["of another mode and group", `${line}; chmod 640 $FILE; chgrp shadow $FILE`, "640 0:42"],
  ])("%s", async (_what, script, mode) => {
    await arrange(script);
    const before = await look();
    const app = await give(host, "app");
    const { facts } = await app.apply();
    expect(facts["subordinateIds.uids"]).toBe("100000:65536");
    expect(await host.run("stat -c '%a %u:%g' /etc/subuid /etc/subgid")).toBe(`${mode}\n${mode}\n`);
    expect(await bobWrites()).toBe("");
    await app.back();
    expect(await look()).toBe(before);
  });
});

describe("where others can write to the file: said before any range is given out", () => {
  const root = "wanted a file that root alone can change";
  const link =
    "a symbolic link to /srv/etc/[a-z]*; wanted the file itself, since newuidmap and newgidmap";
  test.each<[string, string, string]>([
    ["mode 0666", ": >$FILE; chmod 666 $FILE", `it a file of root with mode 666; ${root}`],
    ["mode 0664", ": >$FILE; chmod 664 $FILE", `it a file of root with mode 664; ${root}`],
    ["of another user", ": >$FILE; chown bob $FILE", `it a file of bob with mode 644; ${root}`],
    ["a pipe", "mkfifo -m 644 $FILE", `it a fifo; ${root}`],
    ["a directory", "mkdir $FILE", `it a directory; ${root}`],
    ["a link to root's file", ": >/srv/etc/$KIND; ln -s /srv/etc/$KIND $FILE", link],
    ["a link to nothing", "ln -s /srv/etc/$KIND $FILE", link],
    ["links in a circle", "ln -s /srv/etc/$KIND $FILE; ln -s $FILE /srv/etc/$KIND", link],
  ])("%s", async (_what, script, found) => {
    await arrange(script);
    const before = await look();
    const app = await give(host, "app");
    for (const step of ["preflight", "account"] as const) {
      const { exitCode, said } = await app.installation.tryApply(step, app.all);
      const message = (file: string) =>
        expect.stringMatching(
          new RegExp(`^${step}: ${file}: found ${found}.*To fix: .*${file}`),
        ) as string;
      expect([exitCode, said]).toEqual([1, [message("/etc/subuid"), message("/etc/subgid")]]);
    }
    await app.back();
    expect(await look()).toBe(before);
  });

  test("opened to all after the up: its end takes the range back, and leaves it open to nobody", async () => {
    await arrange(": >$FILE");
    const app = await give(host, "app");
    await app.apply();
    await host.run("chmod 666 /etc/subuid /etc/subgid");
    await app.back();
    expect(await host.run("stat -c '%a %s' /etc/subuid /etc/subgid")).toBe("644 0\n644 0\n");
  });
});

describe("ranges that hold what is not the containers'", () => {
  beforeAll(() =>
    host.run(`useradd -u 1250000 -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 -g nogroup far
      groupadd -g 1350000 farther`),
  );
  const below =
    "with ids up to 60000, which accounts and groups can have \\(.ID_MAX in /etc/login.defs\\)";
  const odd = "which is not NAME:FIRST:COUNT with ids of 32 bits";
  test.each<[string, string, Partial<Record<"uid" | "gid", string>>]>([
    ["root's", "app:0:66000", { uid: below, gid: below }],
    ["by the account's number", "UID:0:66000", { uid: below, gid: below }],
    ["the accounts'", "app:1000:65536", { uid: below, gid: below }],
    ["the last of the accounts'", "app:60000:70000", { uid: below, gid: below }],
    [
      "nobody's",
      "app:60001:65536",
      {
        uid: "with ids of users: 65534 \\(nobody\\)",
        gid: "with ids of groups: 65534 \\(nogroup\\)",
      },
    ],
    ["a user's", "app:1200000:65536", { uid: "with ids of users: 1250000 \\(far\\)" }],
    ["a group's", "app:1300000:65536", { gid: "with ids of groups: 1350000 \\(farther\\)" }],
    ["one of two", "app:400000:65536\napp:0:1", { uid: below, gid: below }],
    ["too far", "app:4294901761:65536", { uid: odd, gid: odd }],
    ["octal, as shadow reads it", "app:0200000:65536", { uid: odd, gid: odd }],
    ["hexadecimal", "app:0x30d40:65536", { uid: odd, gid: odd }],
    ["no number", "app:many:65536", { uid: odd, gid: odd }],
  ])("%s: an error in preflight and in account", async (_what, lines, wanted) => {
    await arrange(`printf '${lines.replace(/\n/g, "\\n")}\\n' | sed "s/UID/$(id -u app)/" >$FILE`);
    const before = await look();
    const app = await give(host, "app");
    const line = lines
      .split("\n")
      .pop()
      ?.replace("UID", (await host.run("id -u app")).trim());
    for (const step of ["preflight", "account"] as const) {
      const { exitCode, said } = await app.installation.tryApply(step, app.all);
      const messages = Object.entries(wanted).map(
        ([kind, found]) =>
          expect.stringMatching(
            new RegExp(
              `^${step}: subordinateIds: found '${line}' in /etc/sub${kind}, ${found}; wanted ids above 60000 that no user or group has, since containers .*To fix: remove that line`,
            ),
          ) as string,
      );
      expect([exitCode, said]).toEqual([1, messages]);
    }
    await app.back();
    expect(await look()).toBe(before);
  });

  test.each([
    ["as Docker's tools make them", "app:100000:65536", "100000:65536"],
    ["by number", "UID:100000:65536", "100000:65536"],
    ["far above", "app:4294901759:65536", "4294901759:65536"],
    ["others' lines are others' matter", "root:0:65536\\napp:100000:65536", "100000:65536"],
  ])("%s: kept", async (_what, lines, range) => {
    await arrange(`printf '${lines}\\n' | sed "s/UID/$(id -u app)/" >$FILE`);
    const before = await look();
    const app = await give(host, "app");
    const { facts } = await app.apply();
    expect([facts["subordinateIds.uids"], facts["subordinateIds.gids"]]).toEqual([range, range]);
    await app.back();
    expect(await look()).toBe(before);
  });

  test("UID_MAX and GID_MAX of the machine count, for new ranges too", async () => {
    await arrange(": >$FILE");
    await host.run(
      "cp -p /etc/login.defs /root; sed -i 's/^GID_MAX.*/GID_MAX 150000/' /etc/login.defs",
    );
    const app = await give(host, "app");
    const start = { ...app.all, subordinateIds: { gidStart: 100_000 } };
    const { exitCode, said } = await app.installation.tryApply("preflight", start);
    expect([exitCode, said]).toEqual([
      1,
      [
        "preflight: subordinateIds.gidStart: found ids from 100000 to 165535 taken in part, by accounts and groups up to 150000 (UID_MAX and GID_MAX in /etc/login.defs); wanted 65536 free ids. To fix: choose another start, or leave the option out for the next free range",
      ],
    ]);
    const { facts } = await app.apply();
    expect(facts["subordinateIds.uids"]).toBe("150001:65536");
    await app.back();
    await host.run("mv /root/login.defs /etc");
  });

  test("a directory of many users, which never comes to its end", async () => {
    await arrange(": >$FILE");
    await host.run(
      `mkdir -p /usr/local/sbin; cat >/usr/local/sbin/getent; chmod 755 /usr/local/sbin/getent`,
      {
        input: `#!/bin/sh
[ "$*" = passwd ] || exec /usr/bin/getent "$@"
/usr/bin/getent passwd
seq 100000 299999 | sed 's/.*/u&:x:&:100::\\/:\\/bin\\/false/'
sleep 600
`,
      },
    );
    const app = await give(host, "app");
    const { facts } = await app.apply();
    expect(facts["subordinateIds.uids"]).toBe("300000:65536");
    await app.back();
    await host.run("rm /usr/local/sbin/getent");
  });
});

describe("a directory of root's files that is a link", () => {
  const rows: [string, StepName, StepArgs][] = [
    ["/etc/sysctl.d", "kernel", { unprivilegedPing: { groups: "0 1000" } }],
    ["/etc/systemd/system/user@UID.service.d", "account", { resourceControllers: ["io"] }],
  ];

  test.each(rows)(
    "%s: used where root alone can change it, an error elsewhere",
    async (path, step, wishes) => {
      await arrange(": >$FILE");
      const directory = path.replace("UID", (await host.run("id -u app")).trim());
      const look = () =>
        host.run(`find ${directory} ${directory}/ -printf '%p %y %m %u %l\\n' | sort`);
      await host.run(
        `mkdir -p ${directory}; mv ${directory} /srv/directory; ln -s /srv/directory ${directory}`,
      );
      const before = await look();
      const app = await give(host, "app", wishes);
      await app.installation.apply("preflight", app.all);
      await host.run("chmod 777 /srv/directory");
      const { exitCode, said } = await app.installation.tryApply(step, app.all);
      expect([exitCode, said.at(-1)]).toEqual([
        1,
        expect.stringMatching(
          new RegExp(
            `^${step}: ${directory}/[^ ]+: found that others than root can change what leads to it; `,
          ),
        ),
      ]);
      await host.run("chmod 755 /srv/directory");
      await app.installation.apply(step, app.all);
      expect(await host.run(`readlink ${directory}`)).toBe("/srv/directory\n");
      expect(await look()).not.toBe(before);
      await app.installation.revert(step, app.all);
      expect(await look()).toBe(before);
      await app.back();
      await host.run(
        `rm ${directory}; mv /srv/directory ${directory}; rmdir --ignore-fail-on-non-empty ${directory}`,
      );
    },
  );
});

describe("locks of what changes accounts", () => {
  /** vipw holds the lock of /etc/passwd as long as its editor runs. */
  const vipw = (seconds: number) =>
    host.run(
      `printf '#!/bin/sh\\nexec sleep ${seconds}\\n' >/root/editor; chmod 755 /root/editor
      EDITOR=/root/editor VISUAL=/root/editor setsid -f vipw -q >/dev/null 2>&1 </dev/null
      for i in $(seq 3000); do [ ! -e /etc/passwd.lock ] || break; sleep 0.1; done
      tr -d '\\0' </etc/passwd.lock`,
    );

  test("one that is held stays, also where the clock was set forward since", async () => {
    await arrange(": >$FILE");
    const holder = await vipw(300);
    // As a clock that went an hour forward makes it look.
    await host.run("touch -d '1 hour ago' /etc/passwd.lock");
    const app = await give(host, "app");
    await app.apply();
    expect(await host.run("cat /etc/passwd.lock | tr -d '\\0'")).toBe(holder);
    await host.run(
      `kill ${holder}; for i in $(seq 3000); do [ -e /proc/${holder} ] || break; sleep 0.1; done`,
    );
    await app.back();
  });

  test.each([
    ["of a process that is gone", "sh -c 'printf %s $$ >/etc/passwd.lock'"],
    [
      "whose number another process has by now",
      "printf 1 >/etc/passwd.lock; touch -d '2000-01-01' /etc/passwd.lock",
    ],
  ])("one %s goes", async (_what, script) => {
    await arrange(": >$FILE");
    await host.run(script);
    const app = await give(host, "app");
    await app.apply();
    expect(await host.run("ls /etc/passwd.lock 2>/dev/null || echo gone")).toBe("gone\n");
    await app.back();
  });
});

test("nothing of the agent is left", () => expectNoAgent(host));

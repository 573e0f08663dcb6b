import { readFileSync } from "node:fs";
import { join } from "node:path";
import { agentText } from "../../src/agent/agentText";
import { exec } from "../../testbed/hosts/exec";
import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { bootHost } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

// docs/security.md: what runs as the account, what it says, and what its files hold, where root looks.

let host: TestHost;
let app: Installation;
let bob: Installation;
const agent = "/var/lib/rootless-docker/agent";
const wishes: StepArgs = { account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3Nz one"] } };
const bobs: StepArgs = { account: { name: "bob" }, owner: "project/dev/bob" };

beforeAll(async () => {
  host = await bootHost({ engine: true });
  app = new Installation(host, "e1");
  bob = new Installation(host, "e2");
  await app.applyAll(wishes);
  await bob.applyAll(bobs);
  await host.run("cat >/usr/local/lib/hostile.pl; chmod 755 /usr/local/lib/hostile.pl", {
    input: readFileSync(join(__dirname, "hostile.pl")),
  });
});
afterAll(destroyAllHosts);

/** Runs commands in root's own shell on a real terminal, and leaves it open for a moment. */
async function onTerminal(commands: string): Promise<string> {
  // What somebody else types there comes before root's own "exit".
  const script = '(cat; sleep 8; echo exit) | ssh -tt -F "$1" "$2"';
  const { stdout } = await exec("sh", ["-c", script, "sh", host.sshConfigPath, host.name], {
    input: `${commands}\n`,
    timeoutSeconds: 900,
  });
  return stdout;
}

/** Functions of the agent by themselves, in /root/functions. */
const functions = (script: string) =>
  host.run("cat >/root/functions", {
    input: `${agentText().replace(/main "\$@"\n$/, "")}\n${script}`,
  });

/** Runs functions of the agent as root. */
async function run(script: string): Promise<string> {
  await functions(`STEP=report WORK=$(mktemp -d); : >$WORK/problems; : >$WORK/findings; : >$WORK/facts
    note_own_outputs
    know_account app
    ${script}
    rm -rf "$WORK"; remove_account_group "$ACCOUNT_GROUP"`);
  return host.run("sh /root/functions 2>&1");
}

/** What hostile.pl saw, and what it left. */
async function seen(): Promise<string[]> {
  const said = await host.run("cat /home/app/seen; rm -f /home/app/seen");
  return said.split("\n").filter((line) => line !== "");
}

/** Processes of the account's in control groups that are not its own. */
const strays = () =>
  host.run(
    `for p in $(pgrep -u app); do grep -vE '^[1-9]|^0::/user.slice/user-'$(id -u app)'.slice/' /proc/$p/cgroup; done 2>/dev/null || true`,
  );

describe("root's terminal", () => {
  test("the doctor, and a plugin of the account's docker", async () => {
    await host.run(`install -d -o app /home/app/.docker/cli-plugins
      for name in docker-x docker-buildx docker-compose; do install -m 755 /usr/local/lib/hostile.pl /home/app/.docker/cli-plugins/$name; done`);
    const said = await onTerminal(`sh ${agent} doctor app`);
    expect(await host.run("ls /root/pwned /home/app/seen 2>/dev/null || true")).toBe("");
    expect(said).toMatch(/docker context +docker of app reaches its daemon/);
    expect(await strays()).toBe("");
    // Nor does writing the context run one.
    await host.run("rm -f /home/app/.docker/config.json");
    await app.apply("daemon", wishes);
    await app.apply("report", wishes);
    expect(await host.run("ls /home/app/seen 2>/dev/null || true")).toBe("");
    await host.run("rm -r /home/app/.docker/cli-plugins");
  });

  // A debugger makes of every program that runs as the account what the account wants.
  test.each([
    "as_account /usr/local/lib/hostile.pl",
    "as_account /usr/local/lib/hostile.pl 2>&1",
    "said=$(as_account /usr/local/lib/hostile.pl)",
    "docker() { :; }; as_account_within 60 /usr/local/lib/hostile.pl >/dev/null",
  ])("is out of reach of a program that runs as the account: %s", async (call) => {
    await functions(
      `STEP=report WORK=$(mktemp -d); know_account app; ${call}\nremove_account_group "$ACCOUNT_GROUP"`,
    );
    await onTerminal("sh /root/functions");
    expect(await seen()).toEqual([
      "terminals: ",
      "/dev/tty: No such device or address",
      "leads its session: yes",
    ]);
    expect(await host.run("ls /root/pwned 2>/dev/null || true")).toBe("");
    expect(await strays()).toBe("");
    expect(await host.run("pgrep -u app -f lingers || echo none")).toBe("none\n");
    expect(await host.run("ls -d /sys/fs/cgroup/rootless-docker.* 2>/dev/null || echo none")).toBe(
      "none\n",
    );
  });

  // Until a process has left root's session, another one of the account's could trace it, and type there.
  test("is left before a program is the account's", async () => {
    await host.run(`printf '#!/bin/sh\nps -o sid= -p $$ | tr -d " " >/root/session; echo $$ >>/root/session
      exec /usr/bin/setpriv "$@"\n' >/usr/local/sbin/setpriv; chmod 755 /usr/local/sbin/setpriv`);
    expect(await run("as_account id -un | cat")).toBe("app\n");
    const [session, process] = (await host.run("cat /root/session")).split("\n");
    expect(session).toBe(process);
    await host.run("rm /usr/local/sbin/setpriv /root/session");
  });

  test("is not in its name, where the kernel keeps who has logged in", async () => {
    const [own, of] = (
      await run("cat /proc/self/loginuid; echo; as_account cat /proc/self/loginuid | cat")
    ).split("\n");
    expect(of).toBe(own === "4294967295" ? own : (await host.run("id -u app")).trim());
  });

  test("a program that leaves root's control group by its own service manager keeps nobody waiting", async () => {
    // It holds the pipes that its outputs are: who waited for their end would say after 5 seconds that it is late.
    const said = await run(
      `as_account_within 5 sh -c 'systemd-run --user --scope --quiet sleep infinity & sleep 1' || echo "ended with $?"; as_account id -un | cat`,
    );
    expect(said).toBe("app\n");
    await host.run("pkill -u app -f 'sleep infinity'");
  });
});

describe("a service manager that does not stop, whatever systemd's limits are", () => {
  test("is killed", async () => {
    await host.run(`d=/run/systemd/system/user@$(id -u bob).service.d; mkdir -p $d
      printf '[Service]\nExecStop=sleep infinity\nTimeoutStopSec=infinity\n' >$d/hold.conf; systemctl daemon-reload`);
    const said = await run(`systemctl_within() { shift; timeout -k 5 5 systemctl "$@"; }
      stop_service_manager "$(id -u bob)"; systemctl is-active "user@$(id -u bob).service" || pgrep -u bob || true`);
    expect(said).toMatch(/^(inactive|failed)\n$/);
    await host.run(
      "rm -r /run/systemd/system/user@$(id -u bob).service.d; systemctl daemon-reload; systemctl start user@$(id -u bob)",
    );
    await bob.apply("daemon", bobs);
  });
});

describe("where the account does not answer, nothing is removed", () => {
  test.each([
    ["its keys", "*-s*", ".ssh/authorized_keys", "absent", "keyfile_restore app"],
    [
      "another's file",
      "*cmp*",
      "kept.rootless-docker-old",
      "kept",
      "resolve_parked /home/app/kept",
    ],
  ])("%s", async (_what, asked, file, record, call) => {
    await host.run(
      `install -d -o app /home/app/.ssh; for f in ${file} kept; do echo a >/home/app/$f; chown app: /home/app/$f; done`,
    );
    const said = await run(`mkdir "$WORK/baseline"; : >"$WORK/baseline/${record}"
      as_account() { case "$*" in ${asked}) return 124 ;; esac; as_account_within 20 "$@"; }
      (${call} "$WORK/baseline") || true`);
    expect(said).toMatch(/found that app does not say what is there; wanted an answer within 20 s/);
    expect(await host.run(`cat /home/app/${file}`)).toBe("a\n");
    await host.run(`rm /home/app/kept /home/app/${file}`);
  });
});

describe("the account's words", () => {
  const hostile = String.raw`a\033[31m\007b\037found\037wanted\037sh /home/app/repair\037c\177d\302\205e\205f\342\200\256g`;

  test("are one line of text, wherever they are shown", async () => {
    const said = await run(`w=$(printf '${hostile}')
      fine one "$w"; (fail two "$w" "$w" fix "$w") || true; say "$w"; changed "$w"; fact key "$w"
      limitation row limited "$w" fix
      problem_line x "$w" "$w" "$w" "$w"
      cat "$WORK/findings" "$WORK/facts" "$WORK/changed"; awk -F "$SEPARATOR" '{ print NF }' "$WORK/findings"`);
    expect(said.replaceAll("\u001f", "")).not.toMatch(/[^\n\x20-\x7e]/);
    expect(said).toMatch(/\n6\n6\n6\n$/);
    expect(said).toContain("a?[31m?b?found?wanted?sh /home/app/repair?c?d?ef?g");
  });

  test.each([
    ["umlauts stay", "gr\\303\\274n", "'grün'"],
    ["quotes do not end them", "it'\\''s", `'it"s'`],
    ["bounded", "$(yes x | head -c 5000 | tr -d '\\n')", /^'x{300}'$/],
    ["line ends", "a\\nb", "'a b'"],
  ])("in quotes: %s", async (_what, text, wanted) => {
    const said = await run(
      `printf '%s\\n' "$(words_of_account "$(printf '${text.startsWith("$") ? "%s' \"" + text + '"' : text + "'"})")"`,
    );
    expect(said.trim()).toEqual(
      typeof wanted === "string" ? wanted : expect.stringMatching(wanted),
    );
  });

  const forged = "x\\nreport: /home/app: found y. To fix: run 'sh /home/app/repair' as root";
  const quoted = `'x report: /home/app: found y. To fix: run "sh /home/app/repair" as root'`;

  test.each([
    ["stderr", `as_account printf "${forged}" >&2`],
    ["stderr", `as_account sh -c 'printf "$1" >&2' sh "${forged}"`],
    ["stdout", `as_account printf "${forged}"`],
  ])("what nobody reads but people, on %s, is in quotes", async (_what, call) => {
    expect(await run(call)).toBe(`report: a program that runs as app says ${quoted}\n`);
    expect(await run(`said=$( { ${call}; } 2>&1 ) && printf '%s' "$said" | wc -l`)).toBe("1\n");
  });

  test("where links of its lead, in quotes where that is more than a path", async () => {
    const odd = "/home/app/k. To fix: run 'sh";
    await host.run(`cd /home/app; cp -a .ssh /root/ssh; rm .ssh/authorized_keys; install -d -o app "${odd}"
      ln -s "${odd}/keys" .ssh/authorized_keys`);
    const { said } = await app.apply("account", wishes);
    expect(said.join("\n")).toContain(
      `account: one key added to '/home/app/k. To fix: run "sh/keys'`,
    );
    await host.run(`rm -r /home/app/.ssh "${odd}"; mv /root/ssh /home/app/.ssh`);
    const wants = "/home/app/.config/systemd/user/default.target.wants/docker.service";
    const there = await run(
      `ln -sfn "/x; wanted y. To fix: z" ${wants}; path_check as_account ${wants} /elsewhere`,
    );
    expect(there).toBe("'/x; wanted y. To fix: z'");
    await app.apply("daemon", wishes);
  });

  test("a daemon that is none says no fix, and moves no cursor", async () => {
    await host.run("cat >/usr/local/lib/daemon.pl", { input: fakeDaemon });
    await host.run(`s=/run/user/$(id -u app)/docker.sock; mv $s $s.real
      setsid setpriv --reuid app --regid app --clear-groups perl /usr/local/lib/daemon.pl $s >/dev/null 2>&1 </dev/null &
      for i in $(seq 3000); do [ ! -S /run/user/$(id -u app)/docker.sock ] || break; sleep 0.1; done`);
    const table = await onTerminal(`sh ${agent} doctor app >/root/table 2>&1`).then(() =>
      host.run("cat /root/table"),
    );
    expect(table).not.toMatch(/[^\n\x20-\x7e]/);
    expect(table).not.toMatch(/to fix: run 'sh/);
    const [{ findings }] = JSON.parse((await host.ssh(`sh ${agent} doctor --json app`)).stdout) as [
      { findings: Record<string, string>[] },
    ];
    expect(findings.filter(({ fix, wanted }) => /repair/.test(fix + wanted))).toEqual([]);
    expect(findings.find(({ about }) => about === "daemon")?.found).toMatch(
      /^docker info says '\[name=x\?wanted\?run "sh \/home\/app\/repair" as root\?\?\[2J\]/,
    );
    const { said, exitCode } = await app.tryApply("report", wishes);
    expect(said.join("\n")).not.toMatch(/[^\n\x20-\x7e]|To fix: run 'sh/);
    expect(exitCode).toBeLessThan(2);
    await host.run(
      "pkill -u app -f daemon.pl; s=/run/user/$(id -u app)/docker.sock; mv -f $s.real $s",
    );
    await app.apply("report", wishes);
  });
});

describe("denial by the neighbour", () => {
  const config = "/home/bob/.config/docker/daemon.json";
  const put = (what: string) => host.run(`rm -rf ${config}; ${what}`);
  const endless = `mkfifo ${config}; chown bob ${config}; setsid setpriv --reuid bob --regid bob --clear-groups sh -c 'exec yes >${config}' </dev/null >/dev/null 2>&1 &`;

  test.each([
    ["a pipe", `mkfifo ${config}; chown bob ${config}`],
    ["a pipe without an end", endless],
    ["a file of 1 TB", `truncate -s 1T ${config}; chown bob ${config}`],
    ["what no daemon accepts", `echo broken >${config}; chown bob ${config}`],
  ])(
    "%s as another's daemon.json: this account's engine step has no word about it",
    async (_, plant) => {
      await put(plant);
      // A step that read to its end would be cut off, with another exit code.
      const { exitCode, said } = await app.tryApply("engine", wishes);
      expect([exitCode, said]).toEqual([0, ["engine: nothing to change"]]);
      await host.run("pkill -u bob yes || true");
    },
  );

  test("the engine really changed, and the other's daemon does not start: one line", async () => {
    await put(`echo broken >${config}; chown bob ${config}`);
    // As after another version: what the daemons were started with was another one.
    await host.run(
      "sed -i '2s/.*/other/' /var/lib/rootless-docker/things/userdaemon/*/engine; sed -i 's/.*/other/' /var/lib/rootless-docker/things/userdaemon/app/started",
    );
    const first = await app.tryApply("engine", wishes);
    expect([first.exitCode, first.said]).toEqual([
      0,
      [
        "engine: restarts the daemon of app: the engine changed",
        "engine: daemon of app restarted",
        "engine: the daemon of bob, another installation's, does not start with the new engine: see 'sh /var/lib/rootless-docker/agent doctor bob'",
      ],
    ]);
    expect((await app.tryApply("engine", wishes)).said).toEqual(["engine: nothing to change"]);
    await put("true");
    await bob.apply("daemon", bobs);
  });

  test("a service manager that never answers: bounded, and no lock of everybody's is held meanwhile", async () => {
    await host.run(`u=$(id -u bob); mv /run/user/$u/bus /run/user/$u/bus.real; mv /run/user/$u/systemd/private /run/user/$u/systemd/private.real
      for s in bus systemd/private; do setsid setpriv --reuid bob --regid bob --clear-groups perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 50) or die; sleep 100000' /run/user/$u/$s </dev/null >/dev/null 2>&1 & done
      for s in bus systemd/private; do until [ -S /run/user/$u/$s ]; do sleep 0.1; done; done
      cd /var/lib/rootless-docker/things/userdaemon/bob; sed -i '2s/.*/other/' engine; sed -i 's/.*/other/' started`);
    const hung = app.tryApply("engine", wishes);
    await host.run(
      "for i in $(seq 3000); do pgrep -u bob systemctl >/dev/null && break; sleep 0.1; done; pgrep -u bob systemctl",
    );
    // Somebody else's installation of packages goes on.
    await host.run("flock -n /var/lib/rootless-docker/locks/packages true");
    const { exitCode, said } = await hung;
    expect([exitCode, said]).toEqual([
      0,
      [
        expect.stringMatching(/^engine: the daemon of bob, another installation's, does not start/),
        "engine: nothing to change",
      ],
    ]);
    await host.run(
      `u=$(id -u bob); pkill -u bob perl; cd /run/user/$u; mv -f bus.real bus; mv -f systemd/private.real systemd/private`,
    );
    await bob.apply("daemon", bobs);
  });

  // Overlay asks as who has mounted it: what keeps root away from a FUSE of others does not there.
  test("a data root that leads to where nobody answers, by a process of its own: bounded, and no lock is held after", async () => {
    const data = "/home/bob/.local/share/docker";
    await host.run(
      `apt-get -qq update; apt-get -qqy install busybox-static >/dev/null 2>&1; install -d -o bob /srv/bob; cat >/srv/unanswered.pl`,
      { input: readFileSync(join(__dirname, "unanswered.pl")) },
    );
    await host.run(`systemd-run -q --collect --unit=unanswered --uid=bob \\
        unshare --user --map-root-user --mount perl /srv/unanswered.pl /srv/bob /bin/busybox
      for i in $(seq 600); do pgrep -u bob -x x && break; sleep 0.1; done; sleep 5; pgrep -u bob -x x
      mv ${data} ${data}.kept; ln -s "/proc/$(pgrep -u bob -x x)/root/srv/bob/overlay/y" ${data}`);
    for (const [step, code] of [
      ["tryApply", 1],
      ["tryRevert", 0],
    ] as const) {
      const { exitCode, said } = await bob[step]("daemon", bobs);
      expect([exitCode, said.join("\n")]).toEqual([
        code,
        expect.stringContaining("has not ended within 20 seconds"),
      ]);
      await app.apply("daemon", wishes);
    }
    await host.run(`systemctl kill -s KILL unanswered; rm ${data}; mv ${data}.kept ${data}`);
    await bob.apply("daemon", bobs);
  }, 300_000);
});

describe("what the account's files can fill", () => {
  const rest = () =>
    host.run("df --output=used -k /run | tail -n 1; du -sk /var/lib/rootless-docker | cut -f 1");

  test.each([
    [
      "keys without an end",
      "mkfifo /home/app/.ssh/authorized_keys; chown app /home/app/.ssh/authorized_keys; setsid setpriv --reuid app --regid app --clear-groups sh -c 'exec yes >/home/app/.ssh/authorized_keys' </dev/null >/dev/null 2>&1 &",
      "account",
    ],
    ["keys of 1 TB", "truncate -s 1T /home/app/.ssh/authorized_keys", "account"],
    [
      "settings of 1 TB, before the first daemon",
      "rm -f /home/app/.docker/config.json; truncate -s 1T /home/app/.docker/config.json; chown app /home/app/.docker/config.json; rm -rf /var/lib/rootless-docker/things/currentcontext",
      "daemon",
    ],
  ] as const)("%s: an error, and nothing is left of it", async (_what, plant, step) => {
    await host.run("cp -a /home/app/.ssh /root/ssh; cp -a /home/app/.docker /root/docker");
    await host.run(`rm -f /home/app/.ssh/authorized_keys; ${plant}`);
    const before = (await rest()).trim().split(/\s+/).map(Number);
    const { exitCode, said } = await app.tryApply(step, wishes);
    expect([exitCode, said.at(-1)]).toEqual([
      1,
      expect.stringMatching(
        /found (that it is no regular file|it larger than 1024 KB); wanted the file/,
      ),
    ]);
    const after = (await rest()).trim().split(/\s+/).map(Number);
    after.forEach((used, index) => expect(used - before[index]).toBeLessThan(3000));
    expect(
      await host.run("find /var/lib/rootless-docker/things -name 'baseline.*' -o -size +1M"),
    ).toBe("");
    await host.run(
      `pkill -u app yes; rm -rf /home/app/.ssh /home/app/.docker; mv /root/ssh /home/app/.ssh; mv /root/docker /home/app/.docker`,
    );
    await app.apply(step, wishes);
  });
});

/** Answers every request with what `docker info` shows of a daemon. */
const fakeDaemon = `
use strict; use IO::Socket::UNIX;
$SIG{CHLD} = "IGNORE";
my $s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 20) or die "$!";
my $info = '{"ID":"x","Driver":"overlay2\\u001b[2J","CgroupVersion":"2","CgroupDriver":"systemd","ServerVersion":"26.1.5","SecurityOptions":["name=x\\u001fwanted\\u001frun \\u0027sh /home/app/repair\\u0027 as root\\u001f\\u001b[2J"],"ExperimentalBuild":true}';
while (my $c = $s->accept) {
  next if fork;
  while (my $line = <$c>) {
    next if $line !~ /^\\r?\\n$/;
    print $c "HTTP/1.1 200 OK\\r\\nApi-Version: 1.45\\r\\nContent-Type: application/json\\r\\nContent-Length: " . length($info) . "\\r\\n\\r\\n" . $info;
    $c->flush;
  }
  exit;
}
`;

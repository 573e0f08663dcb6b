import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { packedAgent } from "../../src/agent/agentText";
import { checkNewCommand } from "../../src/agent/commands";
import { readNewMachine } from "../../src/drift/answer";
import { currentEngine } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { documentText, type StepArgs } from "../support/documents";
import { engineHost } from "../support/engineHost";
import { asAccount } from "../support/host";
import { Installation } from "../support/installation";

// A Fedora as its cloud image is: without perl, which is four packages there. Debian's own perl lies aside, and these
// packages bring it back.
const given = engineHost({ like: "fedora" });

const perl = ["perl-interpreter", "perl-POSIX", "perl-Fcntl", "perl-Errno"];

/** The files of each package, by a pattern of their paths. */
const parts: Record<string, string> = {
  "perl-interpreter": "/usr/bin/perl*",
  "perl-POSIX": "/usr/*/auto/POSIX/POSIX.so",
  "perl-Fcntl": "/usr/*/auto/Fcntl/Fcntl.so",
  "perl-Errno": "/usr/*/Errno.pm",
};

/** A repository of the four, which move their files to where they belong and away again. */
function repository(): Buffer {
  const script = `work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
    . ${join(__dirname, "../../stand-ins/engine/rpmbuild.sh")}
    stand_in_release=1.fc44
    ${perl.map((name) => `stand_in "$work/perl" ${name} %post '/root/aside/move ${name} back' %preun '/root/aside/move ${name} away'`).join("\n")}
    createrepo_c -q "$work/perl"
    tar -c -C "$work" perl`;
  return execFileSync("bash", ["-euc", script], { maxBuffer: 1024 ** 3 });
}

beforeAll(async () => {
  await given.host.run("mkdir -p /root/aside && tar -x -C /root/aside", { input: repository() });
  const cases = perl.map((name) => `${name}) pattern='${parts[name]}' ;;`).join("\n");
  await given.host.run("cat >/root/aside/move; chmod 755 /root/aside/move", {
    input: `#!/bin/sh
      case $1 in ${cases} esac
      case $2 in
      away) find /usr -path "$pattern" | while read -r file; do
        mkdir -p "/root/aside$(dirname "$file")"; mv "$file" "/root/aside$file"; done ;;
      back) find /root/aside/usr -path "/root/aside$pattern" | while read -r file; do mv "$file" "\${file#/root/aside}"; done ;;
      esac\n`,
  });
  await given.host.run(`for name in ${perl.join(" ")}; do /root/aside/move $name away; done
    printf '[perl]\\nname=perl\\nbaseurl=file:///root/aside/perl\\ngpgcheck=0\\n' >/etc/yum.repos.d/perl.repo
    none command -v perl`);
}, 600_000);

const wishes = () => given.withRepository();
const machineDocument = (args: StepArgs) => documentText("machine", args);
const checkNew = (text: string) =>
  given.host.ssh(checkNewCommand(text, ""), { input: packedAgent() });
/** What an answer of a run without perl says. */
const namesPerl =
  /perl: this machine does not have it, or one of its modules POSIX,Fcntl,Errno.* install perl-interpreter perl-POSIX perl-Fcntl perl-Errno with dnf/;

test("the preview of a new machine has its packages, and asks all else", async () => {
  const { stdout, stderr } = await checkNew(machineDocument(wishes()));
  const { problems, present } = readNewMachine(stdout);
  expect([problems, stderr]).toEqual([[], ""]);
  const row = present.find(({ about }) => about.startsWith("packages "));
  expect(row?.about).toMatch(
    /^packages perl-Errno perl-Fcntl perl-POSIX perl-interpreter docker-ce /,
  );
  const account = { name: "nobody-there", create: false };
  const other = await checkNew(machineDocument({ ...wishes(), account }));
  expect(readNewMachine(other.stdout).problems.join("\n")).toContain("account.create");
});

test("the preview says that a daemon of an account that is there is taken over", async () => {
  await given.host.run(`useradd theirs; cp /usr/bin/sleep /usr/local/bin/dockerd
    systemd-run -q --unit theirs --uid theirs /usr/local/bin/dockerd infinity`);
  const document = machineDocument({ ...wishes(), account: { name: "theirs" } });
  const look = async () => readNewMachine((await checkNew(document)).stdout).present[0];
  expect(await look()).toMatchObject({ wanted: "taken over, and restarted once" });
  await given.host.run("systemctl stop theirs; rm /usr/local/bin/dockerd");
  expect(await look()).toMatchObject({ about: "account theirs", wanted: "used as it is" });
  await given.host.run("userdel -r theirs 2>/dev/null || true");
});

test.each([
  ["", 1, "is not hexadecimal"],
  ['account: "app"\n', 3, "cut short"],
])("a document that is not whole is an error: %j", async (text, status, says) => {
  const { exitCode, stdout, stderr } = await checkNew(text);
  expect([exitCode, stdout, stderr]).toEqual([status, "", expect.stringContaining(says)]);
});

test("up installs them first, they are needed from then on, and destroy takes them back", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  const { machine } = await app.applyAll(wishes());
  expect(machine.changed.slice(0, 4).sort()).toEqual(
    [...perl].sort().map((name) => `package ${name} 1.0-1.fc44 installed`),
  );
  expect(await given.version()).toBe(`${currentEngine}\n`);
  for (const { changed } of Object.values(await app.applyAll(wishes())))
    expect(changed).toEqual([]);

  // Somebody removes a part of it: an error that names all, wherever the account is asked.
  await given.host.run("rpm -e --nodeps perl-POSIX");
  const without = await snapshotHost(given.host);
  await expect(app.drift()).rejects.toThrow(namesPerl);
  for (const answer of [
    await app.tryApply("daemon", wishes()),
    await app.tryApply("secrets", wishes()),
    await app.tryRevert("daemon", wishes()),
  ])
    expect([answer.exitCode, answer.said.join("\n")]).toEqual([
      1,
      expect.stringMatching(namesPerl),
    ]);
  expect(diffSnapshots(without, await snapshotHost(given.host))).toEqual([]);
  expect(await asAccount(given.host, "app", "systemctl --user is-active docker")).toBe("active\n");
  // The step machine brings it back.
  const again = await app.apply("machine", wishes());
  expect(again.changed).toEqual(["package perl-POSIX 1.0-1.fc44 installed"]);

  for (const step of ["daemon", "secrets", "machine"] as const) await app.revert(step, wishes());
  expect(await given.host.run("command -v perl || echo none")).toBe("none\n");
  // Answers may be lost: each delete comes again, without perl.
  for (const step of ["daemon", "secrets", "machine"] as const) await app.revert(step, wishes());
  await app.revertAgent();
  const left = diffSnapshots(before, await snapshotHost(given.host));
  expect(left.filter((line) => !/librepo|gpg-pubkey-|\/usr\/libexec\/docker/.test(line))).toEqual(
    [],
  );
});

test("another account of the machine keeps them", async () => {
  const [first, second] = ["a1", "a2"].map((id) => new Installation(given.host, id));
  const other = given.withRepository({}, { account: { name: "other" } });
  await first.install();
  await first.apply("machine", wishes());
  await second.install();
  await second.apply("machine", other);
  await first.revert("machine", wishes());
  await first.revertAgent();
  expect(await given.host.run(`rpm -q ${perl.join(" ")} | grep -c fc44`)).toBe("4\n");
  await second.revert("machine", other);
  await second.revertAgent();
  expect(await given.host.run("command -v perl || echo none")).toBe("none\n");
});

test("what an account has that was there is asked once they are there, before all else", async () => {
  await given.host.run("useradd --create-home there; mkdir /home/there/.docker");
  const there = given.withRepository({}, { account: { name: "there" } });
  const { problems, present } = readNewMachine((await checkNew(machineDocument(there))).stdout);
  expect([problems, present[0]]).toEqual([
    [],
    expect.objectContaining({ wanted: "used as it is" }),
  ]);
  const app = new Installation(given.host, "a3");
  await app.install();
  const before = await snapshotHost(given.host);
  const { exitCode, said } = await app.tryApply("machine", there);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(/^preflight: \/home\/there\/\.docker: it is owned by root/),
  ]);
  const changes = diffSnapshots(before, await snapshotHost(given.host));
  expect(changes.filter((line) => !/perl|rootless-docker/.test(line))).toEqual([]);
  await app.revertAgent();
  expect(await given.host.run("command -v perl || echo none; userdel -r there")).toBe("none\n");
});

test("without a package source: one error that names program and package", async () => {
  await given.host.run("mv /etc/yum.repos.d/perl.repo /root/aside");
  const app = new Installation(given.host, "a4");
  await app.install();
  const { exitCode, said } = await app.tryApply("machine", wishes());
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(/dnf install perl-Errno .*No match for argument: perl-Errno/),
  ]);
  expect(await given.host.run("getent passwd app || rpm -q docker-ce || true")).toContain(
    "not installed",
  );
  await app.revertAgent();
  await given.host.run("mv /root/aside/perl.repo /etc/yum.repos.d");
});

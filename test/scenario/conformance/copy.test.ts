import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remote } from "@pulumi/command";
import { asset, secret } from "@pulumi/pulumi";
import { useHost } from "./host";
import { said, steps, Stack } from "../../support/stack";

const given = useHost();
const folder = mkdtempSync(join(tmpdir(), "conformance-copy-"));

/** A local file with this content. */
function local(name: string, content: string): asset.FileAsset {
  writeFileSync(join(folder, name), content);
  return new asset.FileAsset(join(folder, name));
}

const file = local("file", "a word\n");
const large = local("large", "x".repeat(1_000_000));

type Args = Partial<remote.CopyToRemoteArgs>;

/** A copy to a login's home, with the arguments that a test is about. */
function copy(user: string, args: Args, name = "copy"): void {
  const connection = { ...given.connection, user, dialErrorLimit: 1 };
  new remote.CopyToRemote(name, { connection, source: file, remotePath: "copied", ...args });
}

beforeAll(async () => {
  await given.host.run(
    `cd /etc/ssh; mkdir keys
    for user in worker printing leaving nologin homeless full; do
      useradd --create-home --shell /bin/bash $user; cp ~/.ssh/authorized_keys keys/$user
    done
    chmod -R a+rX keys; echo 'AuthorizedKeysFile /etc/ssh/keys/%u .ssh/authorized_keys' > sshd_config.d/00-copy.conf
    sed -i '1i echo hello' /home/printing/.bashrc; sed -i '1i exit' /home/leaving/.bashrc
    usermod --shell /usr/sbin/nologin nologin; rm -r /home/homeless
    mount -t tmpfs -o size=64k,mode=1777 tmpfs /home/full
    cd /home/worker; mkdir blocked; echo > plain; ln -s /etc/passwd foreign; ln -s target link
    mkdir -m 777 open; echo a longer text > there; chmod 666 there; systemctl reload ssh`,
  );
});

test("lands in the login's home, in folders that it makes, and in the place of what is there", async () => {
  const stack = await Stack.start("places");
  const proxy = given.connection;
  const copies: [path: string, listed: string, args?: Args][] = [
    ["copied", "copied 664 worker 7"],
    ["large", "large 664 worker 1000000", { source: large }],
    ["new/er/name", "new/er/name 664 worker 7"],
    ["open", "open/file 664 worker 7"],
    ["/home/worker/link", "target 664 worker 7"],
    ["there", "there 666 root 7"],
    ["secret", "secret 664 worker 7", { source: secret(file) }],
    ["proxied", "/root/proxied 644 root 7", { connection: { ...proxy, host: "127.0.0.1", proxy } }],
  ];
  await stack.up(() => {
    copies.forEach(([remotePath, , args]) => copy("worker", { remotePath, ...args }, remotePath));
  });
  // What the umask leaves of 666: a login with a group of its own has 002. An old file keeps its mode and owner.
  const listed = copies.map(([, line]) => line);
  const files = listed.map((line) => line.split(" ")[0]).join(" ");
  const list = await given.host.run(`cd /home/worker && stat -c '%n %a %U %s' ${files}`);
  expect(list.trim().split("\n")).toEqual(listed);

  const { source, remotePath } = stack.outputs("copied");
  expect([Object.keys(source ?? {}).slice(1), remotePath]).toEqual([["hash", "path"], "copied"]);
  expect(stack.recorded("copied")?.id).toMatch(/^[0-9a-f]{8}$/);
});

test("copies again when content, path or triggers change, for nothing else; delete leaves it", async () => {
  const stack = await Stack.start("life");
  const connection = { ...given.connection, dialErrorLimit: 2 };
  const replaced = ["create-replacement copy", "replace copy", "delete-replaced copy"];
  const life: [change: Args, done: string[], copied: string][] = [
    [{ remotePath: "life" }, ["create copy"], "life"],
    [{}, [], ""],
    [{ source: local("same", "a word\n") }, [], ""],
    [{ connection }, ["update copy"], ""],
    [{ source: local("other", "another\n") }, ["update copy"], "life"],
    [{ remotePath: "moved" }, ["update copy"], "moved"],
    [{ triggers: ["a"] }, replaced, "moved"],
    [{ triggers: ["b"] }, replaced, "moved"],
  ];
  let args: Args = {};
  for (const [change, done, copied] of life) {
    args = { ...args, ...change };
    const outcome = await stack.up(() => copy("root", args));
    const left = await given.host.run("ls | grep -x -e life -e moved || true; rm -f life moved");
    expect([change, steps(outcome), left.trim()]).toEqual([change, done, copied]);
  }
});

test("in a preview copies nothing; a source that is not known yet is refused", async () => {
  const stack = await Stack.start("preview");
  await stack.preview(() => copy("root", { remotePath: "previewed" }));
  expect(await given.host.run("ls")).not.toContain("previewed");
  const unknown = stack.preview(() => {
    const first = new remote.Command("first", { connection: given.connection, create: "echo" });
    copy("root", { source: first.stdout.apply(() => file) });
  });
  await expect(unknown).rejects.toThrow("either asset or archive must be set");
});

test("that fails as an update keeps the old inputs, and copies again", async () => {
  const stack = await Stack.start("update-fails");
  const program = (remotePath: string) => () => copy("worker", { remotePath });
  await stack.up(program("first"));
  await given.host.run("mkdir -m 700 /home/worker/closed");
  await stack.tryUp(program("closed"));
  expect(stack.recorded("copy")?.inputs.remotePath).toBe("first");
  await given.host.run("chmod 777 /home/worker/closed");
  await stack.up(program("closed"));
  expect(await given.host.run("cat /home/worker/closed/file")).toBe("a word\n");
});

const tooLong = "error receiving version packet from server: packet too long";
const eof =
  "error receiving version packet from server: server unexpectedly closed connection: unexpected EOF";
/** In the place of these two, if what the login runs has ended before the plugin sends anything. */
const endedBefore = "error sending init packet to server: failed to send packet";
const create = "failed to create remote file";
const parents = "failed to create parent directories for";
const failure = 'sftp: "Failure" (SSH_FX_FAILURE)';

// The last two change the host's sshd.
test.each<[user: string, path: string, message: string, sftp?: string]>([
  ["printing", "a", tooLong],
  ["nologin", "a", tooLong],
  ["leaving", "a", eof],
  ["homeless", "a", `${create} a: permission denied`],
  ["worker", "foreign", `${create} foreign: permission denied`],
  ["worker", "blocked", `${create} blocked/large: permission denied`],
  ["worker", "/root/a", "failed to stat remote path /root/a: permission denied"],
  ["worker", "/etc/a/b", `${parents} /etc/a/b: permission denied`],
  ["worker", "plain/a", `${parents} plain/a: mkdir plain: not a directory`],
  ["full", "a", `failed to copy file ${join(folder, "large")} to remote path a: ${failure}`],
  ["nobody", "a", "after 1 failed attempts: ssh: handshake failed: ssh: unable to authenticate"],
  ["worker", "a", "ssh: subsystem request failed", ""],
  ["worker", "a", eof, "Subsystem sftp /nowhere"],
])("%s to %s: %s", async (user, remotePath, message, ...[sftp]) => {
  const set = "cd /etc/ssh; sed -i s/^Subsystem/#/ sshd_config; cat > sshd_config.d/01-sftp.conf";
  if (sftp !== undefined) await given.host.run(`${set}; systemctl reload ssh`, { input: sftp });
  const stack = await Stack.start("failing");
  const outcome = await stack.tryUp(() => copy(user, { remotePath, source: large }));
  const errors = said(outcome, "copy", "lasting").filter(({ severity }) => severity === "error");
  const messages = [message, ...([tooLong, eof].includes(message) ? [endedBefore] : [])];
  expect(errors).toHaveLength(1);
  expect(messages.filter((start) => errors[0].message.startsWith(start))).toHaveLength(1);
  expect(stack.recorded("copy")).toBeUndefined();
});

test("a full disk has a part of the file", async () => {
  expect(await given.host.run("stat -c %s /home/full/a")).toBe("65536\n");
});

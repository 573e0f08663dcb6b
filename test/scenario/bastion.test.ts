import { connect } from "node:net";
import { once } from "node:events";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { connectionTo } from "../support/hostStack";
import { type KnownConnection, runOverSsh } from "../../src/ssh/ssh";

// Many hosts are asked for drift at once, behind one machine whose SSH server drops what is too much: no login fails.
let host: TestHost;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  // The bastion is on port 22; the hosts behind it are one server, which takes all that come.
  await host.run(`
    echo 'PerSourcePenalties no' >/etc/ssh/sshd_config.d/penalties.conf
    mkdir -p /run/sshd && /usr/sbin/sshd -p 2222 -o MaxStartups=1000 -o PidFile=none`);
});
afterAll(destroyAllHosts);

/** Beyond so many logins that have not ended, the bastion drops every one. */
async function limit(most: number): Promise<void> {
  await host.run(
    `echo 'MaxStartups ${most}:100:${most}' >/etc/ssh/sshd_config.d/few.conf; systemctl restart ssh`,
  );
}

const drops = async () =>
  Number(await host.run("journalctl -q -u ssh --no-pager | grep -ci 'drop connection' || :"));

const behindBastion = (): KnownConnection => ({
  ...connectionTo(host),
  port: 2222,
  proxy: connectionTo(host),
});

test("forty hosts: the bastion drops nobody, and all answer", async () => {
  await limit(10);
  const asked = Array.from({ length: 40 }, (_, index) =>
    runOverSsh(behindBastion(), `echo ${index}`),
  );
  expect(await Promise.all(asked)).toEqual(asked.map((_, index) => `${index}\n`));
  expect(await drops()).toBe(0);
});

/** Somebody else, who dials the bastion and does not log in. */
async function somebody() {
  const socket = connect(22, host.address);
  const [greeting] = (await once(socket, "data")) as [Buffer];
  expect(greeting.toString()).toMatch(/^SSH-/);
  return socket;
}

test("where others keep the bastion busy, a login is tried again", async () => {
  await limit(1);
  const other = await somebody();
  setTimeout(() => other.destroy(), 400);
  expect(await runOverSsh(behindBastion(), "echo reached")).toBe("reached\n");
  expect(await drops()).toBeGreaterThan(0);
});

test("where they keep it busy for long, the error says that the server hung up", async () => {
  const before = await drops();
  const other = await somebody();
  await expect(runOverSsh(behindBastion(), "echo reached")).rejects.toThrow(
    /hung up|ECONNRESET|Connection lost/,
  );
  other.destroy();
  // More than one try, and an end of them.
  expect(await drops()).toBeGreaterThan(before + 1);
});

test("a login that is refused is not tried again", async () => {
  await limit(100);
  const count = async () =>
    Number(
      await host.run(
        "journalctl -q -u ssh --no-pager | grep -c 'Connection closed by authenticating' || :",
      ),
    );
  const before = await count();
  const nobody = { ...connectionTo(host), privateKey: undefined, password: "wrong" };
  await expect(runOverSsh(nobody, "true")).rejects.toThrow(/authentication methods failed/);
  expect((await count()) - before).toBeLessThanOrEqual(1);
});

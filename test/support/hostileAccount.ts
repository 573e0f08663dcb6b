import { currentEngine } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import type { StepArgs } from "./documents";
import type { EngineHost } from "./engineHost";
import { root } from "./host";
import { Installation } from "./installation";

// Promise 7: the account does not become root through us, and cannot hold root up.

/** Places of the account's own that root's steps look at. */
const places = [
  ".ssh/authorized_keys",
  ".config/docker/daemon.json",
  ".docker/config.json",
  ".config/systemd/user/docker.service",
];

/**
 * What an account may have in these places: a name, and shell that makes it at `$p`. A pipe or an endless file in the
 * unit's place holds up the account's own manager, which root's steps wait for to their limit.
 */
export const plants: [string, string][] = [
  ["links to what is root's", 'ln -s /root/closed/secret "$p"'],
  [
    "pipes that nobody writes to, and a login that never ends",
    '$unit || mkfifo "$p"; echo "sleep 100000" | tee .profile .bashrc >.bash_profile',
  ],
  ["files without an end", '$unit || truncate -s 100G "$p"'],
];

/** The agent's own files, while there is an installation; and Fedora's own key, which dnf takes in when it first needs it. */
export const agentsFiles =
  /\/var\/lib\/rootless-docker|\/etc\/apt\/apt.conf.d\/99rootless-docker-|^package added: gpg-pubkey-/;

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= a";

/**
 * An account that was there, and has a plant in each place: `up` twice, destroy, the plants away, destroy again.
 * Nothing of root's is read, nothing waits without end, and the host is as before.
 */
export async function expectPlantRefused(
  host: TestHost,
  app: Installation,
  plant: string,
  more: StepArgs = {},
): Promise<void> {
  const there = await snapshotHost(host);
  await root(
    host,
    `install -d -m 700 /root/closed
    echo LEAKED >/root/closed/secret
    useradd -m mallory
    # logind forgets an account that had this uid 10 seconds after it is gone (UserStopDelaySec), and with it this one.
    for i in $(seq 60); do [ -e /run/systemd/users/$(id -u mallory) ] || break; sleep 0.5; done
    cd /home/mallory
    umask 077
    for p in ${places.join(" ")}; do
      mkdir -p $(dirname $p)
      unit=false
      case $p in */docker.service) unit=true ;; esac
      ${plant}
    done
    chown -hR mallory: .`,
  );
  const wishes: StepArgs = {
    ...more,
    owner: "infra/prod/mallory",
    account: { name: "mallory", authorizedKeys: [key] },
  };
  const answers = [await app.tryUp(wishes)];
  // The next place, where the first one ends the run.
  if (answers[0].exitCode !== 0) {
    await root(host, "rm -f /home/mallory/.ssh/authorized_keys");
    answers.push(await app.tryUp(wishes));
  }
  answers.push(await app.tryDestroy());
  await root(host, `cd /home/mallory; rm -f ${places.join(" ")} .profile .bashrc .bash_profile`);
  // It was the plants that were refused: without them all of it works.
  answers.push(await app.up(wishes));
  answers.push(await app.destroy());
  const said = answers.flatMap((answer) => answer.said).join("\n");
  expect(said).not.toContain("LEAKED");
  // What the connection says where a run does not end by itself.
  expect(said).not.toMatch(/^timed out after/m);
  const secret = await root(host, "cat /root/closed/secret");
  expect(secret).toBe("LEAKED\n");
  const copies = await root(
    host,
    "find /home/mallory -user mallory -type f -size -9M -exec grep -l LEAKED {} + || true",
  );
  expect(copies).toBe("");
  await root(
    host,
    `userdel -rf mallory 2>/dev/null || true
    ! getent group mallory >/dev/null || groupdel mallory
    rm -r /root/closed`,
  );
  const changed = diffSnapshots(there, await snapshotHost(host));
  expect(changed.filter((line) => !agentsFiles.test(line))).toEqual([]);
}

/** An account that was made here, whose files and programs are in the way of its destroy. */
export async function expectDestroyNotHeldUp(
  host: TestHost,
  app: Installation,
  more: StepArgs = {},
): Promise<void> {
  const there = await snapshotHost(host);
  await app.up({
    ...more,
    owner: "infra/prod/oscar",
    account: { name: "oscar", authorizedKeys: [key] },
    // Its value before is empty.
    kernel: { sysctls: { "net.ipv4.ip_local_reserved_ports": "8080" } },
    onDestroy: { data: "delete" },
  });
  await root(
    host,
    `cd /home/oscar
    ln -sfn "$(printf 'a\\tb')" .config/docker/daemon.json
    chmod 555 .config/systemd/user .ssh
    head -c 262144 /dev/zero >.docker/config.json
    chown -h oscar: .config/docker/daemon.json .docker/config.json
    setsid setpriv --reuid oscar --regid oscar --clear-groups sh -c 'trap : TERM; while :; do pkill -9 -x perl; done' >/dev/null 2>&1 &`,
  );
  await app.destroy();
  const left = diffSnapshots(there, await snapshotHost(host));
  expect(left.filter((line) => !line.includes("/var/lib/rootless-docker"))).toEqual([]);
}

/** One test for each of these attacks, on a host whose accounts have Docker's archives. */
export function testAttacks(given: EngineHost): void {
  let installations = 0;
  const install = () => new Installation(given.host, `a${++installations}`);
  const engine = () => given.withArchives(currentEngine).engine;

  test.each(plants)("%s", async (_what, plant) => {
    await expectPlantRefused(given.host, install(), plant, { engine: engine() });
  });

  test("an account holds no destroy up, whatever it does in its home", async () => {
    await expectDestroyNotHeldUp(given.host, install(), { engine: engine() });
  });
}

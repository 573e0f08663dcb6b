import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { bootHost } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation, type Answer } from "../../testkit/installation";
import { columns, onHost, places, type Place } from "../../testkit/plants";

// Every place of the account's that root's steps look at, and everything that the account can put there: up,
// check and destroy end, nothing outside changes or leaks, nothing half is left, and a second tenant's step
// beside it goes on. PLANTED_FILES_AT, a regular expression, takes a part of the places.
//
// Most of a cell is waiting, and the same step of two accounts waits for each other on one host: so each cell
// has a host to itself, and as many run side by side as jest's maxConcurrency allows.

const wishes: StepArgs = {
  account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3Nz one"] },
  prune: {},
};
const webs: StepArgs = { account: { name: "web" }, owner: "project/dev/web" };

const used = "df --output=used -k /run | tail -n 1; du -sk /var/lib/rootless-docker | cut -f 1";
const kilobytes = (said: string) => said.trim().split(/\s+/).map(Number);

/** Prints what changed outside of what is the account's, its daemon's and the agent's. */
const outside = `find /etc /usr /root /home/bob /home/web /var/lib /opt /srv -xdev -cnewer /root/marker ! -type d \\
  ! -path '/var/lib/rootless-docker/*' ! -path '/home/web/.local/*' ! -path '/var/lib/systemd/*' ! -path /root/marker ! -path '/root/closed/*' -print`;

/** A host with the account app, the tenant web beside it, and a secret of root's. */
class Bed {
  private constructor(
    readonly host: TestHost,
    readonly app = new Installation(host, "f1"),
    readonly web = new Installation(host, "f2"),
  ) {}

  static async make(): Promise<Bed> {
    const bed = new Bed(await bootHost({ engine: true, admins: [{ name: "bob", sudo: "none" }] }));
    await bed.host.run(`useradd -m app; install -d -m 700 /root/closed
      echo LEAKED >/root/closed/secret; chmod 600 /root/closed/secret`);
    await bed.app.applyAll(wishes);
    await bed.web.applyAll(webs);
    return bed;
  }

  /** Runs a shell for `plants`. */
  shell(place: Place, script: string): Promise<string> {
    return this.host.run(
      `set -e; A=app S=/root/closed/secret R=/run/user/$(id -u app) W=${place.what} P=${onHost(place, "app")}
      ${script}`,
    );
  }

  /** Puts it there, and from then on counts what changes: how many kilobytes of /run and of the agent's records are used. */
  async plant(place: Place, plant: string): Promise<number[]> {
    return kilobytes(
      await this.shell(
        place,
        `setpriv --reuid app --regid app --clear-groups mkdir -p "$(dirname "$P")"
        [ ! -e "$P" ] || mv "$P" "$P.aside"
        ${plant}
        until [ -e "$P" ] || [ -h "$P" ]; do sleep 0.1; done
        sleep 0.1; touch /root/marker; sleep 0.1
        ${used}`,
      ),
    );
  }

  async used(): Promise<number[]> {
    return kilobytes(await this.host.run(used));
  }

  /** Takes it away again, and prints what it has left anywhere, or changed. */
  remains(place: Place): Promise<string> {
    return this.shell(
      place,
      `pkill -KILL -u app 'yes|perl' || true
      find /home "$R" -xdev -name '*.rootless-docker-*'
      while mountpoint -q "$P"; do umount "$P"; done
      rm -rf "$P" "$P".[lfo] "$P".rootless-docker-*
      [ ! -e "$P.aside" ] || mv "$P.aside" "$P"
      ${outside}
      grep -rls LEAKED /home "$R" /var/lib/rootless-docker || true
      [ "$(cat "$S"; stat -c '%a %U' "$S")" = "$(printf 'LEAKED\\n600 root')" ] || stat "$S"`,
    );
  }

  /** What makes something of a place, and what takes that back. */
  stepOf({ path }: Place) {
    // The account stays, and its daemon with it: only its keys are taken back.
    const without: StepArgs = { account: { name: "app" } };
    return path.startsWith(".ssh")
      ? {
          daemonStays: true,
          apply: () => this.app.tryApply("account", wishes),
          revert: () => this.app.tryApply("account", without),
        }
      : {
          daemonStays: false,
          apply: () => this.app.tryApply("daemon", wishes),
          revert: () => this.app.tryRevert("daemon", wishes),
        };
  }
}

/** By itself, whatever it ends with: one that hangs is cut off by the connection, later than any step waits. */
async function ends(what: Promise<Answer>): Promise<Answer> {
  const answer = await what;
  expect(answer.said.join("\n")).not.toMatch(/^timed out after /m);
  return answer;
}

function expectDone({ exitCode, said }: Answer): void {
  if (exitCode !== 0) throw new Error(said.join("\n"));
}

/** What it says to do with the account's service manager, or nothing. */
function remedyOf({ said }: Answer): string {
  const remedy = /(?<=run ')systemctl restart user@\d+\.service(?=')/.exec(said.join("\n"));
  return remedy?.[0] ?? "true";
}

async function tryCell(bed: Bed, place: Place, plant: string): Promise<void> {
  const { host, web } = bed;
  const step = bed.stepOf(place);
  // Of a daemon that runs, or is about to be made.
  if (place.where === "home") expectDone(await step.revert());
  const before = await bed.plant(place, plant);
  const [applied, others] = await Promise.all([
    ends(step.apply()),
    ends(web.tryApply("engine", webs)),
  ]);
  expect([others.exitCode, others.said]).toEqual([0, ["engine: nothing to change"]]);
  const check = await host.ssh("sh /var/lib/rootless-docker/agents/f1/agent check host f1");
  expect(check.exitCode).toBeLessThan(2);
  const reverted = await ends(step.revert());
  const said = [...applied.said, ...reverted.said, check.stdout, check.stderr].join("\n");
  expect(said).not.toContain("LEAKED");
  expect(said).not.toMatch(/[^\n\t\x20-\x7e]/);
  (await bed.used()).forEach((now, index) => expect(now - before[index]).toBeLessThan(3000));
  expect(await bed.remains(place)).toBe("");
  // Nothing of it stays in the way, and no daemon that nobody knows of.
  if (reverted.exitCode !== 0) {
    await host.run(remedyOf(reverted));
    expectDone(await step.revert());
  }
  expect((await host.ssh("pgrep -u app dockerd")).exitCode).toBe(step.daemonStays ? 0 : 1);
  expectDone(await step.apply());
}

// The last ones, the sockets, are waited for longest: they begin.
const chosen = places
  .filter(({ path }) => new RegExp(process.env.PLANTED_FILES_AT ?? "").test(path))
  .reverse();
const cells = chosen.flatMap((place) =>
  Object.entries(columns(place))
    // The account's own service manager reads a unit to its end, and answers nobody meanwhile.
    .filter(([column]) => column !== "sparse file" || !place.path.endsWith("/user/docker.service"))
    .map(([column, plant]) => [place.path, column, place, plant] as const),
);
const free: Bed[] = [];
afterAll(destroyAllHosts);

test.concurrent.each(cells)("%s: %s", async (_path, _column, place, plant) => {
  const bed = free.pop() ?? (await Bed.make());
  try {
    await tryCell(bed, place, plant);
  } catch (failure) {
    // The next cell has another one.
    await bed.host.destroy();
    throw failure;
  }
  free.push(bed);
});

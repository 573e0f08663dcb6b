import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { bootHost } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation, type Answer } from "../../testkit/installation";
import { onHost, places, plants, silentSocket, type Place } from "../../testkit/plants";

// Every place of the account's that root's steps look at, and everything that the account can put there: up,
// doctor and destroy end, nothing outside changes or leaks, nothing half is left, and a second tenant's step
// beside it goes on. PLANTED_FILES_AT, a regular expression, takes a part of the places.

const chosen = places.filter(({ path }) =>
  new RegExp(process.env.PLANTED_FILES_AT ?? "").test(path),
);
const wishes: StepArgs = { account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3Nz one"] } };
const webs: StepArgs = { account: { name: "web" }, owner: "project/dev/web" };
/** What a command exits with that the connection's own limit has ended: longer than any step waits for an account. */
const cutOff = 124;

let host: TestHost;
let app: Installation;
let web: Installation;

beforeAll(async () => {
  host = await bootHost({ admins: [{ name: "bob", sudo: "none" }] });
  app = new Installation(host, "f1");
  await host.run("useradd -m app");
  web = new Installation(host, "f2");
  await app.applyAll(wishes);
  await web.applyAll(webs);
  await host.run(`install -d -m 700 /root/closed; echo LEAKED >/root/closed/secret; chmod 600 /root/closed/secret
    sysctl -qw fs.protected_hardlinks=0 || true`);
});
afterAll(destroyAllHosts);

/** Sets up a shell for `plants`. */
const shell = (place: Place, script: string) =>
  host.run(`A=app S=/root/closed/secret W=${place.what}; P=${onHost(place, "app")}; ${script}`);

/** By itself, whatever it ends with: one that hangs is cut off by the connection's own limit. */
async function ends(what: Promise<Answer>): Promise<Answer> {
  const answer = await what;
  expect(answer.exitCode).not.toBe(cutOff);
  return answer;
}

function expectDone({ exitCode, said }: Answer): void {
  if (exitCode !== 0) throw new Error(said.join("\n"));
}

const marked = () => host.run("sleep 0.1; touch /root/marker; sleep 0.1");

/** What changed outside of what is the account's, its daemon's and the agent's. */
const outside = () =>
  host.run(`find /etc /usr /root /home/bob /home/web /var/lib /opt /srv -xdev -cnewer /root/marker ! -type d \\
    ! -path '/var/lib/rootless-docker/*' ! -path '/home/web/.local/*' ! -path '/var/lib/systemd/*' ! -path /root/marker ! -path '/root/closed/*' -print`);

const used = async () =>
  (
    await host.run(
      "df --output=used -k /run | tail -n 1; du -sk /var/lib/rootless-docker | cut -f 1",
    )
  )
    .trim()
    .split(/\s+/)
    .map(Number);

/** What makes something of a place, and what takes that back. */
function stepOf({ path }: Place) {
  const without: StepArgs = { account: { name: "app" } };
  return path.startsWith(".ssh")
    ? {
        apply: () => app.tryApply("account", wishes),
        // The account stays, and its daemon with it: only its keys are taken back.
        revert: () => app.tryApply("account", without),
      }
    : {
        apply: () => app.tryApply("daemon", wishes),
        revert: () => app.tryRevert("daemon", wishes),
      };
}

/** Columns of a row. */
const columns = (place: Place): [string, string][] => [
  ...Object.entries(plants),
  ...(place.what === "socket"
    ? ([
        [
          "a socket that never answers",
          `setsid setpriv --reuid $A --regid $A --clear-groups ${silentSocket} "$P" </dev/null >/dev/null 2>&1 & sleep 0.5`,
        ],
      ] as [string, string][])
    : []),
];

const cells = chosen.flatMap((place) =>
  columns(place).map(([column, plant]) => [place.path, column, place, plant] as const),
);

test.each(cells)("%s: %s", async (_path, _column, place, plant) => {
  const step = stepOf(place);
  // Of a daemon that runs, or is about to be made.
  if (place.where === "home") expectDone(await step.revert());
  await shell(
    place,
    `D=$(dirname "$P"); setpriv --reuid app --regid app --clear-groups mkdir -p "$D"; rm -rf "$P.aside"; [ ! -e "$P" ] || mv "$P" "$P.aside"; ${plant}`,
  );
  await marked();
  const before = await used();
  const [applied, others] = await Promise.all([
    ends(step.apply()),
    ends(web.tryApply("engine", webs)),
  ]);
  expect([others.exitCode, others.said]).toEqual([0, ["engine: nothing to change"]]);
  const doctor = await host.ssh("sh /var/lib/rootless-docker/agent doctor app");
  expect(doctor.exitCode).toBeLessThan(2);
  const reverted = await ends(step.revert());
  const said = [...applied.said, ...reverted.said, doctor.stdout, doctor.stderr].join("\n");
  expect(said).not.toContain("LEAKED");
  expect(said).not.toMatch(/[^\n\t\x20-\x7e]/);
  (await used()).forEach((now, index) => expect(now - before[index]).toBeLessThan(3000));
  expect(await host.run("find /var/lib/rootless-docker/things -name 'baseline.*'")).toBe("");
  await shell(
    place,
    `pkill -KILL -u app 'yes|perl' || true; while mountpoint -q "$P"; do umount "$P"; done; rm -rf "$P" "$P".[lfo] "$P".rootless-docker-*; [ ! -e "$P.aside" ] || mv "$P.aside" "$P"`,
  );
  expect(await outside()).toBe("");
  expect(await host.run("cat /root/closed/secret; stat -c '%a %U' /root/closed/secret")).toBe(
    "LEAKED\n600 root\n",
  );
  expect(await host.run("grep -rlds LEAKED /home/app /run/user/$(id -u app) || true")).toBe("");
  // Nothing of it stays in the way.
  expectDone(await step.apply());
});

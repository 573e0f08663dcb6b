import { setTimeout as sleep } from "node:timers/promises";
import { destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { asAccount, bootHost, tryAsAccount } from "../support/host";
import { Installation } from "../support/installation";

// A daemon whose start takes as long as the test wants it to: until the account has a file `go-on`.
let host: TestHost;
let app: Installation;

const wishes = { account: { name: "app" } };
const inColour = (COLOUR: string) => ({ ...wishes, environment: { COLOUR } });

beforeAll(async () => {
  host = await bootHost({ engine: true });
  app = new Installation(host, "a1");
  await app.applyAll(wishes);
});
afterAll(destroyAllHosts);

const account = (command: string): Promise<string> => asAccount(host, "app", command);

/** From the next start on. */
async function startsSlowly(): Promise<void> {
  await account(`
    rm -f ~/go-on
    cd ~/.config/systemd/user
    start=$(sed -n 's/^ExecStart=//p' docker.service)
    mkdir -p docker.service.d
    cat >docker.service.d/slow.conf <<DROPIN
[Service]
ExecStart=
ExecStart=/bin/sh -c 'until test -e %h/go-on; do sleep 0.2; done; exec $start'
DROPIN
    systemctl --user daemon-reload`);
}

/** Lets it go on when somebody has waited for it for more than ten seconds, and so has said that. */
async function goesOnWhenWaitedFor(): Promise<void> {
  await until("somebody waits", "pgrep -f '^systemctl --user (re)?start docker'");
  await account("sleep 12; touch ~/go-on");
}

/** Waits until a shell command on the host is true. */
async function until(what: string, isTrue: string): Promise<void> {
  const end = Date.now() + 5 * 60_000;
  while ((await host.ssh(isTrue)).exitCode !== 0) {
    if (Date.now() > end) throw new Error(`five minutes, and not yet: ${what}`);
    await sleep(200);
  }
}

const state = async (): Promise<string> =>
  (await tryAsAccount(host, "app", "systemctl --user is-active docker.service")).stdout.trim();

const waits = /^daemon: waits for docker\.service of app to (re)?start: \d+ s so far$/;

test("systemd gives the start no limit", async () => {
  expect(await account("systemctl --user show -p TimeoutStartUSec docker.service")).toBe(
    "TimeoutStartUSec=infinity\n",
  );
});

test("a stop that takes long, somebody's too, is waited for, and said so: containers end by their own limits", async () => {
  await account(`cd ~/.config/systemd/user; mkdir -p docker.service.d
    printf "[Service]\\nExecStop=/bin/sh -c 'sleep 40; touch %%h/saved'\\n" >docker.service.d/slow.conf
    systemctl --user daemon-reload; systemctl --user --no-block stop docker`);
  const { said } = await app.revert("daemon", wishes);
  expect(said.join("\n")).toMatch(/daemon: waits for docker\.service of app to stop: \d+ s so far/);
  await account("rm ~/saved ~/.config/systemd/user/docker.service.d/slow.conf");
  await app.apply("daemon", wishes);
});

test("a start that takes long is waited for, and said so", async () => {
  await startsSlowly();
  const restarted = app.apply("daemon", inColour("blue"));
  await goesOnWhenWaitedFor();
  const { said, changed } = await restarted;
  expect(said).toContainEqual(expect.stringMatching(waits));
  expect(changed).toContain("daemon of app restarted");
  expect(await state()).toBe("active");
});

test("after a boot: up waits for the start, and changes nothing else", async () => {
  await startsSlowly();
  await host.reboot();
  await until("the daemon's start begins", "pgrep -u app -f 'until test -e /home/app/go-on'");
  expect(await app.drift()).toEqual([]);
  const applied = app.apply("daemon", inColour("blue"));
  await goesOnWhenWaitedFor();
  const { said, changed } = await applied;
  expect(said).toContainEqual(expect.stringMatching(waits));
  expect(changed).toEqual(["daemon of app started"]);
});

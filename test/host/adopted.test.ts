import { EngineSource } from "../../index";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import type { StepArgs } from "../support/documents";
import { asAccount, bootHost, importImage } from "../support/host";
import { Installation } from "../support/installation";

afterAll(destroyAllHosts);

// docs/how-to/adopt-a-rootless-daemon.md: a rootless daemon that somebody has made by Docker's own script, with its data:
// it goes on as it is, or one error names what it is told and would not be.
const contrib = "/usr/share/docker.io/contrib";
const socket = "-H unix:///run/user/$(id -u)/docker.sock";
let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  await host.run(`apt-get -qq update
    apt-get -qqy install --no-install-recommends docker.io docker-cli rootlesskit slirp4netns uidmap dbus-user-session iptables >/dev/null 2>&1
    systemctl disable --now docker.socket docker.service containerd >/dev/null 2>&1
    ln -s /usr/bin/docker ${contrib}/docker
    useradd -m bob; loginctl enable-linger bob; systemctl start user@$(id -u bob)`);
  await asAccount(
    host,
    "bob",
    `mkdir -p ~/.config/docker; echo '{"debug": true}' >~/.config/docker/daemon.json
    export PATH=${contrib}:$PATH; sh ${contrib}/dockerd-rootless-setuptool.sh install --skip-iptables >/dev/null 2>&1`,
  );
  await importImage(host, "bob", socket);
  await shop("run -d --name shop --restart always -v data:/data busybox sleep 99999");
  await shop("exec shop sh -c 'echo precious >/data/file'");
});

const shop = (command: string) => asAccount(host, "bob", `docker ${socket} ${command}`);
const wishes: StepArgs = {
  account: { name: "bob", create: false },
  engine: { source: EngineSource.Preinstalled },
  daemon: { debug: true },
};
const config = "/home/bob/.config";
const unit = `${config}/systemd/user/docker.service`;

test.each([
  ["daemon.json", `${config}/docker/daemon.json`, `echo '{"ip": "127.0.0.1"}' >`, ": ip. To fix"],
  ["another value", `${config}/docker/daemon.json`, `echo '{"debug": false}' >`, ": debug. To fix"],
  [
    "an environment",
    `${config}/docker/environment`,
    "echo BIND_IP=127.0.0.1 >",
    ": BIND_IP. To fix",
  ],
  ["a flag", unit, "sed -i 's/^ExecStart=.*/& --ip=127.0.0.1/' ", ": ExecStart. To fix"],
  ["a directive", unit, "sed -i '/^ExecStart=/i MemoryMax=1G' ", ": MemoryMax. To fix"],
  ["a variable", unit, "sed -i '/^ExecStart=/i Environment=MORE=1' ", ": Environment. To fix"],
])(
  "what it is told by %s, and is not in the program, is one error that names it",
  async (_what, file, edit, words) => {
    const app = new Installation(host, "a2");
    const saved =
      await host.run(`[ ! -e ${file} ] || cp -p ${file} /root/saved; ${edit}${file}; chown bob: ${file}
    sha256sum ${file}`);
    const { exitCode, said } = await app.tryUp(wishes);
    expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining(words)]);
    expect(await host.run(`sha256sum ${file}`)).toBe(saved);
    expect(await shop("exec shop cat /data/file")).toBe("precious\n");
    await app.destroy();
    await host.run(`[ ! -e /root/saved ] && rm ${file} || mv /root/saved ${file}`);
  },
);

test("else it is taken over with its containers, and given back", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  const { daemon } = await app.applyAll(wishes);
  expect(daemon.changed).toContain("daemon of bob restarted");
  expect(await shop("exec shop cat /data/file")).toBe("precious\n");
  for (const { changed } of Object.values(await app.applyAll(wishes))) expect(changed).toEqual([]);
  await app.revertAll(wishes);
  const ours = diffSnapshots(before, await snapshotHost(host)).filter(
    (line) => !/\/home\/bob\/\.local\/share\/docker|^daemon /.test(line),
  );
  expect(ours).toEqual([]);
  expect(await shop("exec shop cat /data/file")).toBe("precious\n");
});

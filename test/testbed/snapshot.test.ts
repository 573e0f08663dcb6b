import { execOrThrow } from "../../testbed/hosts/exec";
import { createHost, destroyAllHosts, diffSnapshots, snapshotHost } from "../../testbed/hosts";

afterAll(destroyAllHosts);

test("a snapshot sees every kind of change, and nothing else", async () => {
  const host = await createHost({ suite: "trixie" });
  const before = await snapshotHost(host);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);

  await host.run(`set -e
    echo hello >/etc/added; chmod 0640 /etc/added
    echo changed >>/etc/hosts
    chmod 0700 /srv
    rm /etc/issue.net
    ln -s /etc/hosts "/srv/a link
    of two lines"
    sysctl -q -w "net.ipv4.ping_group_range=5 6"
    useradd --create-home --uid 4321 newcomer
    systemctl mask --quiet getty.target
    mkdir -p /var/lib/systemd/linger; touch /var/lib/systemd/linger/newcomer
    systemd-run --quiet --unit=visitor sleep 1000
    apt-mark -qq auto kmod
    cp /bin/true /usr/local/bin/capable`);
  await execOrThrow("setcap", ["cap_net_raw=ep", `${host.root}/usr/local/bin/capable`]);

  const lines = diffSnapshots(before, await snapshotHost(host));
  const wanted = [
    /^file added: \/etc\/added root:root 640 [0-9a-f]{12}$/,
    /^file \/etc\/hosts: root:root 644 [0-9a-f]{12} -> root:root 644 [0-9a-f]{12}$/,
    /^file \/srv: directory root:root 755 -> directory root:root 700$/,
    /^file removed: \/etc\/issue\.net /,
    /^file added: \/srv\/a link\n {4}of two lines link root:root -> \/etc\/hosts$/,
    /^sysctl net\.ipv4\.ping_group_range: \d+ \d+ -> 5 6$/,
    /^passwd line added: newcomer x:4321:/,
    /^group line added: newcomer x:4321:/,
    /^subuid line added: newcomer:\d+:65536$/,
    /^unit file getty\.target: static -> masked$/,
    /^linger added: newcomer$/,
    /^unit added: visitor\.service active$/,
    /^daemon added: root:sleep$/,
    /^manual package removed: kmod$/,
    /^file capability added: \/usr\/local\/bin\/capable cap_net_raw=ep$/,
  ];
  for (const line of wanted) expect(lines).toContainEqual(expect.stringMatching(line));
});

test("a package that is installed and purged leaves nothing to see", async () => {
  const host = await createHost({ suite: "trixie" });
  await host.run("apt-get -q update");
  const before = await snapshotHost(host);
  await host.run("apt-get -q install --yes acl");
  expect(diffSnapshots(before, await snapshotHost(host))).toContainEqual(
    expect.stringMatching(/^package added: acl /),
  );
  await host.run("apt-get -q purge --yes acl");
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

test("a reboot alone changes nothing", async () => {
  const host = await createHost({ suite: "bookworm" });
  const before = await snapshotHost(host);
  await host.reboot();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

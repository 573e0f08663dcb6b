import { execOrThrow } from "../../stand-ins/hosts/exec";
import { createHost, destroyAllHosts, diffSnapshots, snapshotHost } from "../../stand-ins/hosts";

afterAll(destroyAllHosts);

test("a snapshot sees every kind of change, and nothing else", async () => {
  const host = await createHost({ suite: "trixie" });
  // An account whose service manager runs without a login.
  await host.run(
    `apt-get -q update
    apt-get -q install --yes --no-install-recommends dbus-user-session
    useradd --create-home resident
    install -D -o resident -m 644 /dev/stdin ~resident/.config/systemd/user/stays.service
    chown -R resident: ~resident/.config
    loginctl enable-linger resident
    until [ -S /run/user/$(id -u resident)/bus ]; do sleep 0.1; done`,
    {
      input: "[Service]\nExecStart=/bin/sleep 1000\n",
    },
  );
  const before = await snapshotHost(host);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);

  await host.run(`echo hello >/etc/added; chmod 0640 /etc/added
    echo changed >>/etc/hosts
    chmod 0700 /srv
    rm /etc/issue.net
    ln -s /etc/hosts "/srv/a link
    of two lines"
    ln /etc/issue /srv/second-name
    touch /tmp/rest; mkdir /run/rest
    sysctl -q -w "net.ipv4.ping_group_range=5 6"
    sysctl -q -w net.core.somaxconn=1234
    useradd --create-home --uid 4321 newcomer
    systemctl mask --quiet getty.target
    mkdir -p /var/lib/systemd/linger; touch /var/lib/systemd/linger/newcomer
    systemd-run --quiet --unit=visitor sleep 1000
    systemd-run --quiet --unit=visitors sleep 1000
    runuser -u resident -- env XDG_RUNTIME_DIR=/run/user/$(id -u resident) systemctl --user start stays
    runuser -u resident -- env XDG_RUNTIME_DIR=/run/user/$(id -u resident) systemctl --user mask -q exit.target
    apt-mark -qq auto kmod
    apt-mark -qq hold procps
    cp /bin/true /usr/local/bin/capable`);
  await execOrThrow("setcap", ["cap_net_raw=ep", `${host.root}/usr/local/bin/capable`]);
  await execOrThrow("setfattr", ["-n", "user.note", "-v", "x", `${host.root}/etc/hostname`]);

  const lines = diffSnapshots(before, await snapshotHost(host));
  const wanted = [
    /^file added: \/etc\/added root:root 640 [0-9a-f]{12}$/,
    /^file \/etc\/hosts: root:root 644 [0-9a-f]{12} -> root:root 644 [0-9a-f]{12}$/,
    /^file \/srv: directory root:root 755 -> directory root:root 700$/,
    /^file removed: \/etc\/issue\.net /,
    /^file added: \/srv\/a link\n {4}of two lines link root:root -> \/etc\/hosts$/,
    /^file \/etc\/issue: root:root 644 ([0-9a-f]{12}) -> root:root 644 2 links \1$/,
    /^file added: \/srv\/second-name root:root 644 2 links [0-9a-f]{12}$/,
    /^file \/etc\/hostname: root:root 644 ([0-9a-f]{12}) -> root:root 644 \1 user\.note=0x78$/,
    /^file added: \/tmp\/rest root:root 644 786a02f74201$/,
    /^file added: \/run\/rest type d root:root 755$/,
    /^sysctl net\.ipv4\.ping_group_range: \d+ \d+ -> 5 6$/,
    /^sysctl net\.core\.somaxconn: 4096 -> 1234$/,
    /^passwd line added: newcomer x:4321:/,
    /^group line added: newcomer x:4321:/,
    /^subuid line added: newcomer:\d+:65536$/,
    /^unit file getty\.target: static -> masked$/,
    /^linger added: newcomer$/,
    /^unit added: visitor\.service active$/,
    /^user unit added: resident:stays\.service active$/,
    /^user unit file resident:exit\.target: \S+ -> masked$/,
    /^daemon added: root:sleep 2 processes$/,
    /^daemon added: resident:sleep$/,
    /^package procps: (\S+) -> \1 \(status hi\)$/,
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

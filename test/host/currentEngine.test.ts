import { currentEngine } from "../../testbed/engine";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import type { StepArgs } from "../../testkit/documents";
import { engineHost } from "../../testkit/engineHost";
import { deviceSpec, deviceUsed, useDevice } from "../../testkit/cdiDevice";
import { gatewayAnswers } from "../../testkit/containerRows";
import { asAccount, importImage } from "../../testkit/host";
import { Installation } from "../../testkit/installation";
import { neighbour, neighbour6, noNeighbour, reached6, traffic6 } from "../../testkit/neighbour";
import { makeTlsAuthority } from "../../testkit/tlsAuthority";

// What Docker's current engine does otherwise than the distribution's, in the order of the tests.
const given = engineHost();
const app = () => new Installation(given.host, "a1");
const wishes = (args: StepArgs = {}) => given.withArchives(currentEngine, {}, args);
const inAccount = (command: string) => asAccount(given.host, "app", command);

/** What a container says of the machine's SSH server, and the first line of its answer on a published port. */
const outAndIn = () =>
  inAccount(`docker run -d --name web -p 8080:80 busybox httpd -f -h / >/dev/null
    docker exec web nc -w 5 ${given.host.address} 22 </dev/null | cut -c 1-3
    for i in $(seq 50); do
      bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3 && timeout 5 head -n 1 <&3' 2>/dev/null && break
      sleep 0.2
    done
    docker rm -f web >/dev/null`);
const reached = expect.stringMatching(/^SSH\nHTTP\/1\.1 404 /) as string;

test("it listens in the machine's network by itself, and has IPv6", async () => {
  const authority = makeTlsAuthority(given.host.address);
  const tcpSocket = { ...authority.pem, address: given.host.address };
  const daemon = {
    "metrics-addr": "127.0.0.1:9323",
    ...{ ipv6: true, "fixed-cidr-v6": "fd00:d0c::/64" },
  };
  await app().applyAll(wishes({ tcpSocket, daemon, network: { ipv6: true } }));
  await importImage(given.host, "app");
  const dockerHost = `tcp://${given.host.address}:2376`;
  expect(await authority.version(dockerHost, authority.caller)).toBe(currentEngine);
  expect(await authority.version(dockerHost)).toMatch(/certificate required/);
  authority.remove();
  await given.host.run(`${neighbour}\n${neighbour6}`);
  expect(await traffic6(given.host)).toEqual({
    ...reached6,
    outbound: "neighbour saw fd00:bed::1",
  });
  await given.host.run(`pkill -F /root/n6.pid; rm /root/n6.*; ${noNeighbour}`);
  expect(
    await given.host.run("ss -Hltn sport = :2376 or sport = :9323 | awk '{ print $4 }' | sort"),
  ).toBe(`${given.host.address}:2376\n127.0.0.1:9323\n`);
  await app().apply("secrets", wishes());
  await app().apply("daemon", wishes());
}, 600_000);

test("CDI is on by itself; of /etc and /run a start of the daemon sees which directories there are", async () => {
  for (const dir of ["/etc/cdi", "/run/cdi", "/home/app/.config/cdi"]) {
    await given.host.run(`mkdir ${dir}; cat >${dir}/example.json`, { input: deviceSpec });
    if (!dir.startsWith("/home")) await inAccount("systemctl --user restart docker");
    expect([dir, await inAccount(useDevice)]).toEqual([dir, deviceUsed]);
    await given.host.run(`rm -r ${dir}`);
  }
}, 600_000);

// With `--net=host`, a container is in the daemon's own network: the machine's, or RootlessKit's.
test.each<[object, string, boolean]>([
  [{ driver: "GvisorTapVsock" }, "gvisor-tap-vsock", true],
  [{ driver: "GvisorTapVsock", detached: false }, "gvisor-tap-vsock", false],
  [{ detached: true }, "slirp4netns", true],
  [{ detached: false }, "slirp4netns", false],
])(
  "%j",
  async (network, driver, detached) => {
    const { facts } = await app().apply("daemon", wishes({ network }));
    expect(facts).toMatchObject({ "network.driver": driver, "network.portDriver": "builtin" });
    expect(
      await inAccount(
        "docker run --rm --net=host busybox ip link | grep -q ': tap0' && echo own || echo machine",
      ),
    ).toBe(detached ? "machine\n" : "own\n");
    expect(await outAndIn()).toEqual(reached);
  },
  600_000,
);

test("GvisorTapVsock with hostLoopback: host-gateway is the machine", async () => {
  await given.host.run(`systemd-run -q --collect --unit listener perl -MIO::Socket::INET -e '
    $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:7001", Listen => 5, ReuseAddr => 1);
    while ($c = $s->accept) { print $c "from the loopback\\n"; close $c }'`);
  const network = { driver: "GvisorTapVsock", hostLoopback: true };
  const { facts } = await app().apply("daemon", wishes({ network }));
  expect(await gatewayAnswers(given.host)).toBe("from the loopback");
  expect(facts["limitations.hostGateway.status"]).toBe("available");
  await given.host.run("systemctl stop listener");
}, 600_000);

test("a firewall by nftables is a key of daemon.json", async () => {
  await given.host.run("apt-get -qqy install nftables >/dev/null 2>&1");
  await app().apply("daemon", wishes({ daemon: { "firewall-backend": "nftables" } }));
  expect(await inAccount("docker info -f '{{.FirewallBackend.Driver}}'")).toBe("nftables\n");
  expect(await outAndIn()).toEqual(reached);
  await app().apply("daemon", wishes());
  await given.host.run(
    "apt-get -qqy purge nftables >/dev/null 2>&1; apt-get -qqy autoremove >/dev/null 2>&1",
  );
}, 600_000);

test("destroy takes it back", async () => {
  await app().revertAll(wishes());
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
}, 600_000);

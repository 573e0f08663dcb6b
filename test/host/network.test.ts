import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { asAccount, bootHost, daemonStart, importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";
import { neighbour, neighbour6, noNeighbour, reached6, traffic6 } from "../support/neighbour";
import { makeTlsAuthority, type TlsAuthority } from "../support/tlsAuthority";

afterAll(destroyAllHosts);

const plain: StepArgs = { account: { name: "app" }, onDestroy: { data: "delete" } };

/** Something that listens on the host's 127.0.0.1:7001, and the image of a container. */
async function prepare(host: TestHost): Promise<void> {
  await host.run(`systemd-run -q --collect --unit listener perl -MIO::Socket::INET -e '
    $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:7001", Listen => 5, ReuseAddr => 1);
    while ($c = $s->accept) { print $c "from the loopback\\n"; close $c }'`);
  await importImage(host, "app");
}

/** A container that answers with the client's address. */
const web = `docker run -d --name web -p 8080:80 busybox sleep 3600 >/dev/null
  docker exec -i web sh <<'END'
    mkdir -p /www/cgi-bin && cd /www/cgi-bin
    printf '#!/bin/sh\\necho\\necho "client $REMOTE_ADDR"\\n' >client && chmod +x client
    httpd -h /www
END`;

/** Bash: the answer of the container that is published on port 8080. */
const ask = (address: string) =>
  `exec 3<>/dev/tcp/${address}/8080 && printf 'GET /cgi-bin/client HTTP/1.0\\r\\n\\r\\n' >&3 && timeout 5 grep -a ^client <&3`;

/** What goes through, of all that a user may count on. */
async function traffic(host: TestHost) {
  await asAccount(host, "app", web);
  const inContainer = (command: string) =>
    asAccount(host, "app", `docker exec web sh -c '${command}' 2>&1 || true`);
  const inNamespace = "nsenter -U --preserve-credentials -n -t $(cat $XDG_RUNTIME_DIR/docker.pid)";
  const client = (answer: string) => answer.trim().replace(/\[::ffff:(.*)\]/, "$1");
  // pasta looks once a second for new ports.
  const patiently = `for i in $(seq 120); do (${ask("127.0.0.1")}) 2>/dev/null && exit; sleep 1; done`;
  const went = {
    namespaceMtu: (await asAccount(host, "app", `${inNamespace} ip -o link show tap0`)).match(
      /mtu \d+/,
    )?.[0],
    published: (await host.run("bash", { input: patiently })).replace(/ .*\n/, " answered"),
    fromOutside: client(
      await host.run("ip netns exec outside bash", { input: ask("198.51.100.1") }),
    ),
    hostAddress: (await inContainer("nc -w 2 198.51.100.1 22 </dev/null")).split("-2.0")[0],
    ping: /1 packets received/.test(await inContainer("ping -c 1 -W 5 198.51.100.2")),
    loopback: (await inContainer("nc -w 2 10.0.2.2 7001 </dev/null")).includes("from the loopback"),
  };
  // The daemon would wait for it when it stops.
  await asAccount(host, "app", "docker rm -f web >/dev/null");
  return went;
}

/** The MTU of a container's interface: on the default bridge, and on a network that is made now. */
async function mtus(host: TestHost): Promise<number[]> {
  const said = await asAccount(
    host,
    "app",
    `docker run --rm busybox cat /sys/class/net/eth0/mtu
    docker network create own >/dev/null
    docker run --rm --network own busybox cat /sys/class/net/eth0/mtu
    docker network rm own >/dev/null`,
  );
  return said.trim().split("\n").map(Number);
}

const metricsOf = (address: string) =>
  `bash -c 'exec 3<>/dev/tcp/${address}/9323 && printf "GET /metrics HTTP/1.0\\r\\n\\r\\n" >&3 && timeout 5 head -n 1 <&3'`;

const metrics = { daemon: { "metrics-addr": "127.0.0.1:9323" } };

/** The output `network`, of bridges. */
const mtuFacts = (bridge: number, userDefined: number) => ({
  "network.bridgeMtu": `${bridge}`,
  "network.userDefinedBridgeMtu": `${userDefined}`,
});

const works = { published: "client answered", hostAddress: "SSH", ping: true };

const apply6 = async (app: Installation, wishes: StepArgs) => {
  await app.apply("machine", wishes);
  await app.apply("daemon", wishes);
};

describe("Debian 13", () => {
  let host: TestHost;
  let app: Installation;
  let fresh: Awaited<ReturnType<typeof snapshotHost>>;
  const withNetwork = (network: object): StepArgs => ({ ...plain, network });

  beforeAll(async () => {
    host = await bootHost({ engine: true });
    fresh = await snapshotHost(host);
    app = new Installation(host, "a1");
    await app.applyAll(plain);
    await host.run(neighbour);
    await prepare(host);
  });

  test.each([
    [{}, "slirp4netns", "builtin", 65520, "client 172.17.0.1"],
    [{ mtu: 1400, hostLoopback: true }, "slirp4netns", "builtin", 1400, "client 172.17.0.1"],
    [{ driver: "slirp4netns" }, "slirp4netns", "builtin", 65520, "client 172.17.0.1"],
    [{ portDriver: "slirp4netns" }, "slirp4netns", "slirp4netns", 65520, "client 198.51.100.2"],
    [{ driver: "pasta" }, "pasta", "implicit", 65520, "client 198.51.100.2"],
    [
      { driver: "pasta", portDriver: "implicit", mtu: 9000, hostLoopback: true },
      "pasta",
      "implicit",
      9000,
      "client 198.51.100.2",
    ],
  ])("%j", async (network, driver, portDriver, mtu, fromOutside) => {
    const { facts } = await app.apply("daemon", withNetwork(network));
    expect(facts).toMatchObject({
      "network.driver": driver,
      "network.portDriver": portDriver,
      "network.mtu": `${mtu}`,
      ...mtuFacts(mtu, mtu),
    });
    expect(await mtus(host)).toEqual([mtu, mtu]);
    expect(await traffic(host)).toEqual({
      ...works,
      namespaceMtu: `mtu ${mtu}`,
      fromOutside,
      loopback: "hostLoopback" in network,
    });
  });

  const options = { bridge: { "com.docker.network.driver.mtu": "1450" } };
  test.each<[object, number[]]>([
    [{ mtu: 9000 }, [9000, 9000]],
    [{ mtu: 1500, "default-network-opts": options }, [1500, 1450]],
    [{ "default-network-opts": options }, [65520, 1450]],
    [{ "default-network-opts": { bridge: {} } }, [65520, 1500]],
  ])("what the user says of bridges: %j", async (daemon, [bridge, userDefined]) => {
    const { facts } = await app.apply("daemon", { ...plain, daemon });
    expect(facts).toMatchObject(mtuFacts(bridge, userDefined));
    expect(await mtus(host)).toEqual([bridge, userDefined]);
  });

  // Who binds the port needs the right to: RootlessKit with its own port driver, else slirp4netns or pasta.
  test.each([
    [{}, "file-capability"],
    [{ portDriver: "slirp4netns" }, "sysctl"],
    [{ driver: "pasta" }, "sysctl"],
  ])("a port below 1024: %j, %s", async (network, privilegedPorts) => {
    const wishes = { ...withNetwork(network), privilegedPorts };
    await app.apply("machine", wishes);
    await app.apply("daemon", wishes);
    await asAccount(
      host,
      "app",
      `docker run -d --name low -p 80:80 busybox httpd -f -h / 2>&1 || true
      for i in $(seq 10); do bash -c 'exec 3<>/dev/tcp/127.0.0.1/80 && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3 && timeout 5 grep -aq HTTP <&3' 2>/dev/null && echo yes >~/answered && break; sleep 1; done
      docker rm -f low >/dev/null`,
    );
    expect(await host.run("cat /home/app/answered; rm /home/app/answered")).toBe("yes\n");
    await app.apply("machine", plain);
  });

  test("the API over TCP: with a certificate of the authority, or not at all; renewed, and gone", async () => {
    const [own, other] = [makeTlsAuthority(host.address), makeTlsAuthority(host.address)];
    const over = (port: number) => `tcp://${host.address}:${port}`;
    const listening = (authority: TlsAuthority, tcpSocket = {}, more = {}): StepArgs => ({
      ...plain,
      ...metrics,
      ...more,
      tcpSocket: { ...authority.pem, ...tcpSocket },
    });
    const apply = async (wishes: StepArgs) => {
      const { changed } = await app.apply("secrets", wishes);
      return [changed, (await app.apply("daemon", wishes)).changed];
    };
    await apply(listening(own));
    expect(await own.version(over(2376), own.caller)).toMatch(/^26\./);
    expect(await own.version(over(2376))).toMatch(/certificate required/);
    expect(await own.version(over(2376), other.caller)).toMatch(/certificate required/);
    expect(await other.version(over(2376), own.caller)).toMatch(/certificate signed by unknown/);
    const plainly = `exec 3<>/dev/tcp/127.0.0.1/2376 && printf 'GET /version HTTP/1.0\\r\\n\\r\\n' >&3 && timeout 5 cat <&3`;
    expect(await host.run("bash", { input: plainly })).toContain("HTTP request to an HTTPS server");
    expect(await host.run(metricsOf("127.0.0.1"))).toContain("HTTP/1.0 200 OK");
    expect((await host.ssh(metricsOf(host.address))).exitCode).not.toBe(0);
    const key = "/home/app/.config/docker/tls/key.pem";
    expect(await host.run(`stat -c '%a %U' ${key}`)).toBe("600 app\n");
    const secretLine = own.pem.privateKey.split("\n")[1];
    expect(
      await host.run(
        `ps -eo args; journalctl --no-pager; cat /var/lib/rootless-docker/installations/a1/daemon`,
      ),
    ).not.toContain(secretLine);
    expect(await apply(listening(own))).toEqual([[], []]);

    // Renewed together, by the step secrets alone.
    const [renewed, unchanged] = await apply(listening(other));
    expect([renewed, unchanged]).toEqual([expect.arrayContaining(["daemon of app restarted"]), []]);
    expect(await other.version(over(2376), other.caller)).toMatch(/^26\./);
    expect(await other.version(over(2376), own.caller)).toMatch(/certificate required/);

    // One address, another port; and the port driver that connects elsewhere.
    const portDriver = { network: { portDriver: "slirp4netns" } };
    await apply(listening(other, { address: host.address, port: 2377 }, portDriver));
    expect(await other.version(over(2377), other.caller)).toMatch(/^26\./);
    expect((await host.ssh("bash", { input: plainly.replace("2376", "2377") })).exitCode).not.toBe(
      0,
    );
    await apply(listening(other, {}, { network: { driver: "pasta" } }));
    await host.run(
      "for i in $(seq 30); do ! ss -Hltn sport = :2376 | grep -q . || exit 0; sleep 0.5; done; exit 1",
    );
    expect(await other.version(over(2376), other.caller)).toMatch(/^26\./);
    await apply(plain);
    expect(await host.run(`ls -d ${key.replace("/key.pem", "")} 2>&1 || true`)).toMatch(/No such/);
    expect(await other.version(over(2376), other.caller)).toMatch(/Cannot connect/);
    own.remove();
    other.remove();
  }, 240_000);

  test("IPv6: containers reach a neighbour of the machine, and are reached; not where the kernel has none", async () => {
    const daemon = { ipv6: true, "fixed-cidr-v6": "fd00:d0c::/64" };
    await host.run(neighbour6);
    await apply6(app, { ...plain, daemon });
    expect(await traffic6(host)).toEqual({ ...reached6, outbound: "unreachable" });
    const wishes = { ...plain, daemon, network: { ipv6: true } };
    await apply6(app, wishes);
    expect(await traffic6(host)).toEqual({ ...reached6, outbound: "neighbour saw fd00:bed::1" });
    expect((await app.apply("daemon", wishes)).changed).toEqual([]);
    // After a start without this package, too.
    await asAccount(host, "app", "systemctl --user restart docker");
    expect((await traffic6(host)).outbound).toBe("neighbour saw fd00:bed::1");

    const withPasta = async (network: object) => {
      await apply6(app, { ...plain, daemon, network: { driver: "pasta", ...network } });
      return traffic6(host);
    };
    expect([await withPasta({}), await withPasta({ ipv6: true })]).toEqual([
      { between: true, published: "", outbound: "unreachable" },
      { ...reached6, outbound: "neighbour saw fd00:bed::1" },
    ]);
    await apply6(app, wishes);

    const off = "/proc/sys/net/ipv6/conf/all/disable_ipv6";
    const started = await daemonStart(host, "app");
    for (const [turnOff, found, turnOn] of [
      [`echo 1 >${off}`, "net.ipv6.conf.all.disable_ipv6 = 1", `echo 0 >${off}`],
      [
        "mount -t tmpfs none /proc/sys/net/ipv6",
        "its kernel does not support it",
        "umount /proc/sys/net/ipv6",
      ],
    ]) {
      await host.run(turnOff);
      const { exitCode, said } = await app.tryApply("machine", wishes);
      await host.run(turnOn);
      expect([exitCode, said]).toEqual([
        1,
        [expect.stringContaining(`preflight: network.ipv6: this machine has no IPv6 (${found})`)],
      ]);
    }
    expect(await daemonStart(host, "app")).toBe(started);
    await host.run("pkill -F /root/n6.pid; rm /root/n6.*");
    await apply6(app, plain);
  }, 300_000);

  const detach = "DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS";
  test.each<[StepArgs, string]>([
    [{ network: { driver: "gvisor-tap-vsock" } }, "network.driver"],
    [{ environment: { [detach]: "true" } }, `environment.${detach}`],
  ])("%j is newer than this engine: an error", async (more, option) => {
    const { exitCode, said } = await app.tryApply("daemon", { ...plain, ...more });
    expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining(option)]);
    await app.apply("daemon", plain);
  });

  test("the same again restarts nothing", async () => {
    await app.apply("daemon", withNetwork({ driver: "pasta" }));
    const started = await daemonStart(host, "app");
    expect((await app.apply("daemon", withNetwork({ driver: "pasta" }))).changed).toEqual([]);
    expect(await daemonStart(host, "app")).toBe(started);
  });

  test("reverted, the host is as before", async () => {
    await app.apply("daemon", withNetwork({ driver: "pasta", hostLoopback: true, mtu: 1500 }));
    await app.revertAll(plain);
    await host.run(`systemctl stop listener; ${noNeighbour}`);
    expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
  });
});

describe("Debian 12", () => {
  let host: TestHost;
  let app: Installation;

  beforeAll(async () => {
    host = await bootHost({ suite: "bookworm" });
    app = new Installation(host, "a1");
    await app.applyAll(plain);
    await host.run(neighbour);
    await prepare(host);
  });

  test("hostLoopback, which its start script does not know, and the user's own flags", async () => {
    const flags = { DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS: "--debug --cidr=10.0.2.0/24" };
    const wishes = { ...plain, environment: flags, network: { hostLoopback: true } };
    await app.apply("daemon", wishes);
    expect(await traffic(host)).toMatchObject({ ...works, loopback: true });
    expect(await host.run("ps -o args= -C rootlesskit")).toContain(
      " --debug --cidr=10.0.2.0/24 --disable-host-loopback=false ",
    );
    expect((await app.apply("daemon", wishes)).changed).toEqual([]);

    await app.apply("daemon", { ...plain, environment: flags });
    expect(await traffic(host)).toMatchObject({ ...works, loopback: false });
    expect(await host.run("ps -o args= -C rootlesskit")).toContain(" --cidr=10.0.2.0/24 ");
  });

  test("Pasta is newer than its RootlessKit: an error that names the versions", async () => {
    const started = await daemonStart(host, "app");
    const { exitCode, said } = await app.tryApply("daemon", {
      ...plain,
      network: { driver: "pasta" },
    });
    expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining("network.driver")]);
    expect(await daemonStart(host, "app")).toBe(started);
  });
});

import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { currentEngine, engineTar } from "../../stand-ins/engine";
import { destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { EngineSource, NetworkDriver } from "../../index";
import { blockOfDocs } from "../support/docsLine";
import type { StepArgs } from "../support/documents";
import { asAccount, bootHost, importImage } from "../support/host";
import { Installation } from "../support/installation";
import { neighbour } from "../support/neighbour";

afterAll(destroyAllHosts);

const shown = (holds: string) => blockOfDocs(holds, "docs/how-to/firewall.md");

/** Answers on ports 80, 443 and 444 in the neighbour's namespace, which has the address of clouds' metadata too. */
const metadata = `${neighbour}
  ip netns exec outside ip addr add 169.254.169.254/32 dev outside
  ip route add 169.254.169.254 dev inside
  for port in 80 443 444; do
    systemd-run -q --collect --unit answer-$port ip netns exec outside perl -MIO::Socket::INET -e '
      $s = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => '$port', Listen => 5, ReuseAddr => 1) or die;
      while ($c = $s->accept) { print $c "reached\\n"; close $c }'
    until ip netns exec outside ss -Hltn sport = :$port | grep -q .; do sleep 0.1; done
  done`;

/** A rule set of an administrator's own, as on many machines: only SSH comes in. */
const onlySsh = `nft -f - <<'END'
  table inet filter {
    chain input {
      type filter hook input priority filter; policy drop;
      ct state established,related accept
      iifname lo accept
      tcp dport 22 accept
    }
  }
END`;

describe.each([
  ["26.1, Debian's", false],
  [currentEngine, true],
])("engine %s", (_, isCurrent) => {
  let host: TestHost;
  let app: Installation;
  const wishes: StepArgs = {
    account: { name: "app" },
    ...(isCurrent && { engine: { source: EngineSource.Preinstalled } }),
  };

  beforeAll(async () => {
    host = await bootHost({
      engine: !isCurrent,
      packages: [
        ...["ufw", "firewalld", "nftables", "passt"],
        ...(isCurrent ? ["uidmap", "slirp4netns", "dbus-user-session"] : []),
      ],
    });
    await host.run("systemctl -q disable --now firewalld");
    if (isCurrent)
      await host.run("tar -x -C /usr/local/bin --strip-components=1", { input: await engineTar() });
    app = new Installation(host, "a1");
    await app.up(wishes);
    await importImage(host, "app");
    await host.run(`useradd -m other; ${metadata}`);
    await web();
  });

  const web = () =>
    asAccount(host, "app", "docker run -d --name web -p 8080:80 busybox httpd -f -h / >/dev/null");

  // Also after a test that failed.
  afterEach(() =>
    host.run(`systemctl -q disable --now egress@app 2>/dev/null || true
      ufw --force disable >/dev/null; systemctl stop firewalld; nft flush ruleset`),
  );

  /** What this machine gets from a port of the host: an HTTP status line, "refused", or "nothing" within two seconds. */
  const fromOutside = (port = 8080) =>
    new Promise<string>((done) => {
      const socket = connect({ host: host.address, port, timeout: 2000 });
      const end = (said: string) => {
        socket.destroy();
        done(said);
      };
      socket.on("connect", () => socket.write("GET / HTTP/1.0\r\n\r\n"));
      socket.on("data", (data) => end(data.toString().split(" ")[0]));
      socket.on("timeout", () => end("nothing"));
      socket.on("error", () => end("refused"));
    });
  const opened = "HTTP/1.1";
  /** The same, once a port that was published or opened just now answers. */
  const soon = async () => {
    for (let i = 0; i < 20 && (await fromOutside()) !== opened; i++) await sleep(500);
    return fromOutside();
  };

  const where = {
    metadata: "169.254.169.254 80",
    allowed: "198.51.100.2 443",
    no: "198.51.100.2 444",
  };
  // slirp4netns leaves a connection that was refused without an answer.
  const said = (answer: string) =>
    /reached/.test(answer) ? "reached" : /refused|timed out/.test(answer) ? "blocked" : answer;
  /** Whether a container gets an answer. */
  const container = async (options = "", to = where.metadata) =>
    said(
      await asAccount(
        host,
        "app",
        `docker run --rm ${options} busybox nc -w 5 ${to} </dev/null 2>&1 || true`,
      ),
    );
  /** Whether an account gets an answer, without a container. */
  const account = async (name: string) =>
    said(
      await host.run(
        `setpriv --reuid ${name} --regid ${name} --init-groups bash -c 'timeout 5 cat </dev/tcp/169.254.169.254/80' 2>&1 || true`,
      ),
    );

  const egress = (rules: string) =>
    host.run(
      [shown("ids=$("), rules.replace("203.0.113.0/24", "198.51.100.0/24"), shown("[Unit]")].join(
        "",
      ),
    );
  const blockMetadata = shown("tcp dport 80 counter reject");
  const undo = () => host.run(`account=app\n${shown("disable --now")}`);

  test("nft: a rule for INPUT holds for a published port; the documented one opens it", async () => {
    expect(await soon()).toBe(opened);
    await host.run(
      "echo 'table inet closed { chain input { type filter hook input priority filter; tcp dport 8080 drop; }; }' | nft -f -",
    );
    expect(await fromOutside()).toBe("nothing");
    await host.run("nft delete table inet closed");
    expect(await fromOutside()).toBe(opened);

    await host.run(onlySsh);
    expect(await fromOutside()).toBe("nothing");
    await host.run(shown("nft add rule"));
    expect(await fromOutside()).toBe(opened);
  });

  test("ufw denies a published port until it is allowed; egress rules apply beside it", async () => {
    expect(await soon()).toBe(opened);
    await host.run("ufw allow 22/tcp && ufw --force enable");
    expect(await fromOutside()).toBe("nothing");
    // A container that starts then opens nothing.
    await asAccount(host, "app", "docker rm -f web >/dev/null");
    await web();
    await sleep(3000);
    expect(await fromOutside()).toBe("nothing");
    await host.run(shown("ufw allow"));
    expect(await soon()).toBe(opened);
    expect(await container()).toBe("reached");
    await egress(blockMetadata);
    expect(await container()).toBe("blocked");
    await host.run("ufw reload");
    expect([await container(), await fromOutside()]).toEqual(["blocked", opened]);
  });

  test("firewalld denies a published port until it is opened; egress rules apply beside it", async () => {
    expect(await soon()).toBe(opened);
    await host.run("systemctl start firewalld && firewall-cmd --state");
    expect(await fromOutside()).toBe("refused");
    expect((await app.apply("daemon", wishes)).facts).toMatchObject({
      "machine.firewalld": "true",
    });
    await asAccount(host, "app", "docker rm -f web >/dev/null");
    await web();
    await sleep(3000);
    expect(await fromOutside()).toBe("refused");
    await host.run(shown("firewall-cmd"));
    expect(await soon()).toBe(opened);
    expect(await container()).toBe("reached");
    await egress(blockMetadata);
    await host.run("firewall-cmd --reload");
    expect([await container(), await fromOutside()]).toEqual(["blocked", opened]);
  });

  test("rules for one account: the cloud's metadata is blocked for its containers, and for nobody else", async () => {
    const all = async () => ({
      root: await container(),
      user: await container("--user 33"),
      other: await account("other"),
      machine: await account("root"),
    });
    const others = { other: "reached", machine: "reached" };
    expect(await all()).toEqual({ root: "reached", user: "reached", ...others });
    await egress(blockMetadata);
    expect(await all()).toEqual({ root: "blocked", user: "blocked", ...others });
    expect(await account("app")).toBe("blocked");
    expect(await container("", where.allowed)).toBe("reached");
    await undo();
    expect(await all()).toEqual({ root: "reached", user: "reached", ...others });
  });

  test("rules for one account: some addresses only, and clients of published ports get answers", async () => {
    await egress(shown("jump account"));
    expect(await container("", where.allowed)).toBe("reached");
    expect(await container("", where.no)).toBe("blocked");
    expect(await container()).toBe("blocked");
    expect([await soon(), await account("other")]).toEqual([opened, "reached"]);
    await undo();
    expect(await container("", where.no)).toBe("reached");
  });

  if (isCurrent)
    test("with --net=host a container's user has a subordinate id, which the rule needs too", async () => {
      const netHost = async () => [
        await container("--net=host"),
        await container("--net=host --user 33"),
      ];
      expect(await netHost()).toEqual(["reached", "reached"]);
      await egress(blockMetadata.replaceAll("$ids", "$(id -u $account)"));
      expect(await netHost()).toEqual(["blocked", "reached"]);
      await egress(blockMetadata);
      expect(await netHost()).toEqual(["blocked", "blocked"]);
      await undo();
    });

  test("with pasta, after a reboot, and with rules that flush all others first, the rules apply", async () => {
    await app.apply("daemon", { ...wishes, network: { driver: NetworkDriver.Pasta } });
    expect(await container()).toBe("reached");
    await egress(blockMetadata);
    expect(await container()).toBe("blocked");
    // Debian's /etc/nftables.conf begins with "flush ruleset".
    await host.run("grep -qx 'flush ruleset' /etc/nftables.conf; systemctl -q enable nftables");
    await host.reboot();
    await host.run(metadata);
    for (const again of ["start", "reload", "restart"]) {
      await host.run(`systemctl ${again} nftables; nft list table inet filter >/dev/null`);
      expect([await container(), await account("other")]).toEqual(["blocked", "reached"]);
    }
    await host.run("systemctl -q disable --now nftables");
    await undo();
    expect(await container()).toBe("reached");
  });
});

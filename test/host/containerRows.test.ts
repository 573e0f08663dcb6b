import { engineTar } from "../../stand-ins/engine";
import { destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import {
  clientSeen,
  udpClientSeen,
  containerRows,
  gatewayAnswers,
  listeners,
} from "../support/containerRows";
import { rowsOf } from "../support/limitations";
import { neighbour, noNeighbour } from "../support/neighbour";
import type { StepArgs } from "../support/documents";
import { bootHost, daemonStart, importImage } from "../support/host";
import { Installation } from "../support/installation";

// What the rows say of containers, against what happens when somebody does it.
afterAll(destroyAllHosts);

const wishes: StepArgs = { account: { name: "app" } };

/** Makes a host with an image, and what containers reach there; what its steps report. */
async function made(app: Installation, args: StepArgs): Promise<Record<string, string>> {
  const answers = await app.applyAll(args);
  await app.host.run(`${neighbour}\n${listeners}`);
  await importImage(app.host, "app");
  return Object.assign({}, ...Object.values(answers).map(({ facts }) => facts)) as Record<
    string,
    string
  >;
}

describe("Debian 13", () => {
  let host: TestHost;
  let app: Installation;
  const facts: Record<string, string> = {};
  const apply = async (more: StepArgs) =>
    Object.assign(facts, (await app.apply("daemon", { ...wishes, ...more })).facts);
  const status = (row: string) => rowsOf(facts)[row].status;

  beforeAll(async () => {
    host = await bootHost({ engine: true });
    app = new Installation(host, "a1");
    Object.assign(facts, await made(app, wishes));
  });

  containerRows({ host: () => host, facts: () => facts });

  test("dockerSocket: a directory that an earlier -v made is named", async () => {
    Object.assign(facts, (await app.apply("daemon", wishes)).facts);
    expect(rowsOf(facts).dockerSocket.evidence).toContain("is directory");
  });

  test.each([
    [{ network: { hostLoopback: true } }, "available", "from 127.0.0.1"],
    [{ daemon: { "host-gateway-ip": "198.51.100.1" } }, "limited", "from 198.51.100.1"],
    [{ daemon: { "host-gateway-ip": "198.51.100.77" } }, "unavailable", ""],
    [{ daemon: { "host-gateway-ip": "10.0.2.2" } }, "unavailable", ""],
  ])("hostGateway: %j", async (more, wanted, answer) => {
    await apply(more);
    expect([status("hostGateway"), await gatewayAnswers(host)]).toEqual([
      wanted,
      answer || expect.not.stringContaining("from "),
    ]);
  });

  test("hostGateway: of hostLoopback, unless the program names one; the same again restarts nothing", async () => {
    const wanted = { network: { hostLoopback: true } };
    const gateway = () =>
      host.run("grep -o 'host-gateway-ip[^,]*' /home/app/.config/docker/daemon.json || true");
    await apply({ ...wanted, daemon: { "host-gateway-ip": "198.51.100.1" } });
    expect(await gateway()).toBe('host-gateway-ip": "198.51.100.1"\n');
    await apply({});
    expect(await gateway()).toBe("");
    await apply(wanted);
    expect(await gateway()).toBe('host-gateway-ip": "10.0.2.2"\n');
    const started = await daemonStart(host, "app");
    await apply(wanted);
    expect(await daemonStart(host, "app")).toBe(started);
  });

  test.each([
    [{ network: { portDriver: "slirp4netns" } }, "available", "198.51.100.2", "198.51.100.2"],
    [
      { network: { driver: "pasta", hostLoopback: true } },
      "available",
      "198.51.100.2",
      "198.51.100.2",
    ],
    [{ daemon: { "userland-proxy": false } }, "unavailable", "", ""],
  ])("clientAddresses: %j", async (more, wanted, client, udpClient) => {
    await apply(more);
    expect([status("clientAddresses"), await clientSeen(host), await udpClientSeen(host)]).toEqual([
      wanted,
      client,
      udpClient,
    ]);
    if ("network" in more && "hostLoopback" in more.network)
      expect([status("hostGateway"), await gatewayAnswers(host)]).toEqual([
        "available",
        "from 127.0.0.1",
      ]);
  });
});

describe.each(["bookworm", "bullseye"])("the engine of %s", (suite) => {
  let host: TestHost;
  const facts: Record<string, string> = {};

  beforeAll(async () => {
    host = await bootHost({ suite });
    Object.assign(facts, await made(new Installation(host, "a1"), wishes));
  });

  containerRows({ host: () => host, facts: () => facts });
});

describe("a current engine, whose daemon is in the machine's own network", () => {
  let host: TestHost;
  let app: Installation;
  const facts: Record<string, string> = {};
  const current: StepArgs = { ...wishes, engine: { source: "preinstalled" } };

  beforeAll(async () => {
    host = await bootHost({ packages: ["uidmap", "slirp4netns", "dbus-user-session"] });
    await host.run("tar -x -C /usr/local/bin --strip-components=1", { input: await engineTar() });
    app = new Installation(host, "a1");
    Object.assign(facts, await made(app, current));
  });

  containerRows({ host: () => host, facts: () => facts });

  test("without docker-proxy its RootlessKit passes clients' addresses on, of TCP", async () => {
    const fix = rowsOf(facts).clientAddresses.fix;
    expect(fix).toMatch(/, or daemon\.userland-proxy to false for TCP clients$/);
    const daemon = { "userland-proxy": false };
    Object.assign(facts, (await app.apply("daemon", { ...current, daemon })).facts);
    expect(rowsOf(facts).clientAddresses.status).toBe("limited");
    expect(await clientSeen(host)).toBe("198.51.100.2");
    expect(await clientSeen(host, "itself")).toBe("172.17.0.1");
    expect(await udpClientSeen(host)).toBe("172.17.0.1");
  });

  test("hostGateway", async () => {
    const network = { hostLoopback: true };
    Object.assign(facts, (await app.apply("daemon", { ...current, network })).facts);
    expect([rowsOf(facts).hostGateway.status, await gatewayAnswers(host)]).toEqual([
      "available",
      "from 127.0.0.1",
    ]);
  });

  test("reverted, nothing of it is left", async () => {
    await app.revertAll(current);
    await host.run(noNeighbour);
  });
});

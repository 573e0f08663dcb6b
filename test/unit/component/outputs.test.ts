import * as pulumi from "@pulumi/pulumi";
import { RootlessDockerHost } from "../../../index";
import { everyOption, secretValues } from "../fixtures";
import { mocks, nameOf, resourcesOf, runProgram, shown, valueOf } from "../mocks";
import { create, usual } from "./create";

describe("outputs", () => {
  test("in up: from what the steps reported", async () => {
    const { value, outputs } = await create(usual, false);
    const wanted = {
      dockerHost: "ssh://app@machine.example:22",
      contextCommand: "docker context create web --docker host=ssh://app@machine.example:22",
      knownHosts: "machine.example ssh-ed25519 AAAA",
      socket: "unix:///run/user/1234/docker.sock",
      account: { name: "app", uid: 1234, gid: 1235, home: "/srv/app" },
      subordinateIds: {
        uids: [
          { start: 165_536, count: 65_536 },
          { start: 400_000, count: 70_000 },
        ],
        gids: [{ start: 231_072, count: 65_537 }],
      },
      versions: {
        engine: "26.1.5+dfsg1",
        rootlesskit: "2.3.4",
        kernel: "6.12.48+deb13-amd64",
        os: "Debian GNU/Linux 13 (trixie)",
      },
      storageDriver: "overlay2",
      cgroup: { version: "2", driver: "systemd", controllers: ["cpu", "memory", "pids"] },
      network: {
        driver: "slirp4netns",
        portDriver: "builtin",
        mtu: 65_520,
        bridgeMtu: 65_520,
        userDefinedBridgeMtu: 1500,
      },
      limitations: [
        {
          name: "appArmor",
          status: "unavailable",
          evidence: "docker info has no apparmor",
          fix: "confine with seccomp",
        },
        { name: "cgroups", status: "available", evidence: "delegated: cpu memory pids", fix: "" },
        {
          name: "ping",
          status: "available",
          evidence: "net.ipv4.ping_group_range is 0 2147483647",
          fix: "",
        },
        {
          name: "privilegedPorts",
          status: "limited",
          evidence: "net.ipv4.ip_unprivileged_port_start is 1024",
          fix: "set privilegedPorts",
        },
      ],
    };
    expect(outputs).toEqual({ web: wanted });
    for (const [name, wantedValue] of Object.entries(wanted)) {
      const output = value[name as keyof typeof wanted] as pulumi.Output<unknown>;
      expect(await valueOf(output)).toEqual(wantedValue);
    }
  });

  test.each([
    [{}, {}],
    [{ "versions.buildx": "0.13.1+ds1" }, { buildx: "0.13.1+ds1" }],
    [
      { "versions.buildx": "0.35.0", "versions.compose": "5.3.1" },
      { buildx: "0.35.0", compose: "5.3.1" },
    ],
  ])("versions of plugins that are there, and no others: %j", async (engine, plugins) => {
    const program = () => new RootlessDockerHost("web", usual);
    const { value } = await runProgram(program, { facts: { engine } });
    const { buildx, compose } = (await valueOf(value.versions)) ?? {};
    expect(JSON.parse(JSON.stringify({ buildx, compose }))).toEqual(plugins);
  });

  test("the class holds these and nothing else that a schema would see", async () => {
    const { value, outputs } = await create(usual, false);
    const own = Object.keys(value).filter((key) => !key.startsWith("__") && key !== "urn");
    expect(own.sort()).toEqual(Object.keys(outputs.web).sort());
  });

  test("in preview: dockerHost is known, the others are not", async () => {
    const { outputs } = await create(usual, true);
    expect(shown(outputs.web)).toEqual({
      dockerHost: "ssh://app@machine.example:22",
      contextCommand: "docker context create web --docker host=ssh://app@machine.example:22",
      knownHosts: "machine.example ssh-ed25519 AAAA",
      socket: "[unknown]",
      account: "[unknown]",
      subordinateIds: "[unknown]",
      versions: "[unknown]",
      storageDriver: "[unknown]",
      cgroup: "[unknown]",
      network: "[unknown]",
      limitations: "[unknown]",
    });
  });

  test("no output is secret: they may be shown and passed on", async () => {
    const { value } = await create({ ...everyOption(), ...secretValues() }, false);
    for (const output of Object.values(value) as unknown[]) {
      if (pulumi.Output.isInstance(output)) expect(await pulumi.isSecret(output)).toBe(false);
    }
  });

  test("in up, dockerHost waits for the daemon's answer; its dependents then depend on all steps", async () => {
    const { value } = await create(usual, false);
    const names = [...(await resourcesOf(value.dockerHost))].map(nameOf);
    expect(names).toContain("web-report");
  });
});

test("the mocks themselves: what they do not know fails", () => {
  const none = mocks({});
  const foreign = { type: "some:other:Thing", name: "foreign", inputs: {} };
  expect(() => none.newResource(foreign)).toThrow(
    "no mock of resource foreign of type some:other:Thing",
  );
  expect(() => none.call?.({ token: "some:other:thing", inputs: {} })).toThrow(
    "no mock of function some:other:thing",
  );
});

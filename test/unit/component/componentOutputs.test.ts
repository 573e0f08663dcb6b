import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { RootlessDockerHost } from "../../../index";
import { certificate } from "../../support/certificate";
import { serverCertificate, serverKey } from "../../support/serverCertificate";
import { everyOption, secretValues } from "../fixtures";
import {
  inSecret,
  known,
  mocks,
  nameOf,
  resourcesOf,
  runProgram,
  shown,
  unknown,
  valueOf,
} from "../mocks";
import { create, usual } from "./create";

const tcpSocket = {
  caCertificate: certificate,
  certificate: serverCertificate,
  privateKey: serverKey,
};

/** What others need to reach the usual one, made of its inputs. */
const reach = {
  accountConnection: {
    ...{
      host: "machine.example",
      port: 22,
      user: "app",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
    },
  },
  sshOpts: [
    ...["-o", "StrictHostKeyChecking=yes"],
    ...["-o", "UserKnownHostsFile=/dev/null"],
    ...["-o", "GlobalKnownHostsFile=/dev/null"],
    ...["-o", "KnownHostsCommand=/usr/bin/env echo %H ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA="],
  ],
  clientEnvironment: {
    DOCKER_HOST: "ssh://app@machine.example:22",
    TESTCONTAINERS_HOST_OVERRIDE: "machine.example",
  },
};

describe("outputs", () => {
  test("in up: from what the steps reported", async () => {
    const { value, outputs } = await create(usual, false);
    const wanted = {
      dockerHost: "ssh://app@machine.example:22",
      tcpDockerHost: "",
      contextCommand: 'docker context create web --docker "host=ssh://app@machine.example:22"',
      knownHosts: "machine.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
      ...reach,
      socketPath: "/run/user/1234/docker.sock",
      account: {
        ...{ name: "app", uid: 1234, gid: 1235, home: "/srv/app" },
        subordinateIds: {
          uids: [
            { start: 165_536, count: 65_536 },
            { start: 400_000, count: 70_000 },
          ],
          gids: [{ start: 231_072, count: 65_537 }],
        },
      },
      versions: {
        engine: "26.1.5+dfsg1",
        rootlesskit: "2.3.4",
        kernel: "6.12.48+deb13-amd64",
        os: "Debian GNU/Linux 13 (trixie)",
      },
      storageDriver: "overlay2",
      network: {
        driver: "slirp4netns",
        portDriver: "builtin",
        mtu: 65_520,
        bridgeMtu: 65_520,
        userDefinedBridgeMtu: 1500,
      },
    };
    expect(outputs).toEqual({ web: wanted });
    const all = {
      ...wanted,
      limitations: expect.any(Array) as unknown,
      advisories: expect.any(Array) as unknown,
      controls: expect.any(Array) as unknown,
    };
    for (const [name, wantedValue] of Object.entries(all)) {
      const output = value[name as keyof typeof all] as pulumi.Output<unknown>;
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
  ])("versions of plugins that are there, and no others: %j", async (machine, plugins) => {
    const program = () => new RootlessDockerHost("web", usual);
    const { value } = await runProgram(program, { facts: { machine } });
    const { buildx, compose } = (await valueOf(value.versions)) ?? {};
    expect(JSON.parse(JSON.stringify({ buildx, compose }))).toEqual(plugins);
  });

  test("the class holds these and nothing else that a schema would see", async () => {
    const { value, outputs } = await create(usual, false);
    const own = Object.keys(value).filter((key) => !key.startsWith("__") && key !== "urn");
    expect(own.sort()).toEqual(
      [...Object.keys(outputs.web), "advisories", "controls", "limitations"].sort(),
    );
  });

  test("in preview: what inputs say is known, what the host says is not", async () => {
    const { value, outputs } = await create(usual, true);
    expect(await known(value.limitations)).toBe(false);
    expect(shown(outputs.web)).toEqual({
      dockerHost: "ssh://app@machine.example:22",
      tcpDockerHost: "",
      contextCommand: 'docker context create web --docker "host=ssh://app@machine.example:22"',
      knownHosts: "machine.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
      ...reach,
      socketPath: "[unknown]",
      account: "[unknown]",
      versions: "[unknown]",
      storageDriver: "[unknown]",
      network: "[unknown]",
    });
  });

  // As of a step that ignoreChanges keeps from an upgrade.
  test.each([
    [
      "a fact of an output",
      { daemon: { "cgroup.driver": undefined } },
      ["network", "storageDriver"],
      [],
      /^web-daemon: report: found none as the fact cgroup\.driver, expected a string\. To fix: .*ignoreChanges/,
    ],
    [
      "a fact that is measured",
      { machine: { "kernel.portStart": "many" } },
      [],
      ["privilegedPorts"],
      /^web-machine: report: found 'many' as the fact kernel\.portStart, expected a whole number\. To fix: /,
    ],
  ])(
    "%s is missing or wrong: one warning, no value of outputs made of it, and rows that are unknown",
    async (_name, facts, without, unknownRows, words) => {
      const program = () => new RootlessDockerHost("web", usual);
      const { value, outputs, warnings } = await runProgram(program, {
        facts: facts as unknown as Record<string, Record<string, string>>,
      });
      const rows = await valueOf(value.limitations);
      const unknown = rows?.filter(({ status }) => status === "unknown");
      expect(unknown?.map(({ name }) => name)).toEqual(unknownRows);
      expect(await valueOf(value.advisories)).toEqual(expect.any(Array));
      expect(await valueOf(value.controls)).toEqual(expect.any(Array));
      expect(warnings).toEqual([expect.stringMatching(words)]);
      const whole = (await create(usual, false)).outputs.web;
      const left = Object.keys(whole).filter((name) => outputs.web[name] === undefined);
      expect(left.sort()).toEqual(without);
    },
  );

  test("a report that is no JSON is one warning too", async () => {
    const program = () => new RootlessDockerHost("web", usual);
    const { outputs, warnings } = await runProgram(program, { stdout: { machine: "Welcome!" } });
    expect(warnings).toEqual([
      expect.stringMatching(/^web-machine: report: found 'Welcome!', expected the agent's JSON\. /),
    ]);
    expect(outputs.web).toMatchObject({ storageDriver: "overlay2" });
    expect(outputs.web.account).toBeUndefined();
  });

  test("no output is secret: they may be shown and passed on", async () => {
    const { value } = await create({ ...everyOption(), ...secretValues() }, false);
    for (const output of Object.values(value) as unknown[]) {
      if (pulumi.Output.isInstance(output)) expect(await pulumi.isSecret(output)).toBe(false);
    }
  });

  test("accountConnection leads to the account and over the proxy, without credentials", async () => {
    const { outputs } = await create(everyOption(), false);
    expect(outputs.web.accountConnection).toEqual({
      ...{
        host: "machine.example",
        port: 2201,
        user: "builder",
        hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABGhvc3Q=",
      },
      proxy: {
        host: "jump.example",
        port: 2202,
        user: "jumper",
        hostKey: "ssh-rsa AAAAB3NzaC1yc2EAAAAFcHJveHk=",
      },
    });
  });

  test.each<[object, object, string]>([
    [{}, {}, "tcp://machine.example:2376"],
    [{ port: 2377 }, { host: "2001:db8::1" }, "tcp://[2001:db8::1]:2377"],
    [{ address: "::" }, {}, "tcp://machine.example:2376"],
    [{ address: "192.0.2.7", privateKey: pulumi.secret(serverKey) }, {}, "tcp://192.0.2.7:2376"],
    [{ address: "2001:db8::2" }, {}, "tcp://[2001:db8::2]:2376"],
    [{ caCertificate: unknown() }, {}, "tcp://machine.example:2376"],
  ])("tcpDockerHost: %#", async (socket, more, url) => {
    const connection = { ...(usual.connection as object), ...more } as never;
    const args = { ...usual, connection, tcpSocket: { ...tcpSocket, ...socket } };
    expect((await create(args, true)).outputs.web.tcpDockerHost).toBe(url);
  });

  test("a command on accountConnection, with a key that was added, comes after all steps", async () => {
    const privateKey = pulumi.secret("its key");
    const { registrations } = await runProgram(() => {
      const value = new RootlessDockerHost("web", usual);
      const connection = value.accountConnection.apply((way) => ({ ...way, privateKey }));
      return new command.remote.Command("next", { connection });
    });
    const next = registrations.find(({ name }) => name === "next");
    expect(inSecret(next?.inputs.connection)).toMatchObject({
      ...reach.accountConnection,
      privateKey: "its key",
    });
    expect(next?.dependsOn).toContain("web-daemon");
  });

  test.each(["accountConnection", "sshOpts", "clientEnvironment", "tcpDockerHost"] as const)(
    "%s is as unknown, and as secret, as the host",
    async (output) => {
      const made = async (host: pulumi.Output<string>, preview: boolean) => {
        const connection = { host, hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=" };
        const { outputs } = await create({ ...usual, connection, tcpSocket }, preview);
        return shown(outputs.web[output]);
      };
      expect(await made(pulumi.secret("machine.example"), false)).toBe("[secret]");
      expect(await made(unknown(), true)).toBe("[unknown]");
    },
  );

  test.each(["dockerHost", "tcpDockerHost", "accountConnection", "clientEnvironment"] as const)(
    "in up, %s waits for the daemon's answer; its dependents then depend on all steps",
    async (output) => {
      const { value } = await create(usual, false);
      const names = [...(await resourcesOf(value[output] as pulumi.Output<unknown>))].map(nameOf);
      expect(names).toContain("web-daemon");
    },
  );
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

/** What `@pulumi/docker` sends to the engine. */
class DockerProvider extends pulumi.ProviderResource {
  constructor(name: string, { host, sshOpts }: Record<"host" | "sshOpts", pulumi.Output<unknown>>) {
    // A list of a provider's travels as JSON.
    super("docker", name, { host, sshOpts: sshOpts.apply((list) => JSON.stringify(list)) });
  }
}

test.each([
  ["up", false, ["web-daemon"]],
  ["preview", true, []],
])("a Docker provider in the same program: its inputs in %s", async (_mode, preview, waitsFor) => {
  let provider: DockerProvider | undefined;
  const outcome = await runProgram(
    () => {
      const web = new RootlessDockerHost("web", usual);
      provider = new DockerProvider("on-host", { host: web.dockerHost, sshOpts: web.sshOpts });
      return web;
    },
    { preview },
  );
  await valueOf((provider as DockerProvider).urn);
  const { inputs, dependsOn } = outcome.registrations.find(({ name }) => name === "on-host") ?? {};
  expect(inputs).toEqual({
    host: reach.clientEnvironment.DOCKER_HOST,
    sshOpts: JSON.stringify(reach.sshOpts),
  });
  expect(dependsOn).toEqual(expect.arrayContaining(waitsFor));
});

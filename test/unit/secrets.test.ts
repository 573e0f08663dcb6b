import * as pulumi from "@pulumi/pulumi";
import {
  EngineSource,
  RootlessDockerHost,
  type RootlessDockerHostArgs,
  StorageDriver,
} from "../../index";
import { certificate } from "../support/certificate";
import { serverCertificate, serverKey } from "../support/serverCertificate";
import { inSecret, runProgram, shown, step } from "./mocks";

const usual: RootlessDockerHostArgs = {
  connection: {
    host: "machine.example",
    privateKey: "key",
    hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
  },
  account: { name: "app" },
};

/** What a program with the component sent and said, as people may see it. */
async function seen(args: Partial<RootlessDockerHostArgs>, preview: boolean) {
  const create = () => new RootlessDockerHost("web", { ...usual, ...args });
  const outcome = await runProgram(create, { preview });
  const { registrations, outputs, warnings, errors } = outcome;
  expect(JSON.stringify(registrations)).toContain("SECRET");
  const all = { registrations, outputs, warnings, errors };
  expect(JSON.stringify(shown(all))).not.toContain("SECRET");
  return outcome;
}

const url = "http://user:SECRET@proxy.example:3128";

describe.each([
  { mode: "up", preview: false },
  { mode: "preview", preview: true },
])("in $mode", ({ preview }) => {
  test.each<[string, Partial<RootlessDockerHostArgs>]>([
    ["a value", { environment: { HTTP_PROXY: url, A: "open" } }],
    ["an Output", { environment: { HTTP_PROXY: pulumi.output(url), A: "open" } }],
    ["the whole an Output", { environment: pulumi.output({ HTTP_PROXY: url, A: "open" }) }],
    ["inside daemon", { daemon: { proxies: { "http-proxy": url } }, environment: { A: "open" } }],
    ["a user name alone", { environment: { HTTP_PROXY: "http://SECRET@proxy", A: "open" } }],
  ])("a URL with a password is a secret without a mark: %s", async (_what, args) => {
    const outcome = await seen(args, preview);
    expect(inSecret(step(outcome, "secrets").inputs.stdin)).toContain("SECRET");
    expect(step(outcome, "daemon").inputs.stdin).toContain('environment/A: "open"\n');
  });

  test.each<[string, RootlessDockerHostArgs["registryAuth"]]>([
    ["plain", [{ address: "ghcr.io", username: "me", password: "SECRET" }]],
    ["an Output", [{ address: "ghcr.io", username: "me", password: pulumi.output("SECRET") }]],
    ["of an Output", [pulumi.output({ address: "ghcr.io", username: "me", password: "SECRET" })]],
    ["of Outputs", pulumi.output([{ address: "ghcr.io", username: "me", password: "SECRET" }])],
    ["marked", pulumi.secret([{ address: "ghcr.io", username: "me", password: "SECRET" }])],
  ])("the password of a registry is a secret without a mark: %s", async (_what, registryAuth) => {
    const outcome = await seen({ registryAuth }, preview);
    expect(inSecret(step(outcome, "secrets").inputs.stdin)).toContain(
      'registryAuth/ghcr.io: "me:SECRET"\n',
    );
    expect(step(outcome, "daemon").inputs.stdin).not.toContain("secrets: ");
  });

  const socket = { caCertificate: certificate, certificate: serverCertificate };
  test.each<[string, RootlessDockerHostArgs["tcpSocket"]]>([
    ["plain", { ...socket, privateKey: serverKey }],
    ["an Output", { ...socket, privateKey: pulumi.output(serverKey) }],
    ["the whole an Output", pulumi.output({ ...socket, privateKey: serverKey })],
    ["marked", pulumi.secret({ ...socket, privateKey: serverKey })],
  ])("the key of tcpSocket is a secret without a mark: %s", async (_what, tcpSocket) => {
    const outcome = await seen({ tcpSocket }, preview);
    expect(inSecret(step(outcome, "secrets").inputs.stdin)).toContain('tls/key.pem: "SECRET');
    expect(step(outcome, "daemon").inputs.stdin).toContain(
      'secrets: "tls/ca.pem tls/cert.pem tls/key.pem"\ntcp-socket: "0.0.0.0:2376"\n',
    );
  });

  test.each([undefined, null, []])("without a login nothing is secret: %j", async (none) => {
    const registryAuth = none as undefined;
    const outcome = await runProgram(
      () => new RootlessDockerHost("web", { ...usual, registryAuth }),
      { preview },
    );
    expect(step(outcome, "secrets").inputs.stdin).toMatch(/^agent: "[0-9a-f]{8}"\n# end\n$/);
  });

  test("a secret host is not in the warning that it is not verified", async () => {
    const connection = { host: pulumi.secret("SECRET.example"), privateKey: "key" };
    const { warnings } = await seen({ connection }, preview);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^the host is not verified: set connection\.hostKey, /);
  });

  test.each<[string, object, string[]]>([
    ["no proxy", {}, []],
    ["null for none", { proxy: null }, []],
    [
      "a proxy with a key",
      { proxy: { host: "jump", hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAWI=" } },
      [],
    ],
    ["a proxy without one", { proxy: { host: "jump", password: "SECRET" } }, ["jump"]],
    [
      "an Output without one",
      { proxy: pulumi.output({ host: "jump", privateKey: "SECRET" }) },
      ["jump"],
    ],
    [
      "a secret host",
      { proxy: { host: pulumi.secret("SECRET"), privateKey: "SECRET" } },
      ["the proxy"],
    ],
  ])("a proxy that is not verified gets one warning: %s", async (_what, more, names) => {
    const connection = { ...(usual.connection as object), password: "SECRET", ...more } as never;
    const { warnings } = await seen({ connection }, preview);
    expect(warnings).toEqual(
      names.map(
        (name) =>
          `${name} is not verified: set connection.proxy.hostKey, because otherwise anybody in between can read and change what is sent`,
      ),
    );
  });

  test.each<[string, Partial<RootlessDockerHostArgs>]>([
    ["account.name", { account: { name: pulumi.secret("secret") } }],
    ["account", { account: pulumi.secret({ name: "app" }) }],
    ["account.home", { account: { name: "app", home: pulumi.secret("/srv/SECRET") } }],
    [
      "kernel.sysctls.kernel.keys.maxkeys",
      { kernel: { sysctls: { "kernel.keys.maxkeys": pulumi.secret("2000") } } },
    ],
    ["daemon.data-root", { daemon: { "data-root": pulumi.secret("/srv/SECRET") } }],
    ["daemon.data-root", { daemon: pulumi.secret({ "data-root": "/srv/SECRET" }) }],
    [
      "registryAuth[0].address",
      {
        registryAuth: [{ address: pulumi.secret("x.example"), username: "me", password: "SECRET" }],
      },
    ],
    [
      "registryAuth[0].username",
      { registryAuth: [{ username: pulumi.secret("me"), password: "SECRET" }] },
    ],
    [
      "registryCertificates",
      { registryCertificates: pulumi.secret({ "registry.example": certificate }) },
    ],
    ["unitOverrides", { unitOverrides: pulumi.secret({ Service: { MemoryMax: "1G" } }) }],
    [
      "environment.DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS",
      { environment: pulumi.secret({ DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS: "--SECRET" }) },
    ],
  ])("what the machine shows to everybody cannot be a secret: %s", async (path, args) => {
    const connection = {
      ...(usual.connection as object),
      host: "machine.example",
      password: "SECRET",
    };
    const { errors } = await seen({ connection, ...args }, preview);
    expect(errors).toEqual([
      `one problem in the arguments of RootlessDockerHost\n  ${path}: the value is marked as a secret, but everybody on the machine can see it; remove the mark with pulumi.unsecret`,
    ]);
  });

  test.each<[string, Partial<RootlessDockerHostArgs>, string, string]>([
    [
      "account.subordinateIds.count",
      { account: { name: "app", subordinateIds: { count: pulumi.secret(70_000) } } },
      "machine",
      "subuid: 70000\n",
    ],
    [
      "engine.mirror",
      {
        engine: {
          source: EngineSource.DockerRepository,
          mirror: pulumi.secret("https://mirror.example"),
        },
      },
      "machine",
      'repository: "https://mirror.example"\n',
    ],
    ["engine", { engine: pulumi.secret({ version: "26.1" }) }, "machine", 'version: "26.1"\n'],
    [
      "storageDriver",
      { storageDriver: pulumi.secret(StorageDriver.Vfs) },
      "daemon",
      'daemon.json/storage-driver: "vfs"\n',
    ],
    [
      "registryCredentialHelpers.x.example",
      { registryCredentialHelpers: { "x.example": pulumi.secret("gcr") } },
      "daemon",
      'credHelpers/x.example: "gcr"\n',
    ],
    [
      "registryCertificates.x.example",
      { registryCertificates: { "x.example": pulumi.secret(certificate) } },
      "daemon",
      "certs.d/x.example: ",
    ],
    [
      "tcpSocket.address",
      {
        tcpSocket: {
          address: pulumi.secret("192.0.2.7"),
          caCertificate: certificate,
          certificate: serverCertificate,
          privateKey: serverKey,
        },
      },
      "daemon",
      'tcp-socket: "192.0.2.7:2376"\n',
    ],
    [
      "operations.recheck",
      { operations: { recheck: pulumi.secret("now") } },
      "daemon",
      'recheck: "now"\n',
    ],
  ])(
    "a mark on what holds no secret is a warning, and taken off: %s",
    async (path, args, name, line) => {
      const connection = { ...(usual.connection as object), password: "SECRET" } as never;
      const outcome = await seen({ connection, ...args }, preview);
      expect([outcome.errors, outcome.warnings]).toEqual([
        [],
        [
          `${path}: the value is marked as a secret, but this option does not protect secrets: previews, the state and the machine show it; pulumi.unsecret removes the mark and this warning`,
        ],
      ]);
      expect(step(outcome, name).inputs.stdin).toContain(line);
    },
  );

  test("all that the machine keeps can be a secret", async () => {
    const { errors } = await seen(
      {
        connection: pulumi.secret({
          host: "machine.example",
          hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
          port: 23,
        }),
        account: {
          name: "app",
          authorizedKeys: [pulumi.secret("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA= SECRET")],
        },
        daemon: pulumi.secret({ labels: ["SECRET"], debug: true }),
        environment: pulumi.secret({ A: "SECRET" }),
        registryAuth: pulumi.secret([{ address: "ghcr.io", username: "me", password: "SECRET" }]),
      },
      preview,
    );
    expect(errors).toEqual([]);
  });
});

import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { RootlessDockerHost, type RootlessDockerHostArgs } from "../../../index";
import { everyOption } from "../fixtures";
import { inSecret, startRecording, step, unknown } from "../mocks";
import { expiredCertificate } from "../../support/serverCertificate";
import { create, modes, usual } from "./create";

describe.each(modes)("arguments that are wrong, in $mode", ({ preview }) => {
  test("plain values: every problem at once, before anything is registered", async () => {
    const { registrations } = await startRecording({ preview });
    const args = {
      connection: { host: "a b", port: pulumi.output(-1) },
      account: { name: "root" },
      acount: {},
    };
    const error = thrownBy(() => new RootlessDockerHost("web", args));
    expect(pulumi.InputPropertiesError.isInstance(error)).toBe(true);
    // As Node.js shows it: with the program's own frames.
    expect(inspect(error)).toMatch(/^Error: [^]*\n {4}at [^]*refused\.test\.ts/);
    expect(inspect(error)).not.toMatch(/node_modules|node:internal|propertyPath/);
    expect((error as pulumi.InputPropertiesError).errors).toEqual([
      {
        propertyPath: "connection.host",
        reason:
          "'a b' is not a host name or an address; write one without scheme or brackets, with user and port in their own options",
      },
      {
        propertyPath: "account.name",
        reason: "'root' is reserved by the system; name an ordinary account",
      },
      {
        propertyPath: "acount",
        reason: expect.stringMatching(
          /^no such option; did you mean account\? The options are connection, account, /,
        ) as string,
      },
    ]);
    expect((error as Error).message).toMatch(
      /^3 problems in the arguments of RootlessDockerHost\n {2}connection\.host: 'a b' is not /,
    );
    expect(registrations).toEqual([]);
  });

  test.each([
    ["values", (value: unknown) => pulumi.output(value)],
    ["promises", (value: unknown) => Promise.resolve(value)],
  ])("%s in Outputs: every problem at once, before any command", async (_name, later) => {
    const outcome = await create(
      {
        connection: {
          host: later("a b"),
          port: later(-1),
          proxy: later({ host: "jump", extra: 1 }),
        },
        account: later({ name: "root" }),
        environment: { A: unknownInPreview("known"), B: later("\u0001") },
      } as unknown as RootlessDockerHostArgs,
      preview,
    );
    const [message, ...others] = outcome.errors;
    expect(others).toEqual([]);
    expect(message.split("\n").map((line) => line.slice(0, line.indexOf(":")))).toEqual([
      "5 problems in the arguments of RootlessDockerHos",
      "  connection.host",
      "  connection.port",
      "  connection.proxy.extra",
      "  account.name",
      "  environment.B",
    ]);
    // A hook ends each of them before the plugin looks at it; mocks have no hooks.
    for (const name of ["drift", "copy", "agent", "machine", "secrets", "daemon"])
      expect(inSecret(step(outcome, name).inputs.connection)).toMatchObject({ host: "" });
  });

  test("Outputs that are right are no problem", async () => {
    const { connection, ...others } = everyOption();
    const outcome = await create(
      {
        ...others,
        connection: pulumi.output(connection),
        environment: unknownInPreview({ A: "known" }),
      },
      preview,
    );
    expect(outcome.errors).toEqual([]);
    const { host } = inSecret(step(outcome, "copy").inputs.connection) as { host: string };
    expect(host).toBe(connection.host);
  });

  const groups = Object.keys(everyOption()).filter((name) => name !== "agentTransfer");

  test.each(groups)(
    "%s as an Output that is null, undefined or of another type ends in words",
    async (name) => {
      for (const given of [null, undefined, 7]) {
        const { connection, account } = everyOption();
        const args = { connection, account, [name]: pulumi.output(given) };
        const { errors } = await create(args, preview);
        for (const error of errors) expect(error).toMatch(new RegExp(`\\b${name}\\b`));
        if (given === 7 || name === "connection") expect(errors).toHaveLength(1);
        else expect(errors).toEqual([]);
      }
    },
  );

  test.each<[string, Record<string, unknown>]>([
    [
      "engine.source",
      { engine: { source: "docker-repository", mirror: "https://mirror.example" } },
    ],
    ["network.driver", { network: { driver: "pasta", portDriver: "implicit" } }],
  ])("%s that is an Output is compared once it is known", async (path, args) => {
    const [group, name] = path.split(".");
    const members = args[group] as Record<string, unknown>;
    const later = { [group]: { ...members, [name]: unknownInPreview(members[name]) } };
    const outcome = await create({ ...usual, ...later }, preview);
    expect(outcome.errors).toEqual([]);
  });

  function unknownInPreview<T>(value: T): pulumi.Output<T> {
    return preview ? unknown() : (pulumi.output(value) as pulumi.Output<T>);
  }

  test.each([
    ["plain", (value: unknown) => value],
    ["in an Output", (value: unknown) => pulumi.output(value)],
  ])(
    "a certificate that has expired, %s, is one warning, and the program goes on",
    async (_name, given) => {
      const tcpSocket = given({ ...everyOption().tcpSocket, caCertificate: expiredCertificate });
      const { connection, ...others } = everyOption();
      const args = { connection, ...others, tcpSocket } as unknown as RootlessDockerHostArgs;
      const outcome = await create(args, preview);
      expect(outcome.errors).toEqual([]);
      expect(outcome.warnings.filter((line) => line.startsWith("tcpSocket"))).toEqual([
        "tcpSocket.caCertificate: expired on 2026-01-01, so the daemon refuses all clients; write a new one",
      ]);
      expect(step(outcome, "daemon").inputs.stdin).toBeDefined();
    },
  );

  test("what a user marked as secret is not quoted", async () => {
    const args = {
      ...usual,
      account: { name: pulumi.secret("SECRET") },
      daemon: { hosts: pulumi.secret(["SECRET"]) },
    };
    const { errors } = await create(args, preview);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/ {2}account\.name: the value is not an account name; /);
    expect(errors[0]).toMatch(/ {2}daemon\.hosts: the value is set by /);
    expect(errors[0]).not.toContain("SECRET");
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

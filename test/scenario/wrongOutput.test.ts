import * as pulumi from "@pulumi/pulumi";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { RootlessDockerHost, type RootlessDockerHostArgs } from "../../index";
import { asAccount } from "../support/host";
import { connectionTo } from "../support/hostStack";
import { type Outcome, said, Stack, steps } from "../support/stack";

// A value that is known late, and wrong once: an address that a stopped machine does not have, say. It costs its own
// host an error, and the next up with the right value has nothing to make anew. Two hosts of one program, which are two
// accounts of one machine.
let host: TestHost;
let stack: Stack;
let key: string;

beforeAll(async () => {
  host = await createHost({ suite: "trixie", engine: true });
  stack = await Stack.start("wrong");
  key = (await execOrThrow("ssh-keygen", ["-y", "-f", host.privateKeyPath])).trim();
});
afterAll(destroyAllHosts);

type Args = Partial<RootlessDockerHostArgs>;

const later = <T>(value: T) => pulumi.output(Promise.resolve(value)) as pulumi.Output<T>;

/** `web` with these arguments, and `site` with a log level, so that it has something to do as well. */
function program(args: Args = {}, level = "info", options: pulumi.ComponentResourceOptions = {}) {
  return () => {
    const { host: address, ...rest } = connectionTo(host);
    const connection = { ...rest, host: later(address) };
    const account = { name: later("app"), authorizedKeys: [later(key)] };
    new RootlessDockerHost("web", { connection, account, ...args }, options);
    const daemon = { "log-level": level };
    new RootlessDockerHost("site", { connection, account: { name: "site" }, daemon });
  };
}

const wrongHost = (): Args => ({ connection: { ...connectionTo(host), host: later("") } });
const wrongAccount = (): Args => ({ account: { name: later("root"), authorizedKeys: [key] } });
const wrongKeys = (): Args => ({
  account: { name: "app", authorizedKeys: later(["no key"]) },
});

const children = ["installation", "drift", "copy", "agent", "machine", "secrets", "daemon"];

/** What the state has of the children of `web`. */
const recorded = () =>
  children.map((child) => {
    const { id, inputs } = stack.recorded(`web-${child}`) ?? {};
    return { child, id, inputs: shownInputs(inputs) };
  });

/** Ciphertext is another one each time. */
const shownInputs = (inputs: unknown) =>
  JSON.stringify(inputs, (key, value: unknown) => (key === "ciphertext" ? "[secret]" : value));

/** What was done, but for the components themselves. */
const done = (outcome: Outcome) => steps(outcome).filter((line) => / \w+-/.test(line));

const continuing = "pulumi up --continue-on-error --skip-preview";

const refusal = "nothing runs on this host: see the error of web";

test("right values, known late", async () => {
  await stack.up(program());
  expect(done(await stack.up(program()))).toEqual([]);
});

test.each<[string, () => Args, RegExp]>([
  ["no host", wrongHost, /connection\.host: '' is not a host name or an address/],
  ["another account", wrongAccount, /account\.name: 'root' is reserved by the system/],
  ["no keys", wrongKeys, /account\.authorizedKeys\[0\]: 'no key' is not a public key/],
])(
  "%s, once: an error, the state stays as it is, and then nothing is replaced",
  async (_name, wrong, error) => {
    const before = recorded();
    const shown = await stack.tryPreviewBy("pulumi preview --diff", program(wrong()));
    expect(shown.failure).toMatch(error);
    expect(shown.failure).toContain(refusal);
    const outcome = await stack.tryUp(program(wrong()));
    expect(outcome.failure).toMatch(error);
    expect(outcome.failure).toContain(refusal);
    expect(recorded()).toEqual(before);
    expect(done(await stack.up(program()))).toEqual([]);
    await asAccount(host, "app", "docker info >/dev/null");
  },
);

test.each<[string, () => Args]>([
  ["warn", wrongHost],
  ["error", wrongAccount],
  ["debug", wrongKeys],
])("with --continue-on-error the other host is changed all the same: %s", async (level, wrong) => {
  const before = recorded();
  const outcome = await stack.tryUpBy(continuing, program(wrong(), level));
  expect(outcome.failure).toContain(refusal);
  expect(said(outcome, "web", "lasting").map(({ severity }) => severity)).toEqual(["error"]);
  expect(recorded()).toEqual(before);
  expect(await host.run("cat ~site/.config/docker/daemon.json")).toContain(level);
  expect(done(await stack.up(program({}, level)))).toEqual([]);
});

test("where a transform ignores the children's connection, a wrong value is not applied as the default", async () => {
  const ignoreConnection: pulumi.ResourceTransform = ({ props, opts }) => ({
    props,
    opts: { ...opts, ignoreChanges: [...(opts.ignoreChanges ?? []), "connection"] },
  });
  const options = { transforms: [ignoreConnection] };
  expect(done(await stack.up(program({}, "debug", options)))).toEqual([]);
  const before = recorded();
  const outcome = await stack.tryUpBy(continuing, program(wrongKeys(), "debug", options));
  expect(outcome.failure).toContain(refusal);
  expect(await host.run("cat ~app/.ssh/authorized_keys")).toContain(key);
  const alone = `${continuing} --target '**::web-machine'`;
  expect((await stack.tryUpBy(alone, program(wrongKeys(), "debug", options))).failure).toContain(
    refusal,
  );
  expect(await host.run("cat ~app/.ssh/authorized_keys")).toContain(key);
  expect(recorded()).toEqual(before);
});

test("a first up with a wrong value makes nothing", async () => {
  const first = await Stack.start("first");
  const outcome = await first.tryUp(() => {
    new RootlessDockerHost("web", { connection: connectionTo(host), ...wrongAccount() });
  });
  expect(outcome.failure).toContain(refusal);
  expect(done(outcome)).toEqual(["create web-installation"]);
  expect(first.recorded("web-installation")).toBeUndefined();
});

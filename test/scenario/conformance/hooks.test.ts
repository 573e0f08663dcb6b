import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { Stack, steps } from "../../support/stack";

// What hooks are given of a command and of a component. Nothing here runs on a host: no command has a `create`, but
// the one whose host does not answer.

type Bag = Record<string, unknown> | undefined;

/** What hooks were given, by resource and kind: `beforeUpdate keyed oldInputs`. */
const seen = new Map<string, Bag>();

const markKey = "4dabf18193072939515e22adb298388d";

/** A value, `secret: ...` for an Output that is one, and `mark: ...` for a mark that the SDK left. */
async function shown(value: unknown): Promise<unknown> {
  if (pulumi.Output.isInstance(value)) {
    const known = await new Promise((resolve) => value.apply(resolve));
    return { [(await pulumi.isSecret(value)) ? "secret" : "output"]: await shown(known) };
  }
  if (Array.isArray(value)) return Promise.all(value.map(shown));
  if (typeof value !== "object" || value === null) return value;
  if (markKey in value) return { mark: await shown((value as { value?: unknown }).value) };
  const parts = Object.entries(value).map(async ([key, part]) => [key, await shown(part)] as const);
  return Object.fromEntries(await Promise.all(parts));
}

function hooks(): pulumi.ResourceHookBinding {
  const kinds = ["beforeCreate", "afterCreate", "beforeUpdate", "afterUpdate"] as const;
  const made = kinds.map((kind) => {
    const hook = new pulumi.ResourceHook(
      kind,
      ({ name, newInputs, oldInputs, newOutputs, oldOutputs }) => {
        for (const [bag, value] of Object.entries({ newInputs, oldInputs, newOutputs, oldOutputs }))
          seen.set(`${kind} ${name} ${bag}`, value as Bag);
      },
    );
    return [kind, [hook]];
  });
  const onError = new pulumi.ErrorHook("onError", ({ name, newInputs }) => {
    seen.set(`onError ${name} newInputs`, newInputs);
    return false;
  });
  return { ...(Object.fromEntries(made) as pulumi.ResourceHookBinding), onError: [onError] };
}

class Component extends pulumi.ComponentResource {
  constructor(name: string, args: pulumi.Inputs, opts: pulumi.ComponentResourceOptions) {
    super("conformance:index:Component", name, args, opts);
    this.registerOutputs({ dockerHost: pulumi.secret("ssh://a") });
  }
}

const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };

beforeAll(async () => {
  const stack = await Stack.start("hooks");
  const program = (word: string) => () => {
    const all = { hooks: hooks() };
    const proxy = { host: "b", password: word };
    const keyed = { host: "a", privateKey: word, proxy };
    new remote.Command("keyed", { connection: keyed, stdin: word, environment: { A: word } }, all);
    const marked = { ...keyed, privateKey: pulumi.secret(word), proxy: pulumi.secret(proxy) };
    new remote.Command("marked", { connection: marked, stdin: pulumi.secret(word) }, all);
    new remote.Command("keyless", { connection: { host: "a" }, stdin: word }, all);
    new Component("component", { onDestroy: { data: pulumi.secret(word) }, plain: word }, all);
  };
  await stack.up(program("1"));
  await stack.up(program("2"));
  await stack.tryUp(() => {
    const nobody = { host: "127.0.0.1", port: 1, dialErrorLimit: 0, privateKey: "" };
    new remote.Command("failing", { connection: nobody, create: "true" }, { hooks: hooks() });
  });
});

/** A connection with a key is a secret, and has a mark more for what is secret in it. */
const connection = (word: string) => {
  const proxy = { ...defaults, host: "b", password: word };
  return { secret: { mark: { ...defaults, host: "a", privateKey: word, proxy } } };
};

test.each([
  ["beforeCreate keyed newInputs", { connection: connection("1"), stdin: "1" }],
  ["afterCreate keyed newInputs", { connection: connection("1"), stdin: "1" }],
  ["afterCreate keyed newOutputs", { connection: connection("1"), stdin: "1", stdout: "" }],
  ["beforeUpdate keyed oldInputs", { connection: connection("1"), environment: { A: "1" } }],
  ["beforeUpdate keyed newInputs", { connection: connection("2"), environment: { A: "2" } }],
  ["beforeUpdate keyed oldOutputs", { connection: connection("1"), stdin: "1", stderr: "" }],
  ["afterUpdate keyed newOutputs", { connection: connection("2"), stdin: "2", stderr: "" }],
  ["beforeUpdate marked newInputs", { connection: connection("2"), stdin: { secret: "2" } }],
  ["beforeCreate keyless newInputs", { connection: { secret: { ...defaults, host: "a" } } }],
  ["beforeCreate component newInputs", { onDestroy: { secret: { data: "1" } }, plain: "1" }],
  ["beforeUpdate component oldOutputs", { dockerHost: { secret: "ssh://a" } }],
  ["onError failing newInputs", { connection: { secret: { mark: { host: "127.0.0.1" } } } }],
])("%s", async (which, wanted) => {
  expect(seen.has(which)).toBe(true);
  expect(await shown(seen.get(which))).toMatchObject(wanted);
});

test("a hook that throws before the create of a replacement leaves the state as it is", async () => {
  const stack = await Stack.start("replacement");
  const program = (keeper: string) => () => {
    const refuse = new pulumi.ResourceHook("refuse", ({ newInputs, oldInputs }) => {
      seen.set(`beforeCreate ${keeper} newInputs`, newInputs);
      seen.set(`beforeCreate ${keeper} oldInputs`, oldInputs);
      if (keeper === "wrong") throw new Error("no");
    });
    const hooks = { beforeCreate: [refuse] };
    const id = new RandomId("id", { byteLength: 4, keepers: { keeper } }, { hooks });
    new RandomId("after", { byteLength: 4, keepers: { id: id.hex } });
  };
  await stack.up(program("right"));
  // The engine encrypts a secret anew each time: the official plugin's state has one.
  const recorded = () =>
    JSON.stringify([stack.recorded("id"), stack.recorded("after")]).replace(
      /"ciphertext":"[^"]*"/g,
      '"ciphertext":""',
    );
  const before = recorded();
  const outcome = await stack.tryUp(program("wrong"));
  expect(outcome.failure).toContain('before hook "refuse" failed: no');
  // It is a create to the hook: nothing says what it replaces.
  expect(seen.get("beforeCreate wrong newInputs")).toMatchObject({ keepers: { keeper: "wrong" } });
  expect(seen.get("beforeCreate wrong oldInputs")).toBeUndefined();
  expect(recorded()).toBe(before);
  expect(steps(await stack.up(program("right")))).toEqual([]);
});

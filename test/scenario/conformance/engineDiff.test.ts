import { remote } from "@pulumi/command";
import { secret, type Input } from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { useHost } from "./host";
import { steps as stepsOf, Stack } from "../../support/stack";

const given = useHost();

describe("preview --diff", () => {
  const program =
    (stdin: string, create = "cat") =>
    () => {
      new remote.Command("step", { connection: given.connection, create, stdin });
    };

  test("shows a YAML or JSON mapping in stdin by its keys", async () => {
    const stack = await Stack.start("yaml");
    const document = (range: string): string =>
      `net.ipv4.ping_group_range: "${range}"\nuser.max_user_namespaces: 1000\nunchanged: true\n`;
    await stack.up(program(document("0 1000")));
    const next = program(document("0 2147483647"));
    const text = await stack.previewText(next, { diff: true });
    expect(text).toMatch(/~ net\.ipv4\.ping_group_range: "0 1000" => "0 2147483647"/);
    expect(text).not.toMatch(/[~+-] (unchanged|user\.max_user_namespaces)/);
    const short = await stack.previewText(next, { diff: false });
    expect(short).toMatch(/step\s+update\s+\[diff: ~stdin\]/);
    const json = await stack.previewText(program('{"a": 1}'), { diff: true });
    expect(json).toMatch(/\+ a *: 1/);
  });

  test("shows any other text as three lines, then as a line diff", async () => {
    const stack = await Stack.start("text");
    const script = (last: string): string =>
      ["one() {", "  true", "}", "two() {", "  true", "}", `echo ${last}`, ""].join("\n");
    const create = await stack.previewText(program("", script("a")), { diff: true });
    expect(create).toMatch(/one\(\) \{/);
    expect(create).not.toMatch(/two\(\) \{/);
    await stack.up(program("", script("a")));
    const update = await stack.previewText(program("", script("b")), { diff: true });
    expect(update).toMatch(/- echo a/);
    expect(update).toMatch(/\+ echo b/);
  });

  test("hides a whole text that has a secret or an unknown part", async () => {
    const stack = await Stack.start("hidden");
    const text = await stack.previewText(
      () => {
        const { connection } = given;
        const word = secret("hunter2");
        const stdin = word.apply((text) => `plain: 1\nword: ${text}\n`);
        const first = new remote.Command("first", { connection, create: "cat", stdin });
        new remote.Command("second", {
          connection,
          create: "cat",
          stdin: first.stdout.apply((text) => `plain: 1\nword: ${text}\n`),
        });
      },
      { diff: true },
    );
    expect(text).toMatch(/::first\][^]*stdin *: \[secret\]/);
    expect(text).toMatch(/::second\][^]*stdin *: \[unknown\]/);
    expect(text).not.toContain("hunter2");
  });
});

describe("secrets", () => {
  test("in a connection that changes do not show", async () => {
    const stack = await Stack.start("secret-change");
    const program = (password: string) => () => {
      const connection = { ...given.connection, password };
      new remote.Command("step", { connection, create: "true" });
    };
    await stack.up(program("hunter2"));
    const text = await stack.previewText(program("hunter3"), { diff: true });
    expect(text).toMatch(/~ connection *: \[secret\]/);
    expect(text).not.toContain("hunter");
  });

  test("of outputs alone are no change of the input", async () => {
    const stack = await Stack.start("secret-output");
    const program = (): void => {
      const connection = { host: "nowhere.invalid" };
      const options = { additionalSecretOutputs: ["stdin"] };
      new remote.Command("step", { connection, stdin: "plain" }, options);
    };
    await stack.up(program);
    expect(stack.outputs("step").stdin).toHaveProperty("ciphertext");
    expect(stepsOf(await stack.preview(program))).toEqual([]);
  });

  test("that were inputs stay secret in the state; what is printed is not, unless asked for", async () => {
    const stack = await Stack.start("secrets");
    const program = (word: string) => () => {
      const { connection } = given;
      const stdin = secret(word);
      new remote.Command("echoing", { connection, create: "true", stdin });
      new remote.Command("printing", { connection, create: "echo clear" });
      new remote.Command(
        "hiding",
        { connection, create: "cat", stdin },
        { additionalSecretOutputs: ["stdout"] },
      );
    };
    for (const word of ["hunter2", "hunter3"]) {
      await stack.up(program(word));
      expect(stack.stateText).not.toContain(word);
      expect(stack.stateText).not.toContain("PRIVATE KEY");
      expect(stack.outputs("printing").stdout).toBe("clear");
      expect(stack.outputs("hiding").stdout).toHaveProperty("ciphertext");
      expect(stack.outputs("echoing").connection).toHaveProperty("ciphertext");
    }
  });
});

describe("replacement", () => {
  /** Two steps in order, whose triggers come from `trigger`. */
  const steps = (file: string, trigger: Input<string>): void => {
    const step = (name: string, dependsOn: remote.Command[]): remote.Command =>
      new remote.Command(
        name,
        {
          connection: given.connection,
          create: `echo create-${name} >> ${file}`,
          delete: `echo delete-${name} >> ${file}`,
          triggers: [trigger],
        },
        { dependsOn },
      );
    step("second", [step("first", [])]);
  };
  // All new ones in order, then the old ones in reverse order.
  const order = ["create-first", "create-second", "delete-second", "delete-first"];

  test("by a RandomId's keepers, whose hex is in the triggers of every step", async () => {
    const stack = await Stack.start("installation");
    const program = (keeper: string) => () => {
      const installation = new RandomId("installation", { byteLength: 4, keepers: { keeper } });
      steps("/root/installation", installation.hex);
    };
    await stack.up(program("a"));
    expect(stepsOf(await stack.preview(program("a")))).toEqual([]);
    await given.host.run("rm /root/installation");
    const outcome = await stack.up(program("b"));
    expect(await linesOf("/root/installation")).toEqual(order);
    expect(stepsOf(outcome).filter((step) => step.startsWith("delete"))).toEqual([
      "delete-replaced second",
      "delete-replaced first",
      "delete-replaced installation",
    ]);
  });

  test("by triggers of their own, and dependsOn alone", async () => {
    const stack = await Stack.start("own-triggers");
    await stack.up(() => steps("/root/own", "a"));
    await given.host.run("rm /root/own");
    await stack.up(() => steps("/root/own", "b"));
    expect(await linesOf("/root/own")).toEqual(order);
  });
});

async function linesOf(file: string): Promise<string[]> {
  return (await given.host.run(`cat ${file}`)).trim().split("\n");
}

describe("random.RandomId", () => {
  test("gives the same bytes in each form, and other ones when an input changes", async () => {
    const stack = await Stack.start("random-id");
    const program = (prefix?: string) => () => {
      new RandomId("id", { byteLength: 8, keepers: { a: "b" }, prefix });
    };
    await stack.up(program());
    const { hex, dec, b64Std, b64Url } = stack.outputs("id");
    const bytes = Buffer.from(String(hex), "hex");
    expect(bytes).toHaveLength(8);
    expect(dec).toBe(BigInt(`0x${String(hex)}`).toString());
    expect(b64Std).toBe(bytes.toString("base64"));
    expect(b64Url).toBe(bytes.toString("base64url"));
    expect(stack.recorded("id")?.id).toBe(b64Url);
    expect(stepsOf(await stack.up(program("host-")))).toEqual([
      "create-replacement id",
      "replace id",
      "delete-replaced id",
    ]);
    expect(stack.outputs("id").hex).toMatch(/^host-[0-9a-f]{16}$/);
    expect(stack.outputs("id").hex).not.toContain(hex);
  });
});

import * as fc from "fast-check";
import * as pulumi from "@pulumi/pulumi";
import { RootlessDockerHost, type RootlessDockerHostArgs } from "../../index";
import { AnsweringMachine, type Answers } from "../support/answeringMachine";
import { Stack } from "../support/stack";

// Text of a machine and of a program, on each way to a person: the real CLI prints it in colour. The machine is a server
// that answers what a test tells it.

let machine: AnsweringMachine;
let stack: Stack;

beforeAll(async () => {
  machine = await AnsweringMachine.start();
  stack = await Stack.start("hostile");
});
afterAll(() => machine.close());

function answers(some: Partial<Answers>): void {
  machine.answers = { facts: {}, drift: [], isNew: false, problems: [], present: [], ...some };
}

const program =
  (more: Partial<RootlessDockerHostArgs> = {}) =>
  () => {
    const web = new RootlessDockerHost("web", {
      connection: machine.connection,
      operations: { driftDetection: "preview" },
      ...more,
    });
    web.limitations.apply((rows) => rows);
  };

/** Texts that a hostile account chooses, each with all that may be taken for something else. */
const hostile = fc
  .array(
    fc.constantFrom(
      ...["<{%", "%}>", "<{%pwned%}>", "<{%reset%}>", "<", "{%", "\u001b[31m", "\u001b]0;x\u0007"],
      ...["\u202e", "\u2066", "\u200b", "\ufeff", "\u009b", "\r", "\u0000", "word", "%", "ä", "🐳"],
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const seed = Number(process.env.HOSTILE_SEED ?? Date.now() % 1_000_000);
const texts = (count: number) => ["x<{%pwned%}>y", ...fc.sample(hostile, { seed, numRuns: count })];

/** What nobody may read as something else; the CLI's own colours are left out, which it knows to be colours. */
function notText(printed: string): string[] {
  const text = printed.replace(/\u001b\[[\d;]*m/g, "");
  return text.match(/[^\n\t\P{Cc}]|[\p{Cf}\p{Surrogate}\u2028\u2029]|<\{%/gu) ?? [];
}

/** Runs a line of shell with the program, and says what went wrong with text. Returns what was printed. */
async function printedBy(line: string, more?: Partial<RootlessDockerHostArgs>): Promise<string> {
  const { printed, failure = "" } = line.includes("preview")
    ? await stack.tryPreviewBy(line, program(more))
    : await stack.tryUpBy(line, program(more));
  const all = `${printed}\n${failure}`;
  expect({ seed, panics: /panic:|Unrecognized color code/.test(all) }).toEqual({
    seed,
    panics: false,
  });
  expect({ seed, notText: notText(all) }).toEqual({ seed, notText: [] });
  return all;
}

const preview = "pulumi preview --color always";
const up = "pulumi up --color always";

test("a new machine's problems and what is there", async () => {
  answers({
    isNew: true,
    problems: texts(20).map((text) => `preflight: ${text}`),
    present: texts(20).map((text) => ({ about: text, found: text, wanted: text })),
  });
  const printed = await printedBy(preview);
  expect(printed).toContain("up would fail: preflight: x<\\u007b%pwned%}>y");
});

test("facts of a report, in the outputs of an up", async () => {
  const facts = texts(20).map((text, index) => [`fact-${index}`, text]);
  answers({ isNew: true, facts: Object.fromEntries(facts) as Answers["facts"] });
  await printedBy(up);
});

test("drift, in a preview and with --diff", async () => {
  answers({
    drift: texts(40).map((text) => ({
      ...{ step: "daemon", about: text, found: text, wanted: text },
      applied: "2026-01-01T00:00:00Z",
    })),
  });
  expect(await printedBy(preview)).toContain("x<\\u007b%pwned%}>y");
  await printedBy(`${preview} --diff`);
});

test("an answer that is none", async () => {
  for (const text of texts(3)) {
    answers({ drift: text as never });
    await printedBy(preview);
  }
});

test("values of a program are refused in words, and a secret is not quoted", async () => {
  answers({});
  for (const text of texts(5)) {
    // Known late, so that they are refused in the log and not in what Node.js prints of an error.
    const printed = await printedBy(preview, {
      account: pulumi.output({ name: `${text} `, [text]: 1 }),
      engine: { version: pulumi.output(`${text} `) },
      environment: pulumi.output({ A: text, PASSWORD: `hunter3${text}\u0000` }),
      daemon: pulumi.output({ labels: [text], [`${text} `]: 1 }),
    });
    expect(printed).toContain("account.name: ");
    expect(printed).not.toContain("hunter3");
  }
  const environment = { A: pulumi.output("x<{%pwned%}>y") };
  const printed = await printedBy(`${preview} --diff`, { environment });
  expect(printed).toContain("environment.A: the value contains '<\\u007b%', at which");
});

test("a value that the CLI panics at is let through as a secret", async () => {
  await printedBy(`${preview} --diff`, { environment: { A: pulumi.secret("x<{%pwned%}>y") } });
});

test("this test sees what is not text", () => {
  for (const text of ["a\u001b]0;x", "a\u202e", "<{%red%}>", "\r", "\u009b"])
    expect(notText(text)).not.toEqual([]);
  expect(notText("\u001b[31mred\u001b[0m\n\tä🐳")).toEqual([]);
});

import * as pulumi from "@pulumi/pulumi";
import { DriftDetection, type RootlessDockerHostArgs } from "../../index";
import { isRefused, notesOf, readAnswer, readNewMachine } from "../../src/drift/answer";
import { ask, type Asking } from "../../src/drift/notes";
import { Inputs } from "../../src/inputs";
import { AgentTransfer } from "../../src/ssh/args";
import * as ssh from "../../src/ssh/ssh";
import { renderDocument } from "../../src/steps/document";
import { driftInDocument, notesOfInstallation } from "../../src/steps/operations";
import { create, modes, usual } from "./component/create";
import { inSecret, startRecording, step, unknown } from "./mocks";

const id = "0123456789abcdef";
const found = {
  step: "machine",
  about: "net.ipv4.ping_group_range",
  found: "1 0",
  wanted: "0 2147483647",
  applied: "2026-11-27T13:25:47Z",
};
const linger = { ...found, step: "daemon", about: "linger", found: "off", wanted: "on" };
const ids = { ...linger, about: 'subordinate "uids": x', found: "none" };
const file = { ...linger, about: "daemon.json", found: "other content", wanted: "other content" };

test("what was found, by step, and what a step's document says of it", () => {
  const answer = readAnswer(JSON.stringify({ drift: [found, linger, ids] }));
  const notes = notesOf(answer ?? [], id);
  expect(Object.keys(notes).sort()).toEqual(["daemon", "machine"]);
  expect(JSON.parse(notes.machine)).toEqual({
    installation: id,
    changes: {
      "changed since 2026-11-27T13:25:47Z": {
        "net.ipv4.ping_group_range": "found 1 0, expected 0 2147483647",
      },
    },
  });
  expect(renderDocument(driftInDocument(notes.daemon))).toBe(
    'drift: "linger, subordinate \\"uids\\": x (changed since 2026-11-27T13:25:47Z)"\n',
  );
  expect(driftInDocument(undefined)).toEqual({});
  expect(notesOf([file], id).daemon).toMatch(/"daemon.json":"found other content"/);
});

test("a machine without a record of the installation", () => {
  expect(readAnswer("null\n")).toBeUndefined();
  expect(readAnswer('{"drift":null}')).toBeUndefined();
});

test("a login that prints a greeting: the answer is the last line", () => {
  const greeting = "Welcome to \u001b[1mmachine\u001b[0m\n{}\n";
  expect(readAnswer(`${greeting}null\n`)).toBeUndefined();
  expect(isRefused(`${greeting}{"drift":null}\n`)).toBe(true);
  expect(readAnswer(`${greeting}${JSON.stringify({ drift: [found] })}\n`)).toEqual([found]);
  const present = JSON.stringify({ problems: ["a"], present: [] });
  expect(readNewMachine(`${greeting}${present}\n`)).toEqual({ problems: ["a"], present: [] });
  // What is no answer is quoted, without what a terminal would obey.
  expect(() => readAnswer("Welcome \u001b[1m\n")).toThrow("JSON: 'Welcome \\u001b[1m'");
});

test("a step that is none: a machine says what it likes", () => {
  for (const step of ["__proto__", "installation", "drift", ""])
    expect(() => readAnswer(JSON.stringify({ drift: [{ ...found, step }] }))).toThrow();
  notesOf(readAnswer(JSON.stringify({ drift: [{ ...found, about: "__proto__" }] })) ?? [], id);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("what would be more than text in a terminal, or no text for a shell", () => {
  const odd = "a\u0000b\u001b[2J\nc" + "x".repeat(1000);
  const shown = /^a\\u0000b\\u001b\[2J\\ncx{988}\.\.\.$/;
  const [{ about, found: held }] =
    readAnswer(JSON.stringify({ drift: [{ ...found, about: odd, found: odd }] })) ?? [];
  expect([
    about,
    held,
    ...readNewMachine(JSON.stringify({ problems: [odd], present: [] })).problems,
  ]).toEqual(Array(3).fill(expect.stringMatching(shown)));
});

test.each(["{}", "[]", "", '{"drift":1}', '{"drift":[null]}', '{"drift":[{"step":"a"}]}', "hi"])(
  "no answer: %s",
  (text) => {
    expect(() => readAnswer(text)).toThrow();
    expect(() => readNewMachine(text)).toThrow();
  },
);

test("notes of another installation are left out of the documents", () => {
  const notes = notesOf([found, linger], id);
  expect(notesOfInstallation(id, notes)).toEqual(notes);
  expect(notesOfInstallation("fedcba9876543210", notes)).toEqual({});
  expect(notesOfInstallation(undefined, notes)).toEqual({});
});

const everyChoice = [
  undefined,
  DriftDetection.None,
  DriftDetection.Preview,
  DriftDetection.Required,
  pulumi.output(DriftDetection.None),
];

describe.each(modes)("the child that keeps it, in $mode", ({ preview }) => {
  test.each(everyChoice)("is the same whoever asks: %#", async (driftDetection) => {
    const usually = await create(usual, preview);
    const { registrations, warnings, errors } = await create(
      { ...usual, operations: { driftDetection } },
      preview,
    );
    expect(registrations).toEqual(usually.registrations);
    const { inputs } = step({ registrations }, "drift");
    expect(inputs).toMatchObject({ environment: {}, addPreviousOutputInEnv: false });
    expect(inSecret(inputs.connection)).toMatchObject({ host: "machine.example" });
    expect(JSON.stringify(inputs)).not.toMatch(/privateKey|"(create|update|delete)"/);
    // Under mocks no host is asked.
    expect([warnings, errors]).toEqual([[], []]);
  });
});

const refusal = "connect ECONNREFUSED 192.0.2.1:22";
const { None, Preview, Required } = DriftDetection;
const notChecked = `machine.example could not be checked: ${refusal}. `;
const warning = `${notChecked}This preview does not show changes that somebody made there`;
const error = `${notChecked}Nothing runs, because operations.driftDetection is set to required. To fix: make the machine reachable, or set operations.driftDetection to preview`;
const isThere = { host: "192.0.2.1" };
const boots = { host: "machine.example", connectTimeout: 3 };
const noWait = { ...boots, connectTimeout: 0 };

test.each<[string, Partial<RootlessDockerHostArgs>, boolean, object, string[], string[]]>([
  ["off", { operations: { driftDetection: None } }, true, isThere, [], []],
  ["a preview", { operations: { driftDetection: Preview } }, true, isThere, [warning], []],
  [
    "a preview that has to see",
    { operations: { driftDetection: Required } },
    true,
    isThere,
    [],
    [error],
  ],
  [
    "an up that has to",
    { operations: { driftDetection: Required }, connection: noWait },
    false,
    isThere,
    [],
    [error],
  ],
  [
    "an up that waits",
    { operations: { driftDetection: Required }, connection: boots },
    false,
    isThere,
    [],
    [],
  ],
  [
    "a machine that is not there yet",
    { operations: { driftDetection: Required } },
    true,
    unknown(),
    [],
    [],
  ],
])("a host that does not answer: %s", async (_name, args, preview, connection, warned, failed) => {
  const record = await startRecording({ preview });
  const greets = jest.spyOn(ssh, "greeting").mockRejectedValueOnce(new Error(refusal));
  greets.mockResolvedValue();
  const answers = jest.spyOn(ssh, "runOverSsh").mockImplementation(() => {
    const isUp = greets.mock.calls.length > 1;
    return isUp ? Promise.resolve('{"drift":[]}') : Promise.reject(new Error(refusal));
  });
  const answer = await ask(asking({ ...usual, ...args }, connection as Asking["connection"]));
  expect([record.warnings, record.errors]).toEqual([warned, failed]);
  expect(answer.fails).toBe(failed.length > 0 ? true : undefined);
  greets.mockRestore();
  answers.mockRestore();
});

function asking(args: RootlessDockerHostArgs, connection: Asking["connection"]): Asking {
  const inputs = new Inputs(args);
  const invocation = pulumi.output({
    installation: id,
    transfer: AgentTransfer.Sftp,
    escalation: "none",
  });
  const shared = { inputs, connection, invocation, isRight: true as const };
  return {
    ...{ ...shared, name: "web", owner: "project/stack/web", options: {} },
    ...{ host: "machine.example", proxyHost: "", installation: pulumi.output(id) },
    component: Object.assign(Object.create(null) as pulumi.Resource, { urn: pulumi.output("urn") }),
  };
}

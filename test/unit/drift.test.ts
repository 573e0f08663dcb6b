import * as pulumi from "@pulumi/pulumi";
import { DriftDetection } from "../../index";
import { driftInDocument, notesOf, readAnswer, readNewMachine } from "../../src/drift/answer";
import { renderDocument } from "../../src/steps/document";
import { create, usual } from "./component/create";

const found = {
  step: "kernel",
  about: "net.ipv4.ping_group_range",
  found: "1 0",
  wanted: "0 2147483647",
  applied: "2026-11-27T13:25:47Z",
};
const linger = { ...found, step: "account", about: "linger", found: "off", wanted: "on" };
const ids = { ...linger, about: 'subordinate "uids": x', found: "none" };

test("what was found, by step, and what a step's document says of it", () => {
  const answer = readAnswer(JSON.stringify({ drift: [found, linger, ids] }));
  const notes = notesOf(answer ?? []);
  expect(Object.keys(notes).sort()).toEqual(["account", "kernel"]);
  expect(JSON.parse(notes.kernel)).toEqual({
    "changed since 2026-11-27T13:25:47Z": {
      "net.ipv4.ping_group_range": "found 1 0, wanted 0 2147483647",
    },
  });
  expect(renderDocument(driftInDocument(notes.account))).toBe(
    'drift: "linger, subordinate \\"uids\\": x (changed since 2026-11-27T13:25:47Z)"\n',
  );
  expect(driftInDocument(undefined)).toEqual({});
});

test("a machine without a record of the installation", () => {
  expect(readAnswer("\n")).toBeUndefined();
});

test("a step that is none: a machine says what it likes", () => {
  for (const step of ["__proto__", "lease", "drift", ""])
    expect(() => readAnswer(JSON.stringify({ drift: [{ ...found, step }] }))).toThrow();
  notesOf(readAnswer(JSON.stringify({ drift: [{ ...found, about: "__proto__" }] })) ?? []);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("what would be more than text in a terminal, or no text for a shell", () => {
  const odd = "a\u0000b\u001b[2J\nc" + "x".repeat(1000);
  const shown = /^a\?b\?\[2J\?cx{991}\.\.\.$/;
  const [{ about, found: held }] =
    readAnswer(JSON.stringify({ drift: [{ ...found, about: odd, found: odd }] })) ?? [];
  expect([
    about,
    held,
    ...readNewMachine(JSON.stringify({ problems: [odd], present: [] })).problems,
  ]).toEqual(Array(3).fill(expect.stringMatching(shown)));
});

test.each([
  "{}",
  "[]",
  "null",
  '{"drift":1}',
  '{"drift":[null]}',
  '{"drift":[{"step":"a"}]}',
  "hi",
])("no answer: %s", (text) => {
  expect(() => readAnswer(text)).toThrow();
  expect(() => readNewMachine(text)).toThrow();
});

test.each([
  [undefined, false],
  [DriftDetection.Off, false],
  [DriftDetection.Preview, true],
  [pulumi.output(DriftDetection.Off), true],
])("the child that keeps it, where somebody may ask: %#", async (driftDetection, isThere) => {
  const { registrations, warnings } = await create({ ...usual, driftDetection }, true);
  expect(registrations.some(({ name }) => name === "web-drift")).toBe(isThere);
  // Under mocks no host is asked.
  expect(warnings).toEqual([]);
});

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  agentText,
  packedAgent,
  stepCodeHash,
  stepNames,
  unpackCommand,
  uses,
} from "../../src/agent/agentText";
import { calls, functionsByName } from "./shellFunctions";

const sources = join(__dirname, "../../src");

function shell(script: string, input: string): string {
  return execFileSync("sh", ["-c", script], { input, encoding: "utf8" });
}

test("every shell file of the sources is a part of it", () => {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" });
  const wanted = files.filter((file) => file.endsWith(".sh")).map((file) => `src/${file}`);
  const parts = [...packedAgent().matchAll(/^# (src\/\S+\.sh) sha256:[0-9a-f]{8}$/gm)];
  expect(parts.map(([, path]) => path).sort()).toEqual(wanted.sort());
});

test("what travels is what was joined", () => {
  expect(shell(unpackCommand, packedAgent())).toBe(agentText());
});

test("every line that travels is short enough for any tool", () => {
  const longest = Math.max(
    ...packedAgent()
      .split("\n")
      .map((line) => line.length),
  );
  expect(longest).toBeLessThan(16_384);
});

test("it is a program that a POSIX shell accepts", () => {
  expect(agentText()).toMatch(/^#!\/bin\/sh\n/);
  expect(shell("sh -n", agentText())).toBe("");
});

test("it has no comment, and every line of code", () => {
  expect(agentText()).not.toMatch(/^\t*#(?!!)/m);
  const code = (path: string) =>
    readFileSync(join(sources, path), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !/^\t*#(?!!)/.test(line));
  expect(agentText()).toContain(`${code("agent/document.sh").join("\n")}\n`);
  expect(agentText()).toContain(`${code("steps/kernel/step.sh").join("\n")}\n`);
});

test("no heredoc has a line that looks like a comment, and would be lost on the way", () => {
  const heredocs = [...source().matchAll(/<<-?(['"]?)(\w+)\1.*\n([^]*?)\n\t*\2\n/g)];
  expect(heredocs.length).toBeGreaterThan(0);
  for (const [, , , body] of heredocs) expect(body).not.toMatch(/^\t*#(?!!)/m);
});

/** All shell sources, with their comments. */
function source(): string {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" });
  const scripts = files.filter((file) => file.endsWith(".sh"));
  return scripts.map((file) => readFileSync(join(sources, file), "utf8")).join("");
}

test("steps of different code have different hashes", () => {
  const code = stepNames.map((step) => [step, ...(uses[step] ?? [])].sort().join());
  const hashes = stepNames.map(stepCodeHash);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{8}$/);
  expect(new Set(hashes).size).toBe(new Set(code).size);
});

test("a step's hash covers every step that it calls functions of", () => {
  const functions = functionsByName();
  const reached = stepNames.map((step) => {
    const seen = new Set(
      [...functions].filter(([, { file }]) => file === step).map(([name]) => name),
    );
    for (const name of seen) for (const called of calls(name, functions)) seen.add(called);
    const files = new Set([...seen].map((name) => functions.get(name)?.file));
    return [step, stepNames.filter((other) => other !== step && files.has(other))] as const;
  });
  const listed = stepNames.map((step) => {
    const names = uses[step] ?? [];
    return [step, stepNames.filter((other) => names.includes(other))] as const;
  });
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(reached));
});

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import { basename, dirname, join } from "node:path";
import { agentFile } from "../../src/agent/agentFile";
import {
  agentParts,
  agentText,
  packedAgent,
  stepCodeHash,
  type StepName,
  stepNames,
  unpackCommand,
} from "../../src/agent/agentText";
import { functionsOfStep } from "../../src/agent/joinAgent";
import { agentFunctions } from "../support/hostPrograms";
import { embeddedFiles, shellFunctions } from "../../src/agent/sources";

const sources = join(__dirname, "../../src");

function shell(script: string, input: string): string {
  return execFileSync("sh", ["-c", script], { input, encoding: "utf8" });
}

test("every folder of the sources is a part of it", () => {
  const names = agentParts().parts.map((part) => /^# (\S+) [0-9a-f]{8}$/.exec(part)?.[1] ?? "");
  const places = readdirSync(join(sources, "host")).filter((name) => !name.startsWith("."));
  expect(names.sort()).toEqual(places.sort());
});

test("what travels is what was joined", () => {
  expect(shell(unpackCommand, packedAgent())).toBe(agentText());
  expect(readFileSync(agentFile(), "utf8")).toBe(agentText());
});

test("the file that travels is in Pulumi's home, for this user alone", () => {
  const file = agentFile();
  expect(dirname(file)).toBe(join(process.env.PULUMI_HOME ?? "", "rootless-docker"));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  const { ino } = statSync(file);
  expect(statSync(agentFile()).ino).toBe(ino);
  // One that somebody has changed is written again.
  writeFileSync(file, "echo something else");
  expect(readFileSync(agentFile(), "utf8")).toBe(agentText());
  expect(readdirSync(dirname(file))).toEqual([basename(file)]);
});

test("without PULUMI_HOME, it is in ~/.pulumi", () => {
  const before = process.env.PULUMI_HOME ?? "";
  const home = jest.spyOn(os, "homedir").mockReturnValue(join(before, "me"));
  process.env.PULUMI_HOME = "";
  try {
    expect(dirname(agentFile())).toBe(join(before, "me/.pulumi/rootless-docker"));
  } finally {
    process.env.PULUMI_HOME = before;
    home.mockRestore();
  }
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
  expect(agentText()).toContain(`${code("host/core/document.sh").join("\n")}\n`);
  expect(agentText()).toContain(`${code("host/steps/machine/kernel.sh").join("\n")}\n`);
});

test("every file that is no part of the shell is a variable of it, which the shell uses", () => {
  const isOther = (file: string) => /\.\w+$/.test(file) && !/(?<!\.program)\.sh$|rc$/.test(file);
  const files = readdirSync(join(sources, "host"), { recursive: true, encoding: "utf8" });
  expect(
    embeddedFiles()
      .map(({ path }) => path)
      .sort(),
  ).toEqual(
    files
      .filter(isOther)
      .map((file) => `host/${file}`)
      .sort(),
  );
  const names = embeddedFiles().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(source()).toContain(`"$${name}"`);
});

test("a variable has the bytes of a key, and the lines of a program where they are in its file", () => {
  const valueOf = (name: string) => shell("sh", `${agentFunctions()}printf %s "$${name}"`);
  for (const { name, path } of embeddedFiles()) {
    const whole = readFileSync(join(sources, path), "utf8");
    const value = valueOf(name).split("\n");
    if (path.endsWith(".asc")) expect(value.join("\n")).toBe(whole);
    if (path.endsWith(".pl"))
      expect(value.shift()).toBe(`# line 1 "${path.slice("host/".length)}"`);
    whole.split("\n").forEach((line, at) => {
      if (!path.endsWith(".asc")) expect(["", line]).toContain(value[at]);
    });
  }
});

test("no heredoc has a line that looks like a comment, and would be lost on the way", () => {
  const heredocs = [...source().matchAll(/<<-?(['"]?)(\w+)\1.*\n([^]*?)\n\t*\2\n/g)];
  expect(heredocs.length).toBeGreaterThan(0);
  for (const [, , , body] of heredocs) expect(body).not.toMatch(/^\t*#(?!!)/m);
});

test("no function is defined twice: the later one would be called for both", () => {
  const names = [...source().matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

/** All shell sources, with their comments. */
function source(): string {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" });
  const scripts = files.filter((file) => file.endsWith(".sh"));
  return scripts.map((file) => readFileSync(join(sources, file), "utf8")).join("");
}

test("a step's hash is of its own, and of functions above the ledger alone", () => {
  const hashes = stepNames.map(stepCodeHash);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{8}$/);
  expect(new Set(hashes).size).toBe(stepNames.length);
  const layersOf = (step: StepName) =>
    functionsOfStep(step).map((name) => shellFunctions().get(name)?.path.split("/")[1]);
  for (const step of stepNames) expect(layersOf(step)).not.toContain("ledger");
});

test.each<[string, StepName[]]>([
  ["machine_facts", ["machine"]],
  ["limitation_facts", ["daemon"]],
  ["sysctl_set", ["machine"]],
  ["run_check", []],
])("what runs again where %s changes", (name, steps) => {
  expect(stepNames.filter((step) => functionsOfStep(step).includes(name))).toEqual(steps);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allMessages, messagesOfShell, messagesOfSource } from "../../scripts/messages";

const host = join(__dirname, "../../src/host");
const messages = allMessages();

test("a message of the agent, with what a run fills in", () => {
  const text = `f() {
	fail "$1" "no $(uname -r) of \${2##*/}" 'the one' \\
		"see it, \\
then run again"
	fail "$1" "it failed" '' "see it"
	say "$@"
}
`;
  expect(messagesOfShell("a.sh", text)).toEqual([
    {
      place: "a.sh:2",
      kind: "fail",
      text: "<1>: found no <uname -r> of <2##*/>, expected the one. To fix: see it, then run again",
    },
    { place: "a.sh:5", kind: "fail", text: "<1>: it failed. To fix: see it" },
  ]);
});

test("a message of the package, and no program", () => {
  const text = 'warn(`the host ${name} does not answer`); run(`exec ssh to the $host`); a("b c");';
  expect(messagesOfSource("a.ts", text)).toEqual([
    { place: "a.ts:1", kind: "text", text: "the host <name> does not answer" },
  ]);
});

test("the table has every problem of the agent", () => {
  const files = readdirSync(host, { recursive: true, encoding: "utf8" });
  const calls = files
    .filter((name) => /(?<!\.program)\.sh$/.test(name))
    .flatMap((name) => {
      const lines = readFileSync(join(host, name), "utf8").split("\n");
      return lines.flatMap((line, at) =>
        /^\s*(problem|fail) (?!"\$@")["'a-z]/.test(line) ? [`src/host/${name}:${at + 1}`] : [],
      );
    });
  expect(calls.length).toBeGreaterThan(60);
  const places = messages.map(({ place }) => place);
  expect(calls.filter((call) => !places.includes(call))).toEqual([]);
});

test("every problem says what happened, and how to fix it", () => {
  const problems = messages.filter(({ kind }) => kind === "problem" || kind === "fail");
  const incomplete = problems.filter(({ text }) =>
    /\bundefined\b|: (found , |\. )|, expected \. |To fix: $/.test(text),
  );
  expect(incomplete).toEqual([]);
});

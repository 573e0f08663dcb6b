import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { agentFunctions } from "../support/hostPrograms";
import { JsonText, renderDocument } from "../../src/steps/document";

const functions = agentFunctions();

/** What a piece of the agent's shell prints where these are the secret values of a run, or those of before. */
function said(
  script: string,
  {
    secrets = {},
    place = "values",
    input = "",
  }: { secrets?: object; place?: string; input?: string },
): string {
  const folder = mkdtempSync(join(tmpdir(), "rootless-docker-redaction-"));
  const document = Object.entries(secrets).map(([key, v]) => [key, new JsonText(v)] as const);
  const start = `STATE=${folder} WORK=${folder} OWN=${folder}/own STEP=daemon PART=daemon
    ACCOUNT=app ACCOUNT_UID=1000 ACCOUNT_HOME=/home/app
    : >"$WORK/problems"
    exec 2>&1
    ${script}`;
  try {
    mkdirSync(join(folder, "own"));
    mkdirSync(join(folder, "new"));
    writeFileSync(join(folder, "new/daemon.json"), "{}");
    writeFileSync(join(folder, place), renderDocument(Object.fromEntries(document)));
    // A file, since stdin is for the text.
    writeFileSync(join(folder, "program"), `${functions}\n${start}\n`);
    return execFileSync("sh", [join(folder, "program")], {
      input,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const withoutLogins = (input: string) => said("without_logins_of_urls", { input });

test.each<[string, string, string]>([
  [
    "a user of a URL",
    "at http://me:pw@proxy:1 and ssh://me@host",
    "at http://[secret]@proxy:1 and ssh://[secret]@host",
  ],
  ["no user of a URL", "http://host/ mail@host", "http://host/ mail@host"],
  [
    "a user and a password without a scheme",
    'HTTP_PROXY=user:pw@proxy:1 at "me:p%40w@host"',
    'HTTP_PROXY=[secret]@proxy:1 at "[secret]@host"',
  ],
  ["no time", "12:00:01 me@host ssh://host:22/me", "12:00:01 me@host ssh://host:22/me"],
  ["other lines", "a\n\n\\n %s $(id)", "a\n\n\\n %s $(id)"],
])("hides %s", (_what, text, wanted) => {
  expect(withoutLogins(`${text}\n`)).toBe(`${wanted}\n`);
});

test("changes nothing else", () => {
  const character = fc.constantFrom(...'ABC 123 "\\%s&$(){}[]/.:;*'.split(""));
  const line = fc.string({ unit: character, maxLength: 80 });
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.map((each) => `${each}\n`).join("");
      expect(withoutLogins(text)).toBe(text);
    }),
    { numRuns: 15 },
  );
});

// In place of programs of the machine: what they say quotes a value.
const journal = `
  journalctl() { echo 'level=fatal msg="no such flag hunter2"'; }
  timeout() { :; }
  say_why_it_failed 5`;
const refusal = `
  timeout() { echo 'unable to configure: hunter2'; return 1; }
  validate_daemon_json || true`;

test.each<[string, string, object, string]>([
  ["a variable", journal, { "environment/A": "hunter2" }, "values"],
  ["a value of before", journal, { "environment/A": "hunter2" }, "own/values"],
  ["a member", journal, { "daemon.json/a": [{ b: "hunter2" }] }, "values"],
  ["a member that is refused", refusal, { "daemon.json/a": [{ b: "hunter2" }] }, "values"],
])("words that could quote %s are not shown", (_what, script, secrets, place) => {
  const shown = said(`(${script}) || true`, { secrets, place });
  expect(shown).toContain("may quote secret values");
  expect(shown).not.toContain("hunter2");
});

test.each([
  ["the journal", journal, {}],
  ["the journal, beside a login", journal, { "registryAuth/a.example": "me:other" }],
  ["a refusal", refusal, {}],
  ["a refusal, beside a variable", refusal, { "environment/A": "other" }],
])("without a secret value that they could quote they are: %s", (_what, script, secrets) => {
  expect(said(`(${script}) || true`, { secrets })).toContain("hunter2");
});

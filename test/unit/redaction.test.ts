import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { JsonText, renderDocument } from "../../src/steps/document";

const sources = join(__dirname, "../../src/host");

/** What the agent's `without_secrets` makes of a text, where these are the secret values of a run, or those of before. */
function redacted(secrets: Record<string, unknown>, text: string, place = "values"): string {
  const folder = mkdtempSync(join(tmpdir(), "rootless-docker-redaction-"));
  const document = Object.entries(secrets).map(([key, v]) => [key, new JsonText(v)] as const);
  const script = `set -eu
    WITHOUT_SECRETS_AWK=$(cat "$1/daemon/withoutSecrets.awk")
    . "$1/daemon/secretValues.sh"
    WORK=$2 OWN=$2/own
    mkdir -p "$OWN"
    mv "$2/document" "$2/$3"
    without_secrets`;
  try {
    writeFileSync(join(folder, "document"), renderDocument(Object.fromEntries(document)));
    return execFileSync("sh", ["-c", script, "sh", sources, folder, place], {
      input: text,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each<[string, Record<string, unknown>, string, string]>([
  ["the value", { "environment/A": "hunter2hunter2" }, "a hunter2hunter2, b", "a [secret], b"],
  [
    "again and again",
    { "environment/A": "hunter2" },
    "hunter2hunter2 hunter2",
    "[secret][secret] [secret]",
  ],
  ["inside quotes", { "environment/A": 'a"b\\c\td' }, 'is "a\\"b\\\\c\\td".', 'is "[secret]".'],
  [
    "a line of it",
    { "environment/A": "first\nsecond line" },
    "second line\nfirst",
    "[secret]\n[secret]",
  ],
  ["a text inside JSON", { "daemon.json/a": [{ b: "hunter2" }] }, "no hunter2", "no [secret]"],
  ["a number inside JSON", { "daemon.json/a": { b: -424242.5 } }, "is -424242.5", "is [secret]"],
  ["a short one in words, too", { "environment/A": "ab" }, "(ab) tab", "([secret]) t[secret]"],
  ["a password of a registry", { "registryAuth/a.b": "me:hunter2" }, "bad hunter2", "bad [secret]"],
  ["none in an empty value", { "environment/A": "" }, "a  b", "a  b"],
  ["what looks like a pattern", { "environment/A": ".*[a-z]&" }, "x .*[a-z]& y", "x [secret] y"],
  [
    "a user of a URL",
    {},
    "at http://me:pw@proxy:1 and ssh://me@host",
    "at http://[secret]@proxy:1 and ssh://[secret]@host",
  ],
  ["no user of a URL", {}, "http://host/ mail@host", "http://host/ mail@host"],
  [
    "a user and a password without a scheme",
    {},
    'HTTP_PROXY=user:pw@proxy:1 at "me:p%40w@host"',
    'HTTP_PROXY=[secret]@proxy:1 at "[secret]@host"',
  ],
  ["no time", {}, "12:00:01 me@host ssh://host:22/me", "12:00:01 me@host ssh://host:22/me"],
  ["other lines", { "environment/A": "hunter2" }, "a\n\n\\n %s $(id)", "a\n\n\\n %s $(id)"],
])("hides %s", (_what, secrets, text, wanted) => {
  expect(redacted(secrets, `${text}\n`)).toBe(`${wanted}\n`);
});

test("hides values of before, too, which a daemon may still have", () => {
  const recorded = "own/values";
  expect(redacted({ "environment/A": "hunter2" }, "a hunter2\n", recorded)).toBe("a [secret]\n");
});

const oneOf = (characters: string) => fc.constantFrom(...characters.split(/(?:)/u));

test("hides any value, as it is and as JSON has it", () => {
  const secret = fc.string({
    unit: oneOf('abcdefgh01"\\\t\n $&*[]%:/é'),
    minLength: 4,
    maxLength: 60,
  });
  const ways = [(v: string) => v, (v: string) => JSON.stringify(v).slice(1, -1)];
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), (values) => {
      const names = values.map((_, index) => `environment/V${index}`);
      const secrets = Object.fromEntries(names.map((name, index) => [name, values[index]]));
      const text = values.flatMap((v) => ways.map((way) => `<${way(v)}>\n`)).join("");
      const shown = redacted(secrets, text);
      for (const line of values.flatMap((value) => value.split("\n"))) {
        if (line.length >= 4) for (const way of ways) expect(shown).not.toContain(way(line));
      }
    }),
    { numRuns: 15 },
  );
});

test("changes nothing else", () => {
  const secret = fc.string({ unit: oneOf("abcxyz"), minLength: 1, maxLength: 40 });
  const line = fc.string({ unit: oneOf('ABC 123 "\\%s&$(){}[]/.:;*'), maxLength: 80 });
  fc.assert(
    fc.property(fc.array(secret), fc.array(line), (values, lines) => {
      const text = lines.map((each) => `${each}\n`).join("");
      expect(redacted({ "daemon.json/all": values }, text)).toBe(text);
    }),
    { numRuns: 15 },
  );
});

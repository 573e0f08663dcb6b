import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { hostFile } from "../support/hostPrograms";

// What the agent reads and changes of an account's JSON files, and what it makes of docker's words.

const sources = join(__dirname, "../../src/host");
const folder = mkdtempSync(join(tmpdir(), "rootless-docker-login-"));
afterAll(() => rmSync(folder, { recursive: true }));

const perl = (path: string) => ["-e", readFileSync(hostFile(path), "utf8")];
const place = "auths/r.example";

/** Runs it: what is printed, and the exit status. */
function member(how: string, text: string, put = ""): { status: number | null; stdout: string } {
  const file = join(folder, "member");
  writeFileSync(file, put);
  const programs = [...perl("core/jsonParser.pl"), ...perl(`core/json${how}.pl`)];
  const { status, stdout } = spawnSync("perl", [...programs, place, file], {
    input: text,
    encoding: "utf8",
  });
  return { status, stdout };
}

test.each<[text: string, status: number, found: string]>([
  ["", 0, ""],
  [" \n", 0, ""],
  ["{}", 0, ""],
  ['{"auths": {}}', 0, ""],
  ['{"auths": {"r.example": {"auth": "YQ=="}}}', 0, '{"auth": "YQ=="}'],
  ['{"auths": {"R.example": {"auth": "no"}}}', 0, ""],
  // The same words where they mean something else.
  ['{"plugins": {"r.example": {"auth": "no"}}, "x": {"auths": {"r.example": 1}}}', 0, ""],
  ['{"a": "\\"auths\\": {\\"r.example\\": {}}", "auths": {"o.example": {}}}', 0, ""],
  ["[]", 2, ""],
  ["{", 2, ""],
  ['{"auths": {"r.example" {}}}', 2, ""],
  ['{"auths": {},}', 2, ""],
  ["{} {}", 2, ""],
  ["[".repeat(100_000), 2, ""],
  [`{"a": ${"[".repeat(100_000)}`, 2, ""],
  [`{"a": "${'\\"'.repeat(300_000)}`, 2, ""],
])("a member of %.60j", (text, status, stdout) => {
  expect(member("Get", text)).toEqual({ status, stdout });
});

const key = fc.oneof(fc.string(), fc.constantFrom("auths", "r.example", '"', "\\"));
const object = fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true });

test("whatever JSON is around it: found, exchanged, taken out, and all else as it was", () => {
  fc.assert(
    fc.property(
      object,
      object,
      fc.constantFrom(undefined, 1, "\t"),
      fc.nat(5),
      (around, auths, indent, position) => {
        const others = Object.entries(auths).filter(
          ([name]) => !/^(r\.example|__proto__)$/.test(name),
        );
        const entries = [...others];
        entries.splice(position, 0, ["r.example", { auth: "YTpi" }]);
        const all = { ...around, auths: Object.fromEntries(entries) };
        const text = JSON.stringify(all, undefined, indent);
        const without = { ...around, auths: Object.fromEntries(others) };
        const other = { ...all, auths: { ...all.auths, "r.example": { auth: "Yzpk" } } };
        const same = (value: unknown) => JSON.parse(JSON.stringify(value)) as object;
        const parsed = (how: string, from = text, put = "") =>
          JSON.parse(member(how, from, put).stdout) as { auths?: object };
        expect(parsed("Get")).toEqual({ auth: "YTpi" });
        expect(parsed("Put", text, '{ "auth": "Yzpk" }')).toEqual(same(other));
        expect(parsed("Put", JSON.stringify(without), '{"auth":"YTpi"}')).toEqual(same(all));
        // An object that only it was in goes with it.
        const dropped = parsed("Drop");
        expect({ auths: {}, ...dropped }).toEqual(same(without));
        if (others.length > 0) expect(dropped.auths).toEqual(same(without.auths));
      },
    ),
    { numRuns: 60 },
  );
});

/** The problem that the agent makes of what docker said. */
function problemOf(said: string, password = "s3cret-password", values = ""): string {
  const script = `set -eu
    for file in core/document core/run core/text core/account core/findings daemon/secretValues resources/dockerLogin; do
      . "$1/$file.sh"
    done
    LOG_IN_SH=:
    STEP=daemon PART=daemon WORK=$2 OWN=$2/own ACCOUNT=app
    mkdir -p "$OWN"; : >"$WORK/problems"
    as_account_within() { false; }
    printf %s "$4" >"$WORK/values"
    cat >"$WORK/said"
    printf 'me:%s' "$3" >"$WORK/login"
    log_in r.example:5000 "$WORK/login"
    cat "$WORK/problems"`;
  return execFileSync("sh", ["-c", script, "sh", sources, folder, password, values], {
    input: said,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
}

test.each([
  ["certificate signed by unknown authority", "certificate signed by unknown authority"],
  ["", "no answer in 90 seconds"],
  ["WARNING! Using --password\nno: good\n", "no: good"],
  ["proxyconnect http://me:pw@proxy:1", "proxyconnect http://[secret]@proxy:1"],
])("docker says %j", (said, shown) => {
  const problem = problemOf(said);
  expect(problem).toMatch(/docker cannot log in \('?[^']*'?\)/);
  expect(problem).toContain(shown);
  for (const word of ["registryCertificates", "insecure-registries", "environment"])
    expect(problem).toContain(word);
});

test.each([
  [
    "the password",
    'no: s3cret-"wörd for you',
    's3cret-"wörd',
    "",
    "its answer contains the password",
  ],
  [
    "the password as JSON",
    'no: "s3cret-\\"word" for you',
    's3cret-"word',
    "",
    "its answer contains the password",
  ],
  [
    "the header with the login",
    `refused: Basic ${Buffer.from("me:s3cret").toString("base64")}`,
    "s3cret",
    "",
    "its answer contains the password",
  ],
  [
    "a proxy",
    "geheim-wort",
    "s3cret",
    "environment/A: 1\n",
    "'docker login r.example:5000' as app",
  ],
])(
  "docker's words that hold or could hold %s are not shown",
  (_what, said, password, values, words) => {
    const problem = problemOf(said, password, values);
    expect(problem).toContain(words);
    expect(problem).not.toMatch(/s3cret|geheim/);
  },
);

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";

// What the agent reads and changes of docker's config.json, and what it makes of docker's words.

const sources = join(__dirname, "../../src/host");
const folder = mkdtempSync(join(tmpdir(), "rootless-docker-login-"));
afterAll(() => rmSync(folder, { recursive: true }));

const program = /^JSON_READER='([^']*)'/m.exec(
  readFileSync(join(sources, "core/json.sh"), "utf8"),
)?.[1] as string;

const place = (...keys: string[]) => keys.map((key) => JSON.stringify(key));

/** What is at a place, and the exit status. */
function at(text: string, ...keys: string[]) {
  const { status, stdout } = spawnSync("perl", ["-e", program, ...place(...keys)], {
    input: text,
    encoding: "utf8",
  });
  return { status, stdout };
}

/** The text with another entry for the registry, or without one. */
function changed(text: string, entry?: string): string {
  const file = join(folder, "entry");
  if (entry !== undefined) writeFileSync(file, entry);
  return execFileSync("perl", ["-e", program, ...place("auths", "r.example")], {
    input: text,
    encoding: "utf8",
    env: { ...process.env, CHANGE: "put", TEXT: entry === undefined ? "" : file },
  });
}

const entries: [text: string, status: number, found: string][] = [
  ["", 1, ""],
  [" \n", 1, ""],
  ["{}", 1, ""],
  ['{"auths": {}}', 1, ""],
  ['{"auths": {"r.example": {"auth": "YQ=="}}}', 0, '{"auth": "YQ=="}'],
  // As docker reads them, too: a field in any case, names with escapes.
  ['{"Auths": {"r.example": {"auth": "YQ=="}}}', 0, '{"auth": "YQ=="}'],
  ['{"\\u0061uths": {"r\\u002eexample": {"auth": "YQ=="}}}', 0, '{"auth": "YQ=="}'],
  ['{"auths": {"R.example": {"auth": "no"}}}', 1, ""],
  // The same words where they mean something else.
  ['{"plugins": {"r.example": {"auth": "no"}}, "x": {"auths": {"r.example": 1}}}', 1, ""],
  ['{"a": "\\"auths\\": {\\"r.example\\": {}}", "auths": {"o.example": {}}}', 1, ""],
  ["[]", 2, ""],
  ["{", 2, ""],
  ['{"auths": {"r.example" {}}}', 2, ""],
  ['{"auths": {},}', 2, ""],
  ["{} {}", 2, ""],
  ["[".repeat(100_000), 2, ""],
  [`{"a": ${"[".repeat(100_000)}`, 2, ""],
  [`{"a": "${'\\"'.repeat(300_000)}`, 2, ""],
];

test.each(entries.map((row) => [JSON.stringify(row[0]).slice(0, 60), row] as const))(
  "an entry of %s",
  (_title, [text, status, stdout]) => {
    expect(at(text, "auths", "r.example")).toEqual({ status, stdout });
  },
);

const key = fc.oneof(fc.string(), fc.constantFrom("auths", "r.example", '"', "\\"));

test("whatever JSON is around it: found, exchanged, taken out, and all else as it was", () => {
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true }),
      fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true }),
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
        expect(JSON.parse(at(text, "auths", "r.example").stdout)).toEqual({ auth: "YTpi" });
        const without = { ...around, auths: Object.fromEntries(others) };
        const other = { ...all, auths: { ...all.auths, "r.example": { auth: "Yzpk" } } };
        expect(JSON.parse(changed(text))).toEqual(JSON.parse(JSON.stringify(without)));
        expect(JSON.parse(changed(text, '{ "auth": "Yzpk" }'))).toEqual(
          JSON.parse(JSON.stringify(other)),
        );
      },
    ),
    { numRuns: 60 },
  );
});

/** The problem that the agent makes of what docker said. */
function problemOf(said: string): string {
  const script = `set -eu
    for file in core/document core/json core/run core/text core/account core/findings core/report core/state daemon/redaction resources/registryLogin; do
      [ ! -e "$1/$file.sh" ] || . "$1/$file.sh"
    done
    STEP=registries WORK=$2 STATE=$2/state ACCOUNT=app ACCOUNT_HOME=/home/app
    mkdir -p "$WORK/values/json"; : >"$WORK/problems"; : >"$WORK/findings"
    printf '"s3cret-password"' >"$WORK/values/json/a"
    printf '"geheim-ü-wort-ß-zwölf"' >"$WORK/values/json/b"
    cat >"$WORK/error"
    login_problem r.example:5000
    cat "$WORK/problems"`;
  return execFileSync("sh", ["-c", script, "sh", sources, folder], {
    input: said,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C", SELF: "0" },
  });
}

const get = 'Error response from daemon: Get "https://r.example:5000/v2/": ';

test.each([
  [
    `${get}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    "give the certificate of its authority in registryCertificates",
  ],
  [
    `${get}tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2025-01-01T00:00:00Z`,
    "correct its certificate: its time, or the names in it, or see the clock of this machine",
  ],
  [
    `${get}x509: certificate is valid for a.example, not r.example`,
    "correct its certificate: its time, or the names in it, or see the clock of this machine",
  ],
  [
    `${get}http: server gave HTTP response to HTTPS client`,
    "give it a certificate, or name it in insecure-registries of daemon",
  ],
  [
    "Error response from daemon: login attempt to https://r.example:5000/v2/ failed with status: 401 Unauthorized",
    "correct username and password of it in registryAuth, or make a new token there: it may have expired",
  ],
  [
    `${get}denied: requested access to the resource is denied`,
    "correct username and password of it in registryAuth, or make a new token there: it may have expired",
  ],
  [
    `${get}dial tcp: lookup r.example on 10.0.2.3:53: no such host`,
    "see that the daemon of app reaches r.example:5000: its name, port and firewall, or a proxy in environment",
  ],
  [
    "",
    "see that the daemon of app reaches r.example:5000: its name, port and firewall, or a proxy in environment",
  ],
])("docker says %j", (said, fix) => {
  const shown = said === "" ? "no answer within 90 seconds" : said;
  expect(problemOf(said)).toBe(
    `registries: registryAuth r.example:5000: found that docker cannot log in ('${shown}'); wanted a login. To fix: ${fix}, then run again\n`,
  );
});

test("docker quotes the password", () => {
  expect(problemOf("WARNING! Using --password\nno: s3cret-password for you\n")).toContain(
    "('no: [secret] for you')",
  );
});

test.each([
  ["geheim-ü-wort-ß-zwölf", "as it is"],
  ["geheim-??-wort-??-zw??lf", "in ASCII, as the account's programs are heard"],
  [encodeURIComponent("geheim-ü-wort-ß-zwölf"), "in a URL"],
])("docker quotes a password of other letters than ASCII's: %s, %s", (quoted) => {
  expect(problemOf(`no: ${quoted} for you\n`)).toContain("('no: [secret] for you')");
});

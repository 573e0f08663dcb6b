import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { hostFile } from "../support/hostPrograms";

// What the agent reads and changes of an account's JSON files, and what it says of a login that fails.

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

test("docker's answer is not shown, because a registry may quote the password", () => {
  const script = `set -eu
    for file in core/run core/text core/findings resources/dockerLogin; do . "$1/$file.sh"; done
    LOG_IN_SH=: PART=daemon WORK=$2 ACCOUNT=app
    : >"$WORK/problems"
    as_account_within() { cat >"$WORK/said"; false; }
    printf me:s3cret >"$WORK/login"
    log_in r.example:5000 "$WORK/login"
    cat "$WORK/problems"`;
  const problem = execFileSync("sh", ["-c", script, "sh", sources, folder], { encoding: "utf8" });
  expect(readFileSync(join(folder, "said"), "utf8")).toBe("s3cret");
  expect(problem).not.toContain("s3cret");
  expect(problem).toMatch(
    /^daemon: registryAuth r\.example:5000: docker cannot log in.* run 'docker login r\.example:5000' as app/,
  );
  for (const word of ["registryCertificates", "insecure-registries", "environment"])
    expect(problem).toContain(word);
});

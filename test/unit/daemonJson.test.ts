import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";

const host = join(__dirname, "../../src/host");

/** What the functions of configuration.sh print for daemon.json on stdin. */
const run = (script: string, input: string) =>
  execFileSync(
    "sh",
    ["-euc", `. "$1/core/json.sh"; . "$1/daemon/configuration.sh"; ${script}`, "sh", host],
    {
      input,
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    },
  );

test("the members of an object, however it is written", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom(undefined, 2, "\t"),
      (object, indent) => {
        const members = Object.entries(object).map(
          ([name, value]) => `${JSON.stringify(name).slice(1, -1)}\t${JSON.stringify(value)}\n`,
        );
        expect(run("json_members", JSON.stringify(object, null, indent))).toBe(members.join(""));
      },
    ),
    { numRuns: 60 },
  );
});

const written = '{"debug": true, "log-level": "info", "mtu": 1400, "log-opts": {"max-size": "1m"}}';
const changes = (found: string) =>
  run(
    `WORK=$(mktemp -d); trap 'rm -r "$WORK"' EXIT; account_file() { cat; }
    printf 'sum\\n' >"$WORK/record"; printf '%s' '${written}' | json_members | sums_of_members >>"$WORK/record"
    changed_members daemon.json "$WORK/record"`,
    found,
  );

test.each([
  [
    "written in another way",
    '{ "mtu": 1400, "debug":true,\n"log-opts":{ "max-size":"1m" },"log-level":"info" }',
    "",
  ],
  ["one value", written.replace("info", "debug"), ": log-level"],
  [
    "values, and keys less",
    '{"debug": false, "log-opts": {"max-size": "2m"}}',
    ": debug, log-level (gone), log-opts, mtu (gone)",
  ],
  ["keys more", written.replace("{", '{"proxies": {}, "a;b": 1, '), ": proxies (new)"],
  [
    "many",
    `{${Array.from({ length: 12 }, (_, at) => `"k${at + 10}": 1`).join()}, ${written.slice(1)}`,
    `: ${Array.from({ length: 10 }, (_, at) => `k${at + 10} (new)`).join(", ")} and 2 more`,
  ],
  ["no key", "{}", ": debug (gone), log-level (gone), log-opts (gone), mtu (gone)"],
  ["no JSON", written.slice(0, -1), ""],
  ["very many", `{${Array.from({ length: 201 }, (_, at) => `"k${at}": 1`).join()}}`, ""],
  ["too large", `{"a": "${"x".repeat(70_000)}"}`, ""],
])("what is another one: %s", (_what, found, said) => {
  expect(changes(found)).toBe(said);
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentFunctions } from "../support/hostPrograms";

// The loops of the ledger, with a kind of resource that is a file of one line in a scratch directory: no host.

const toys = `
toy_state() {
  if [ -e "$TOYS/$1" ]; then cat "$TOYS/$1"; else printf absent; fi
}
toy_set() {
  if [ "$2" = absent ]; then rm "$TOYS/$1"; else printf '%s' "$2" >"$TOYS/$1"; fi
}
toy_bytes() { cat "$TOYS/$1"; }
see_recorded_paths() { :; }
sync() { :; }
`;

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "rootless-docker-loops-"));
  run("ab12", 'mkdir -p "$STATE/records/new" "$STATE/installations" "$TOYS"');
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** What a run of the step machine says, of an installation. */
function run(installation: string, script: string): string[] {
  const input = `${agentFunctions()}${toys}
    STATE=${scratch}/state TOYS=${scratch}/toys WORK=$(mktemp -d ${scratch}/work.XXXX) STEP=machine PART=machine VERB=apply
    ID=${installation} OWN=$STATE/installations/$ID DOC=$WORK/doc
    for name in changed problems wanted declared; do : >"$WORK/$name"; done
    { ${script}
    } 2>&1`;
  return execFileSync("sh", ["-s"], { input, encoding: "utf8" }).split("\n").filter(Boolean);
}

const toysLeft = () =>
  Object.fromEntries(
    readdirSync(join(scratch, "toys")).map((name) => [
      name,
      readFileSync(join(scratch, "toys", name), "utf8"),
    ]),
  );
const recordsLeft = () =>
  readdirSync(join(scratch, "state/records")).filter((name) => name !== "new");

test("what a step wants is recorded and made, and goes when it is not wanted any more", () => {
  const wish = "want toy a on; want toy b on; settle";
  expect(run("ab12", wish)).toEqual(["machine: a: on", "machine: b: on"]);
  expect(run("ab12", wish)).toEqual([]);
  expect(recordsLeft()).toEqual(["000001", "000002"]);
  expect(run("ab12", "want toy a on; settle; release")).toEqual(["machine: b: removed"]);
  expect(toysLeft()).toEqual({ a: "on" });
  expect(recordsLeft()).toEqual(["000001"]);
});

test("what is late goes in the second of two releases", () => {
  run("ab12", "want_late toy a on; want toy b on; want_late toy c on; settle");
  expect(run("ab12", "release early")).toEqual(["machine: b: removed"]);
  expect(toysLeft()).toEqual({ a: "on", c: "on" });
  expect(run("ab12", "release")).toEqual(["machine: c: removed", "machine: a: removed"]);
  expect([toysLeft(), recordsLeft()]).toEqual([{}, []]);
});

test("what somebody has changed since stays, and is named with what was there before", () => {
  run("ab12", 'echo file 1 >"$TOYS/a"; want toy a on; want toy b on; settle');
  expect(recordsLeft()).toEqual(["000001", "000001.was", "000002"]);
  run("ab12", 'printf other >"$TOYS/a"; rm "$TOYS/b"');
  expect(run("ab12", "release")).toEqual([
    "machine: kept: a, because somebody changed it; before this program it was a file with mode 1",
  ]);
  expect([toysLeft(), recordsLeft()]).toEqual([{ a: "other" }, []]);
});

test("what two installations want goes with the last of them, and stays what it is until then", () => {
  run("ab12", "want toy a on; settle");
  run("cd34", "want toy a on; settle");
  expect(run("ab12", "release")).toEqual([]);
  expect(toysLeft()).toEqual({ a: "on" });
  expect(run("cd34", "release")).toEqual(["machine: a: removed"]);
  expect([toysLeft(), recordsLeft()]).toEqual([{}, []]);
});

test("two that want different values are an error that names both, and changes nothing", () => {
  run("ab12", "want toy a on; settle");
  expect(() => run("cd34", "want toy b on; want toy a off; settle")).toThrow();
  const said = run("cd34", "(want toy b on; want toy a off; settle) || true");
  expect(said.join()).toContain("installation ab12 sets it to 'on', and ");
  expect([toysLeft(), recordsLeft()]).toEqual([{ a: "on" }, ["000001"]]);
});

test("an installation that takes another one's place has its records", () => {
  run("ab12", "want toy a on; settle");
  run("cd34", "inherit_records ab12");
  expect(run("ab12", "records_of ab12; release")).toEqual([]);
  expect(run("cd34", "records_of cd34 machine; release")).toEqual([
    "000001",
    "machine: a: removed",
  ]);
});

test("what a killed run has begun to write is no record", () => {
  run("ab12", 'echo half >"$STATE/records/new/000001.was"; want toy a on; settle');
  expect(recordsLeft()).toEqual(["000001"]);
});

test("bytes of a record that never came are not those of the next record of that number", () => {
  run("ab12", 'echo theirs >"$STATE/records/000001.was"; want toy a on; settle');
  expect(recordsLeft()).toEqual(["000001"]);
});

test("what a kind leaves as it is, is not said to be changed", () => {
  const stays = 'toy_set() { say "kept: toy $1"; STAYS_AS_IT_IS=yes; }';
  run("ab12", "want toy a on; want toy b on; settle");
  expect(run("ab12", `${stays}\nrelease`)).toEqual([
    "machine: kept: toy b",
    "machine: kept: toy a",
  ]);
  expect(run("ab12", `${stays}\nwant toy c on; settle`)).toEqual(["machine: kept: toy c"]);
});

test("a look that fails ends the run before anything changes", () => {
  const fails = "toy_state() { return 7; }";
  expect(() => run("ab12", `${fails}\nwant toy a on; settle`)).toThrow();
  expect([toysLeft(), recordsLeft()]).toEqual([{}, []]);
});

test("a run that was cut off after it had written a module's option loads the module in the next one", () => {
  const option = `has_module_parameter() { :; }
    want_file() { cp "$3" "$TOYS/option"; }
    cmp() { command cmp -s "$2" "$TOYS/option"; }
    want_module_option overlay.metacopy Y; cat "$WORK/module-options" 2>/dev/null || true`;
  expect(run("ab12", option)).toEqual(["overlay.metacopy"]);
  expect(run("ab12", option)).toEqual([]);
  expect(run("ab12", `WAS_KILLED=yes\n${option}`)).toEqual(["overlay.metacopy"]);
});

test("an installation that takes over knows what the service manager has not read", () => {
  run(
    "ab12",
    'mkdir -p "$OWN" "$STATE/agents"; printf "app 1 /home/app made" >"$OWN/account-entry"; remember unread-units yes',
  );
  run("cd34", 'mkdir -p "$OWN"; inherit ab12; [ "$(remembered unread-units)" = yes ]');
});

test("drift is what is not as this installation left it", () => {
  run("ab12", 'want toy a on; want toy b on; settle; printf other >"$TOYS/b"');
  expect(run("ab12", "ledger_differences")).toEqual(["machine\tb\tother\ton"]);
  expect(run("cd34", "ledger_differences")).toEqual([]);
});

test("what was there before, and what others want", () => {
  run("ab12", 'printf early >"$TOYS/a"; want toy a on; settle');
  const asked = "recorded was toy a; echo; recorded others toy a; echo; claims_of_others toy ef56";
  expect(run("ab12", asked)).toEqual(["early"]);
  expect(run("cd34", asked)).toEqual(["early", "on", "a\tab12\ton"]);
  expect(run("cd34", "claims_of_others toy ab12,ef56")).toEqual([]);
});

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentFunctions } from "../support/hostPrograms";

// Decisions with more than two answers print a word. Here: each word, from what it follows.

const functions = agentFunctions();

let own: string;
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), "rootless-docker-decisions-"));
  mkdirSync(join(own, "work"));
  writeFileSync(join(own, "work/problems"), "");
});
afterEach(() => rmSync(own, { recursive: true }));

/** What a piece of shell prints after the agent's functions, where other functions stand in for the machine. */
function printed(script: string): string {
  const start = `OWN=${own} STATE=${own} WORK=${own}/work VERB=revert STEP=daemon
    ACCOUNT=app ACCOUNT_UID=1000 ACCOUNT_HOME=/home/app RECORDED_STATE=made
    `;
  return execFileSync("sh", ["-s"], {
    input: `${functions}\n${start}${script}\n`,
    encoding: "utf8",
  }).trimEnd();
}

const state = (...lines: string[]) =>
  writeFileSync(join(own, "state"), lines.map((line) => `${line}\n`).join(""));
const data = (...lines: string[]) =>
  writeFileSync(join(own, "data"), lines.map((line) => `${line}\n`).join(""));

describe("what becomes of the account", () => {
  const ordinary = `is_login_of_account() { false; }; account_in_home() { :; }; others_can_change() { false; }
    may_have_own_files() { false; }\n`;

  test.each([
    ["found", "RECORDED_STATE=found"],
    ["found", "RECORDED_STATE=new"],
    ["found", "RECORDED_STATE=''"],
    ["half-made", "RECORDED_STATE=making"],
    ["goes", "RECORDED_STATE=going; is_login_of_account() { true; }"],
    ["goes", ":"],
    ["is-login", "is_login_of_account() { true; }"],
    ["holds-home", "account_in_home() { echo bob; }"],
    ["redirectable", `ACCOUNT_HOME=/tmp; others_can_change() { true; }`],
    ["has-own-files", "may_have_own_files() { true; }"],
  ])("%s: %s", (word, change) => {
    expect(printed(`${ordinary}${change}; fate_of_account`)).toBe(word);
  });

  test.each([
    ["goes", "/home/app/.local/share/docker\tabsent 1 2 -"],
    ["goes", "/home/app/data\tempty 1 2 755"],
    ["has-data", "/home/app/data\tfound 1 2 755"],
    ["has-data", "/srv/data\tabsent 1 2 -"],
    ["has-data", "/home/apple/data\tabsent 1 2 -"],
  ])("%s with data in %s", (word, line) => {
    data(line);
    expect(printed(`${ordinary}fate_of_account`)).toBe(word);
  });

  test("with Delete files of its own do not keep it, and with a word for each there are words for people", () => {
    state("fate-of-data delete");
    expect(printed(`${ordinary}may_have_own_files() { true; }; fate_of_account`)).toBe("goes");
    for (const word of ["is-login", "holds-home", "redirectable", "has-own-files", "has-data"])
      expect(printed(`${ordinary}why_account_stays ${word}`)).not.toBe("");
  });

  test.each([
    ["yes", "delete", ":"],
    ["no", "keep", ":"],
    ["no", "delete", "RECORDED_STATE=found"],
    ["no", "delete", "is_login_of_account() { true; }"],
  ])("the home goes: %s, with %s and %s", (word, fate, change) => {
    state(`fate-of-data ${fate}`);
    expect(printed(`${ordinary}${change}; if home_goes; then echo yes; else echo no; fi`)).toBe(
      word,
    );
  });
});

describe("what becomes of a data root", () => {
  const there = `as_account() { case $* in *stat*) echo '5 7' ;; *) true ;; esac; }
    command() { true; }\n`;

  test.each([
    ["goes", "delete", "absent 5 7", ":"],
    ["goes", "delete", "absent - -", ":"],
    ["goes", "keep-unless-empty", "absent 5 7", ":"],
    ["kept", "keep", "absent 5 7", ":"],
    [
      "kept",
      "keep-unless-empty",
      "empty 5 7",
      "as_account() { case $* in *stat*) echo '5 7' ;; *) false ;; esac; }",
    ],
    ["found", "delete", "found 5 7", ":"],
    ["another", "delete", "absent 5 8", ":"],
    ["gone", "delete", "found 5 7", "as_account() { :; }"],
    ["no-rootlesskit", "delete", "absent 5 7", "command() { false; }"],
  ])("%s, with %s, of what was %s (%s)", (word, fate, line, change) => {
    state(`fate-of-data ${fate}`);
    expect(printed(`${there}${change}; fate_of_data_root /home/app/data ${line}`)).toBe(word);
  });
});

describe("why the daemon starts", () => {
  const running = `RUNNING_SUM=s RUNNING_GROUND=g; new_sum() { echo s; }; found_sum() { echo s; }; ask_daemon() { true; }\n`;

  test.each([
    ["runs", ":", "yes", "g"],
    ["not-running", ":", "", "g"],
    ["other-files", "RUNNING_SUM=other", "yes", "g"],
    ["other-files", "RUNNING_SUM=unknown", "yes", "g"],
    ["other-ground", ":", "yes", "other"],
    ["edited-files", "found_sum() { echo other; }", "yes", "g"],
    ["no-answer", "ask_daemon() { false; }", "yes", "g"],
  ])("%s: %s", (word, change, ran, ground) => {
    expect(printed(`${running}${change}; why_daemon_starts '${ran}' '${ground}'`)).toBe(word);
  });
});

describe("the daemon follows another step", () => {
  const other = `STEP=machine; missing_programs() { :; }; ground() { echo 'a b'; }
    if has_to_follow; then echo yes; else echo no; fi`;

  test.each([
    ["no", "start sum a b"],
    ["yes", "start sum a c"],
    // A start that was cut off, or failed.
    ["yes", "start unknown"],
  ])("%s, after '%s'", (word, start) => {
    state(start);
    writeFileSync(join(own, "daemon"), "");
    expect(printed(other)).toBe(word);
  });

  test("not before its own step has come to its end, and always with new secret values", () => {
    state("start sum a c");
    expect(printed(other)).toBe("no");
    state("start sum a b");
    writeFileSync(join(own, "daemon"), "");
    writeFileSync(join(own, "work/values"), 'environment/A: "1"\n');
    expect(printed(other)).toBe("yes");
  });

  test("new secret values count for the daemon as soon as a step has brought them", () => {
    writeFileSync(join(own, "values"), 'environment/A: "old"\n');
    mkdirSync(join(own, "work/doc"));
    writeFileSync(join(own, "work/doc/document"), 'environment/A: "new"\n');
    const value = 'cat "$(unpacked_secrets)/text/environment/A"; echo';
    const script = `STEP=secrets PART=secrets DOC=$WORK/doc; ${value}; secrets_apply 2>/dev/null; ${value}`;
    expect(printed(script)).toBe("old\nnew");
  });
});

describe("whether packages of another source go", () => {
  test.each([
    ["no", "", "distribution"],
    ["no", "packages-of distribution", "distribution"],
    ["yes", "packages-of docker-repository", "distribution"],
    // A run that ended with an error, whatever else it was at work on.
    ["no", "packages-of distribution\nbegun.machine yes", "distribution"],
  ])("%s, with '%s'", (word, remembered, source) => {
    state(...remembered.split("\n"));
    writeFileSync(join(own, "packages"), "docker.io\n");
    const script = `WAS_KILLED=$(remembered begun.machine); doc() { echo ${source}; }
      if has_packages_of_other_source; then echo yes; else echo no; fi`;
    expect(printed(script)).toBe(word);
  });
});

test.each([
  ["plain", "plain"],
  ["x<{%pwned%}>y", "x<?%pwned%}>y"],
  ["a\u001b[31mb\u202e", "a?[31mb?"],
])("%j as people may see it, in a line and in a fact", (text, shown) => {
  const value = `$(cat <<'END'\n${text}\nEND\n)`;
  expect(printed(`shown "${value}"`)).toBe(shown);
  expect(printed(`fact a "${value}"; cat "$WORK/facts"`)).toBe(`,"a":"${shown}"`);
});

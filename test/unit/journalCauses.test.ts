import { runAwk } from "../support/hostPrograms";

const causes = (lines: string[]) =>
  runAwk("daemon/journalCauses.awk", lines.map((line) => `${line}\n`).join(""))
    .split("\n")
    .slice(0, -1);

test.each<[string, string[], string[]]>([
  ["nothing", [], []],
  [
    "causes, each once",
    ["failed to start", "level=fatal x", "failed to start"],
    ["failed to start", "level=fatal x"],
  ],
  [
    "a cause before what sounds like one",
    ["an Error", "[rootlesskit:child] no"],
    ["[rootlesskit:child] no"],
  ],
  ["what sounds like one", ["all is well", "permission DENIED"], ["permission DENIED"]],
  ["no information", ['level=info msg="failed"', "cannot go on"], ["cannot go on"]],
  ["a forwarding of its own", ["WARNING: IPv4 forwarding is disabled, failed"], []],
])("%s", (_what, lines, wanted) => {
  expect(causes(lines)).toEqual(wanted);
});

import { marksIn, ownMarks } from "../../scripts/whatRootDoes";

const problemsOf = (text: string) => marksIn("a.sh", text).problems;

test("each place of src/host that changes a machine has a mark", () => {
  const { marks, problems } = ownMarks();
  expect(problems).toEqual([]);
  expect(marks.length).toBeGreaterThan(50);
});

test("a mark says what the function below it does", () => {
  const text = `# Makes a file.
# root writes: /etc/a. Its record is on the disk before.
make() {
	tee /etc/a
}
`;
  expect(marksIn("a.sh", text)).toEqual({
    marks: [
      {
        verb: "writes",
        what: "/etc/a. Its record is on the disk before.",
        name: "make",
        path: "a.sh",
      },
    ],
    problems: [],
  });
});

test.each([
  ["rm -rf /etc/a", "removes"],
  ["mv /etc/a /etc/b", "writes"],
  ["echo a | tee /etc/a", "writes"],
  ["echo a >/etc/a", "writes"],
  ['echo a >>"$1"', "writes"],
  ["systemctl stop a.service", "units"],
  ["systemctl --quiet mask a.service", "units"],
  ["userdel a", "accounts"],
  ["modprobe a", "kernel"],
  ["run_manager apt-get install a", "packages"],
  ["as_account rm -f a", "as account"],
  ["if a; then rm /etc/a; fi", "removes"],
  ["a=$(rm /etc/a)", "removes"],
  ["a || { b && rm /etc/a; }", "removes"],
])("%s needs a mark '%s'", (code, verb) => {
  expect(problemsOf(`f() {\n\t${code}\n}\n`)).toEqual([
    expect.stringMatching(`^a\\.sh:2: f has no mark '# root ${verb}: \\.\\.\\.' for `),
  ]);
  expect(problemsOf(`# root ${verb}: a\nf() {\n\t${code}\n}\n`)).toEqual([]);
});

test.each([
  'rm -f "$WORK/a"',
  'echo a >"$WORK/a"',
  "echo a >/dev/null 2>&1",
  'a <"$1"',
  "systemctl is-active a.service",
  'cp -a /etc/a "$WORK/a"',
  'kill -0 "$1"',
])("%s needs none", (code) => {
  expect(problemsOf(`f() {\n\t${code}\n}\n`)).toEqual([]);
});

test.each([
  ["# root writes: a\nf() {\n\ttrue\n}\n", "f is marked '# root writes', and does nothing like it"],
  ["# root eats: a\nf() {\n\ttrue\n}\n", "'eats' is no word of a mark"],
  ["# root writes: a\n\nf() {\n\ttrue\n}\n", "a mark that is above no function"],
  ["f() {\n\t# root writes: a\n\ttee /etc/a\n}\n", "f has no mark"],
])("a mark that is in no place: %j", (text, problem) => {
  expect(problemsOf(text).join("\n")).toContain(problem);
});

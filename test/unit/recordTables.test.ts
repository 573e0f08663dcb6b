import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFile } from "../support/hostPrograms";

// The joins of src/host/ledger: tables in, a table out. In a table here two blanks or more stand for a tab.

const awks = ["mawk", "gawk"].filter((name) => spawnSync(name, ["1"], { input: "" }).status === 0);

const own = { installation: "ab12", step: "machine" };

const scratch = mkdtempSync(join(tmpdir(), "rootless-docker-ledger-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const lines = (table: string) =>
  table
    .split("\n")
    .map((line) => line.trim().replace(/ {2,}/g, "\t"))
    .filter((line) => line !== "");
const textOf = (table: string) =>
  lines(table)
    .map((line) => `${line}\n`)
    .join("");

/** What a join prints of its tables, which it reads in the order in which they are named. */
function joined(
  awk: string,
  name: string,
  variables: Record<string, string>,
  tables: Record<string, string>,
): string[] {
  const set = Object.entries(variables).flatMap(([key, value]) => ["-v", `${key}=${value}`]);
  const files = Object.entries(tables).flatMap(([table, text]) => {
    writeFileSync(join(scratch, table), textOf(text));
    return [`table=${table}`, table];
  });
  const words = [...set, "-f", hostFile(`ledger/${name}.awk`), ...files];
  return lines(execFileSync(awk, words, { cwd: scratch, encoding: "utf8" }));
}

test("there is an awk of which hosts have", () => expect(awks).not.toEqual([]));

const records = `
  000001  path    /etc/a.d         was   -     -        absent
  000001  path    /etc/a.d         left  -     -        dir 755
  000001  path    /etc/a.d         by    ab12  machine  dir 755
  000002  path    /etc/a.d/a.conf  was   -     -        absent
  000002  path    /etc/a.d/a.conf  left  -     -        file 644 aa
  000002  path    /etc/a.d/a.conf  left  -     -        file 644 bb
  000002  path    /etc/a.d/a.conf  late  -     -        -
  000002  path    /etc/a.d/a.conf  by    ab12  machine  file 644 bb
  000004  sysctl  net.a            was   -     -        128
  000004  sysctl  net.a            left  -     -        256
  000004  sysctl  net.a            by    cd34  machine  256
  000004  sysctl  net.a            by    ab12  machine  256
  000005  linger  app              was   -     -        off
  000005  linger  app              left  -     -        on
  000005  linger  app              by    ab12  daemon   on
`;

const files = {
  "000001": "path  /etc/a.d\nwas  absent\nleft  dir 755\nby  ab12  machine  dir 755",
  "000002":
    "path  /etc/a.d/a.conf\nwas  absent\nleft  file 644 aa\nleft  file 644 bb\nlate\nby  ab12  machine  file 644 bb",
  "000004": "sysctl  net.a\nwas  128\nleft  256\nby  cd34  machine  256\nby  ab12  machine  256",
  "000005": "linger  app\nwas  off\nleft  on\nby  ab12  daemon  on",
};

describe.each(awks)("with %s", (awk) => {
  test("records are one table", () => {
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(scratch, name), textOf(text));
    const words = ["-f", hostFile("ledger/listRecords.awk"), ...Object.keys(files)];
    const listed = execFileSync(awk, words, { cwd: scratch, encoding: "utf8" });
    expect(lines(listed)).toEqual(lines(records));
  });

  test("a table is written as records", () => {
    const written = mkdtempSync(join(scratch, "written-"));
    expect(joined(awk, "writeRecords", { directory: written }, { rows: records })).toEqual([]);
    const read = (name: string) => readFileSync(join(written, name), "utf8");
    const all = readdirSync(written).map((name) => [name, read(name)]);
    expect(Object.fromEntries(all)).toEqual(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [name, textOf(text)])),
    );
  });

  // A resource that a step wants: KIND NAME VALUE BYTES PHASE NOW.
  const wanted = (row: string, whose = own) =>
    joined(awk, "compareWanted", whose, { records, wanted: row });

  test.each([
    ["as its record has it", "sysctl  net.a  256  -  early  256", "000004  recorded"],
    ["for the first time", "linger  bob  on  -  early  off", "000006  new"],
    ["as never before", "path  /etc/a.d/a.conf  file 644 cc  f  late  absent", "000002  more"],
    ["as some time before", "path  /etc/a.d/a.conf  file 644 aa  f  late  absent", "000002  more"],
    ["late from now on", "sysctl  net.a  256  -  late  256", "000004  more"],
  ])("a resource that is wanted %s", (_, row, words) => {
    expect(wanted(row)).toEqual([`${lines(words).join()}\t${lines(row).join()}`]);
  });

  test("what another step wants, too, is one more wish", () => {
    const row = "linger  app  on  -  early  on";
    expect(wanted(row, { ...own, step: "machine" })[0]).toMatch(/^000005\tmore\t/);
    expect(wanted(row, { ...own, step: "daemon" })[0]).toMatch(/^000005\trecorded\t/);
  });

  test("another value than that of another installation is a conflict, with both", () => {
    expect(wanted("sysctl  net.a  512  -  early  256")).toEqual(
      lines("000004  conflict  sysctl  net.a  512  cd34  early  256"),
    );
  });

  test("another text than that of another installation is the text of both from now on", () => {
    const shared = `
      000001  path  /etc/b.conf  was   -     -        absent
      000001  path  /etc/b.conf  left  -     -        file 644 aa
      000001  path  /etc/b.conf  by    cd34  machine  file 644 aa`;
    const row = "path  /etc/b.conf  file 644 bb  f  early  file 644 aa";
    const compared = joined(awk, "compareWanted", own, { records: shared, wanted: row });
    expect(compared).toEqual([`000001\tfollow\t${lines(row).join()}`]);
    expect(
      joined(awk, "recordWanted", own, { wanted: compared.join("\n"), records: shared }),
    ).toEqual(
      lines(`
        000001  path  /etc/b.conf  was   -     -        absent
        000001  path  /etc/b.conf  left  -     -        file 644 aa
        000001  path  /etc/b.conf  by    cd34  machine  file 644 bb
        000001  path  /etc/b.conf  left  -     -        file 644 bb
        000001  path  /etc/b.conf  by    ab12  machine  file 644 bb`),
    );
    // A link is no text.
    const link = "path  /etc/b.conf  link /x  -  early  file 644 aa";
    expect(joined(awk, "compareWanted", own, { records: shared, wanted: link })[0]).toMatch(
      /^000001\tconflict\t/,
    );
  });

  test("a resource that is wanted twice counts once, and each new one gets a number", () => {
    const rows = `
      path  /x  file 644 aa  f  early  absent
      path  /x  file 644 bb  g  early  absent
      path  /y  dir 755      -  early  absent`;
    expect(wanted(rows)).toEqual(
      lines(`
        000006  new  path  /x  file 644 aa  f  early  absent
        000007  new  path  /y  dir 755      -  early  absent`),
    );
  });

  test("without any record the first number is 1", () => {
    const tables = { records: "", wanted: "linger  app  on  -  early  off" };
    expect(joined(awk, "compareWanted", own, tables)[0]).toMatch(/^000001\tnew\t/);
  });

  test("a new record", () => {
    const todo = "000006  new  linger  bob  on  -  early  off";
    expect(joined(awk, "recordWanted", own, { wanted: todo, records })).toEqual(
      lines(`
        000006  linger  bob  was   -     -        off
        000006  linger  bob  left  -     -        on
        000006  linger  bob  by    ab12  machine  on`),
    );
  });

  test("a record that has all of it is not written", () => {
    const todo = "000004  recorded  sysctl  net.a  256  -  early  256";
    expect(joined(awk, "recordWanted", own, { wanted: todo, records })).toEqual([]);
  });

  test("a record keeps each value that was left, and has one wish of a step", () => {
    const todo = "000002  more  path  /etc/a.d/a.conf  file 644 cc  f  late  file 644 bb";
    expect(joined(awk, "recordWanted", own, { wanted: todo, records })).toEqual(
      lines(`
        000002  path  /etc/a.d/a.conf  was   -     -        absent
        000002  path  /etc/a.d/a.conf  left  -     -        file 644 aa
        000002  path  /etc/a.d/a.conf  left  -     -        file 644 bb
        000002  path  /etc/a.d/a.conf  late  -     -        -
        000002  path  /etc/a.d/a.conf  left  -     -        file 644 cc
        000002  path  /etc/a.d/a.conf  by    ab12  machine  file 644 cc`),
    );
  });

  test("a record that becomes late says so, and keeps the wishes of others", () => {
    const todo = "000004  more  sysctl  net.a  256  -  late  256";
    expect(joined(awk, "recordWanted", own, { wanted: todo, records })).toEqual(
      lines(`
        000004  sysctl  net.a  was   -     -        128
        000004  sysctl  net.a  left  -     -        256
        000004  sysctl  net.a  by    cd34  machine  256
        000004  sysctl  net.a  late  -     -        -
        000004  sysctl  net.a  by    ab12  machine  256`),
    );
  });

  const unwanted = (phase: string, rows: string) =>
    joined(awk, "unwanted", { ...own, phase }, { wanted: rows, records });

  test("what a step does not want any more, the newest first", () => {
    expect(unwanted("", "")).toEqual(
      lines(`
        sysctl  net.a            000004
        path    /etc/a.d/a.conf  000002
        path    /etc/a.d         000001`),
    );
    expect(unwanted("", "sysctl  net.a\npath  /etc/a.d/a.conf")).toEqual([]);
  });

  test("a directory is wanted as long as something in it is, a line of a file too", () => {
    const rest = lines("sysctl  net.a  000004\npath  /etc/a.d/a.conf  000002");
    expect(unwanted("", "home  /etc/a.d/other")).toEqual(rest);
    expect(unwanted("", "line  /etc/a.d/other a line with a / in it")).toEqual(rest);
  });

  test("what is late stays at first, with the directory that it is in", () => {
    expect(unwanted("early", "")).toEqual(lines("sysctl  net.a  000004"));
  });

  // KIND NAME NUMBER NOW, and what becomes of it.
  test.each([
    ["path  /etc/a.d/a.conf  000002", "absent", "forget"],
    ["path  /etc/a.d/a.conf  000002", "gone", "forget"],
    ["path  /etc/a.d/a.conf  000002", "file 644 bb", "restore"],
    ["path  /etc/a.d/a.conf  000002", "file 644 aa", "restore"],
    ["path  /etc/a.d/a.conf  000002", "file 600 bb", "leave"],
    ["path  /etc/a.d/a.conf  000002", "file 600 e3b0", "restore"],
    ["path  /etc/a.d/a.conf  000002", "file 600 e3b1", "leave"],
    ["path  /etc/a.d  000001", "dir 700", "restore"],
    ["sysctl  net.a  000004", "256", "share"],
    ["sysctl  net.a  000004", "1024", "share"],
  ])("%s that is %s: %s %s", (row, now, deed) => {
    const [kind, name, number] = lines(row)[0].split("\t");
    const was = kind === "sysctl" ? "128" : "absent";
    expect(
      joined(awk, "decide", { ...own, empty_sum: "e3b0" }, { records, unwanted: `${row}  ${now}` }),
    ).toEqual([[number, deed, kind, name, was, now].join("\t")]);
  });

  test("a record that others want, too, loses the step's own wish", () => {
    const decided = `
      000004  share    sysctl  net.a            128     256
      000002  restore  path    /etc/a.d/a.conf  absent  file 644 bb`;
    expect(joined(awk, "leaveShared", own, { decided, records })).toEqual(
      lines(`
        000004  sysctl  net.a  was   -     -        128
        000004  sysctl  net.a  left  -     -        256
        000004  sysctl  net.a  by    cd34  machine  256`),
    );
  });

  test("records of an installation become those of another one", () => {
    const both = { earlier: "cd34", installation: "ef56" };
    expect(joined(awk, "inherit", both, { inherited: "000004", records })).toEqual(
      lines(`
        000004  sysctl  net.a  was   -     -        128
        000004  sysctl  net.a  left  -     -        256
        000004  sysctl  net.a  by    ef56  machine  256
        000004  sysctl  net.a  by    ab12  machine  256`),
    );
  });
});

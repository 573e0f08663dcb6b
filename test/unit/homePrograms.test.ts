import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFile } from "../support/hostPrograms";

// The programs that read and write a home, each alone, as whoever runs the tests.

const programOf = (path: string) => readFileSync(hostFile(path), "utf8");

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rootless-docker-home-"));
});
afterEach(() => rmSync(home, { recursive: true }));

interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

function perl(names: string[], input: string, args: string[] = [], cwd = home): Ran {
  const programs = names.flatMap((name) => ["-e", programOf(`resources/${name}.pl`)]);
  return spawnSync("perl", [...programs, ...args], {
    cwd,
    input,
    encoding: "latin1",
    env: { ...process.env, HOME: home, LC_ALL: "C" },
  });
}

const look = (paths: string[], verb = "apply", most = 100): string =>
  perl(["homeLinks", "homeLook"], paths.map((path) => `${path}\n`).join(""), [`${most}`, verb])
    .stdout;
const write = (input: string): Ran => perl(["homeLinks", "homeWrite"], input);

describe("homeLook.pl", () => {
  test("says what each path is, with the bytes of files", () => {
    writeFileSync(join(home, "file"), "two\nlines", { mode: 0o640 });
    mkdirSync(join(home, "dir"), { mode: 0o750 });
    symlinkSync("file", join(home, "link"));
    expect(look(["file", "dir", "link", "=link", "none", "file/none"])).toBe(
      "9 file 640 file\ntwo\nlines0 dir 750 dir\n0 link 777 link\tfile\n9 file 640 =link\ntwo\nlines0 absent - none\n0 absent - file/none\n",
    );
  });

  test("a link that leads on and on ends somewhere", () => {
    symlinkSync("loop", join(home, "loop"));
    expect(look(["=loop"])).toMatch(/^0 link \d+ =loop\tloop\n$/);
  });

  test("reads no pipe, no large file, and no more than three of the most in all", () => {
    spawnSync("mkfifo", [join(home, "pipe")]);
    writeFileSync(join(home, "large"), "x".repeat(101));
    for (const name of ["a", "b", "c", "d"]) writeFileSync(join(home, name), "x".repeat(80));
    const words = look(["pipe", "large", "a", "b", "c", "d"]).match(
      /(?<=\d )(other|large|file)(?= \d)/g,
    );
    expect(words).toEqual(["other", "large", "file", "file", "file", "large"]);
  });

  test("a link with a line break in it is no link that can be told of", () => {
    symlinkSync("a\nb", join(home, "link"));
    expect(look(["link"])).toMatch(/^0 other \d+ link\n$/);
  });

  test("a write that was killed: what it left goes, but not for a preview", () => {
    const left = join(home, "file.rootless-docker-new");
    writeFileSync(left, "");
    look(["file"], "check");
    expect(existsSync(left)).toBe(true);
    look(["file"]);
    expect(existsSync(left)).toBe(false);
  });
});

describe("homeRead.pl", () => {
  const read = (asked: string[], answer: string): Ran => {
    writeFileSync(join(home, "paths"), asked.map((path) => `${path}\n`).join(""));
    return perl(["homeRead"], answer, ["/notes/"]);
  };

  test("writes the bytes of files, and prints a line for each path", () => {
    const { status, stdout } = read(
      ["a", "b", "=c", "d"],
      "3 file 600 a\none0 dir 700 b\n0 link 777 =c\tto\n0 absent - d\n",
    );
    const sum = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
    expect([status, stdout]).toEqual([
      0,
      `a\tfile 600 ${sum}\t/notes/0\nb\tdir 700\t/dev/null\n=c\tlink to\t/dev/null\nd\tabsent\t/dev/null\n`,
    ]);
    expect(readFileSync(join(home, "0"), "utf8")).toBe("one");
  });

  test.each([
    ["nothing", ""],
    ["an answer too few", "0 absent - a\n"],
    ["an answer too many", "0 absent - a\n0 absent - b\n0 absent - c\n"],
    ["another path", "0 absent - a\n0 absent - /etc/passwd\n"],
    ["fewer bytes than it says", "0 absent - a\n5 file 600 b\nabc"],
    ["a mode that is none", "0 absent - a\n0 dir rwx b\n"],
    ["a line without an end", "0 absent - a\n0 absent - b"],
    ["a second tab", "0 absent - a\n0 link 777 b\tto\tmore\n"],
  ])("%s is no answer", (_what, answer) => {
    expect(read(["a", "b"], answer)).toMatchObject({ status: 1, stdout: "" });
  });
});

describe("homePack.pl", () => {
  const pack = (todo: string): Ran => perl(["homePack"], todo);

  test("each path once, in order, with what was said last of it", () => {
    writeFileSync(join(home, "1"), "one");
    writeFileSync(join(home, "2"), "second");
    expect(
      pack(
        "d\tdir 700\t/dev/null\nd/f\tfile 600 s\t1\nl\tlink to here\t/dev/null\nd/f\tfile 644 s\t2\n",
      ).stdout,
    ).toBe("0 dir 700\td\n6 file 644\td/f\nsecond0 link to here\tl\n");
  });

  test("a file that is gone is an error", () => {
    expect(pack("f\tfile 600 s\tnone\n").status).not.toBe(0);
  });
});

describe("homeWrite.pl", () => {
  test("directories, files and links, with their modes, over what was there", () => {
    writeFileSync(join(home, "f"), "before");
    symlinkSync("/etc/passwd", join(home, "l"));
    const { status } = write(
      `0 dir 750\t${home}/d\n3 file 600\t${home}/d/n\nnew5 file 644\t${home}/f\nafter0 link f\t${home}/l\n`,
    );
    const modeOf = (path: string) => (lstatSync(join(home, path)).mode & 0o7777).toString(8);
    expect([status, modeOf("d"), modeOf("d/n"), modeOf("f")]).toEqual([0, "750", "600", "644"]);
    expect(readFileSync(join(home, "f"), "utf8")).toBe("after");
    expect(readlinkSync(join(home, "l"))).toBe("f");
    expect(readdirSync(home).sort()).toEqual(["d", "f", "l"]);
  });

  test("with = it writes where the links lead, and the links stay", () => {
    mkdirSync(join(home, "d"));
    symlinkSync("d/real", join(home, "l"));
    write(`3 file 600\t=${home}/l\none`);
    expect(readlinkSync(join(home, "l"))).toBe("d/real");
    expect(readFileSync(join(home, "d/real"), "utf8")).toBe("one");
  });

  test("removes what is in a directory before it, and leaves one with others' files", () => {
    mkdirSync(join(home, "a/b"), { recursive: true });
    writeFileSync(join(home, "a/b/f"), "");
    mkdirSync(join(home, "kept"));
    writeFileSync(join(home, "kept/theirs"), "");
    const { status } = write(
      ["a", "a/b", "a/b/f", "kept", "none"].map((path) => `0 absent\t${home}/${path}\n`).join(""),
    );
    expect([status, readdirSync(home)]).toEqual([0, ["kept"]]);
  });

  test.each([
    ["bytes that are not all there", "9 file 600\tf\nshort"],
    ["a line that is none", "file 600\tf\n"],
    ["a directory that is not there", "3 file 600\tnone/f\none"],
  ])("%s: an error, and nothing has changed", (_what, input) => {
    writeFileSync(join(home, "f"), "before");
    chmodSync(join(home, "f"), 0o640);
    const { status, stderr } = write(input);
    expect([status, stderr]).toEqual([expect.any(Number), expect.not.stringMatching(/^$/)]);
    expect(status).not.toBe(0);
    expect(readdirSync(home)).toEqual(["f"]);
    expect(readFileSync(join(home, "f"), "utf8")).toBe("before");
  });
});

describe("programs about data roots", () => {
  const sh = (name: string, ...args: string[]): Ran =>
    spawnSync("sh", ["-c", programOf(`${name}.program.sh`), "sh", ...args], {
      cwd: home,
      encoding: "utf8",
      env: { ...process.env, HOME: home, LC_ALL: "C" },
    });

  test.each<[string, string | undefined, string]>([
    ["absent", undefined, "absent - - -\n"],
    ["empty", "", "^empty \\d+ \\d+ 755\n$"],
    ["empty but for lost+found", "lost+found", "^empty "],
    ["found", "anything", "^found "],
  ])("lookAtDataRoot.program.sh: %s", (_what, name, said) => {
    if (name !== undefined) mkdirSync(join(home, "root", name), { recursive: true });
    expect(sh("resources/lookAtDataRoot", join(home, "root")).stdout).toMatch(new RegExp(said));
  });

  test("lookAtDataRoot.program.sh: a file is nothing that a daemon can write to", () => {
    writeFileSync(join(home, "root"), "");
    expect(sh("resources/lookAtDataRoot", join(home, "root"))).toMatchObject({
      status: 3,
      stdout: "",
    });
  });

  test.each([
    ["containers/a", 1],
    ["volumes/a/_data", 1],
    ["image/overlay2/imagedb/content/sha256/a", 1],
    ["containerd/daemon/io.containerd.content.v1.content/blobs/sha256/a", 1],
    ["volumes", 0],
    ["image/overlay2/imagedb/content/sha256", 0],
    ["buildkit/cache", 0],
  ])("lookForData.program.sh: %s", (path, status) => {
    mkdirSync(join(home, path), { recursive: true });
    expect(sh("resources/lookForData", home).status).toBe(status);
  });
});

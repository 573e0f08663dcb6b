import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { shellFunctions } from "../../scripts/agent/sources";

// The fact kernel.algifAead, from the files of a machine, which are below a folder here.

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rootless-docker-algif-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function state(files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const functions = ["words_of_file", "algif_aead_state", "is_off_at_boot", "is_load_refused"];
  const bodies = functions.map((name) => `${name}() {\n${shellFunctions().get(name)?.body}\n}`);
  const text = bodies.join("\n").replace(/(?<![\w*.])\/(sys|proc|etc|run|lib)\//g, `${root}/$1/`);
  return execFileSync("sh", ["-euc", `${text}\nalgif_aead_state 6.12`], { encoding: "utf8" });
}

const dep = { "lib/modules/6.12/modules.dep": "kernel/crypto/algif_aead.ko.xz: kernel/a.ko.xz\n" };
const refused = (line: string) => ({ ...dep, "etc/modprobe.d/no.conf": `# a\n${line}\n` });

test.each<[string, Record<string, string>, string]>([
  ["a module that is loaded", { ...dep, "sys/module/algif_aead/refcnt": "0" }, "loaded"],
  ["a module that is a file", dep, "loadable"],
  ["no such module", { "lib/modules/6.12/modules.dep": "kernel/crypto/aes.ko:\n" }, "absent"],
  ["no modules of this kernel", { "lib/modules/6.1/modules.dep": "" }, "unseen"],
  ["a directory that an upgrade left", { "lib/modules/6.12/modules.order": "" }, "unseen"],
  [
    "a module that is built in",
    {
      "lib/modules/6.12/modules.dep": "",
      "lib/modules/6.12/modules.builtin": "kernel/crypto/algif_aead.ko\n",
    },
    "builtin",
  ],
  [
    "a kernel without its start",
    { "proc/cmdline": "quiet initcall_blacklist=algif_aead_init" },
    "blocked",
  ],
  ["a refused load", refused("install algif_aead /bin/false"), "blocked"],
  ["a refused load, with a dash", refused("install algif-aead /usr/bin/true"), "blocked"],
  ["a load with a command", refused("install algif_aead /sbin/modprobe -i algif_aead"), "loadable"],
  ["a blacklist, which does not stop the kernel", refused("blacklist algif_aead"), "loadable"],
  ["a comment", refused("# install algif_aead /bin/false"), "loadable"],
  [
    "a refused load of what is loaded already",
    { ...refused("install algif_aead /bin/false"), "sys/module/algif_aead/refcnt": "0" },
    "loaded",
  ],
])("%s", (_what, files, wanted) => {
  expect(state(files)).toBe(`${wanted}\n`);
});

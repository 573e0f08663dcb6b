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

/** @param modprobe what `modprobe --show-depends` prints: kmod 30 of Debian 12, with such a line in /etc/modprobe.d. */
function state(files: Record<string, string>, modprobe: string): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const functions = ["words_of_file", "algif_aead_state", "is_off_at_boot", "is_load_refused"];
  const bodies = functions.map((name) => `${name}() {\n${shellFunctions().get(name)?.body}\n}`);
  const text = bodies.join("\n").replace(/(?<![\w*.])\/(sys|proc|etc|run|lib)\//g, `${root}/$1/`);
  const program = `modprobe() { test "$*" = '--show-depends algif_aead' && echo '${modprobe}'; }`;
  return execFileSync("sh", ["-euc", `${program}\n${text}\nalgif_aead_state 6.12`], {
    encoding: "utf8",
  });
}

const dep = { "lib/modules/6.12/modules.dep": "kernel/crypto/algif_aead.ko.xz: kernel/a.ko.xz\n" };
const insmod = "insmod /lib/modules/6.12/kernel/crypto/algif_aead.ko";

test.each<[string, Record<string, string>, string, string?]>([
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
  [
    "a refused load of what is loaded already",
    { ...dep, "sys/module/algif_aead/refcnt": "0" },
    "loaded",
    "install /bin/false ",
  ],
  ["a line 'install algif_aead /bin/false'", dep, "blocked", "install /bin/false "],
  ["a line 'install algif-aead /usr/bin/true'", dep, "blocked", "install /usr/bin/true "],
  [
    "a refused load of what the module depends on alone",
    dep,
    "loadable",
    `install /bin/true \n${insmod}`,
  ],
  [
    "a load with a command that ends in true",
    dep,
    "loadable",
    "install { /sbin/modprobe -i algif_aead; /bin/true; } ",
  ],
  ["a load with a command", dep, "loadable", "install /sbin/modprobe -i algif_aead "],
  ["a line 'blacklist algif_aead', which does not stop the kernel", dep, "loadable", insmod],
])("%s", (_what, files, wanted, modprobe = "") => {
  expect(state(files, modprobe)).toBe(`${wanted}\n`);
});

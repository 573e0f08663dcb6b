import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { places } from "../../testkit/plants";

// test/host/plantedFiles tries each place of the agent's own list. What root looks at without naming it
// there fails here.

const sources = join(__dirname, "../../src");
const shell = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".sh"))
  .map((file) => readFileSync(join(sources, file), "utf8").replace(/^\t*#.*$/gm, ""))
  .join("\n");

/** Names of variables that hold a place of the account's. */
const bases: Record<string, [string, string]> = {
  ACCOUNT_HOME: ["home", ""],
  HOME: ["home", ""],
  config: ["home", ".config/"],
  docker: ["home", ".docker/"],
  ACCOUNT_RUNTIME: ["runtime", ""],
};

const named = new Set(
  [...shell.matchAll(/\$(ACCOUNT_HOME|HOME|config|docker|ACCOUNT_RUNTIME)\/([^"\s);:',}]+)/g)]
    .map(([, base, path]) => `${bases[base][0]} ${bases[base][1]}${path}`)
    .map((path) => path.replace(/\$\(printf.*/, "ROOTLESS/meta.json"))
    // What is made of a variable is a loop over paths of this list; "file" stands for any name.
    .filter((path) => !path.includes("$") && path !== "home file"),
);

test("every place of the account's that the shell names is in the list", () => {
  const listed = new Set(places.map(({ where, path }) => `${where} ${path}`));
  expect([...named].filter((path) => !listed.has(path))).toEqual([]);
  expect(places.length).toBeGreaterThan(15);
});

test("files of the account are read by account_file alone", () => {
  const readers = /as_account (cat|grep|sed|awk|tail|head|sha256sum|cut|sort|md5sum|dd) /g;
  expect([...shell.matchAll(readers)].map(([all]) => all)).toEqual([]);
  // As root nothing below its home is opened but where only root can exchange it.
  const asRoot = /^\t*(?:cat|grep|sed|awk|tail|head|sha256sum) [^|\n]*\$ACCOUNT_HOME.*$/gm;
  expect([...shell.matchAll(asRoot)].map(([line]) => line)).toEqual([]);
});

test("what runs as the account has an end: by as_account, or with its seconds", () => {
  const starts = [...shell.matchAll(/\bsetpriv\b/g)];
  expect(starts.length).toBe(1);
  expect(shell).not.toMatch(/as_account timeout/);
});

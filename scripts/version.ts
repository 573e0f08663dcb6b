import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../package.json";
import { pages, withVersion } from "./versions";

// `npm version` runs it: the package's version, where the program and the Registry's pages have it.
const root = join(__dirname, "..");
const text = `/** The version of this package; \`npm version\` writes it. */\nexport const version = "${version}";\n`;
writeFileSync(join(root, "src/version.ts"), text);
for (const page of pages) {
  const file = join(root, page);
  writeFileSync(file, withVersion(readFileSync(file, "utf8"), version));
}

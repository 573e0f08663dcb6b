import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../package.json";

// `npm version` runs it: the package's version, where the program has it.
const text = `/** The version of this package; \`npm version\` writes it. */\nexport const version = "${version}";\n`;
writeFileSync(join(__dirname, "../src/version.ts"), text);

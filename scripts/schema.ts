import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inputsPage } from "./inputsPage";
import { readableSchema } from "./readableSchema";
import { readableRegistrySchema } from "./registrySchema";

/** Writes the schema that the Registry reads, and the page of the inputs; tests compare with both. */
async function main(): Promise<void> {
  const files = {
    "schema.json": await readableRegistrySchema(),
    "docs/inputs.md": inputsPage(await readableSchema()),
  };
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(__dirname, "..", file), text);
    console.log(`${file} written: look at the difference, it is what users see`);
  }
}

void main();

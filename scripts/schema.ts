import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inputsPage } from "./inputsPage";
import { readableSchema } from "./readableSchema";

/** Writes what programs in other languages see, and the page of the inputs; tests compare with both. */
async function main(): Promise<void> {
  const schema = await readableSchema();
  const files = { "test/support/schema.json": schema, "docs/inputs.md": inputsPage(schema) };
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(__dirname, "..", file), text);
    console.log(`${file} written: look at the difference, it is what users see`);
  }
}

void main();

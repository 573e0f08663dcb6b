import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readableSchema } from "./readableSchema";

/** Writes the schema that programs in other languages see; the test compares with it. */
async function main(): Promise<void> {
  const file = join(__dirname, "../testkit/schema.json");
  writeFileSync(file, await readableSchema());
  console.log(`${file} written: look at the difference, it is what users see`);
}

void main();

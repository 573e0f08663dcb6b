import { join } from "node:path";
import { packageSchema } from "../src/plugin/packageSchema";

/** The package's schema as the engine gets it, laid out to be read. */
export async function readableSchema(): Promise<string> {
  const schema = await packageSchema(join(__dirname, ".."));
  return `${JSON.stringify(JSON.parse(schema), null, 2)}\n`;
}

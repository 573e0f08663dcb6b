import { join } from "node:path";
import { packageSchema } from "../src/plugin/provider";

/** An input, an output, or a field of a type, as a schema has it. */
export interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
  oneOf?: Property[];
  description?: string;
  optional?: boolean;
  plain?: boolean;
}

/** The package's schema as the engine gets it, laid out to be read. */
export async function readableSchema(): Promise<string> {
  const schema = await packageSchema(join(__dirname, ".."));
  return `${JSON.stringify(JSON.parse(schema), null, 2)}\n`;
}

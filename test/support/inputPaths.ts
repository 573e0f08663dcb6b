import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Properties {
  [name: string]: { $ref?: string };
}
interface Schema {
  resources: Record<string, { inputProperties: Properties }>;
  types: Record<string, { properties?: Properties }>;
}

/** Every option of the schema by its path, such as `connection.proxy.host`. */
export function inputPaths(): string[] {
  const { resources, types } = JSON.parse(
    readFileSync(join(__dirname, "../../schema.json"), "utf8"),
  ) as Schema;
  const pathsOf = (properties: Properties, prefix: string): string[] =>
    Object.entries(properties).flatMap(([name, { $ref = "" }]) => {
      const inside = types[$ref.replace("#/types/", "")]?.properties;
      return [prefix + name, ...(inside ? pathsOf(inside, `${prefix}${name}.`) : [])];
    });
  return Object.values(resources).flatMap((one) => pathsOf(one.inputProperties, ""));
}

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Property } from "../readableSchema";

/** Reads a file of a checkout by its path. Undefined if there is none. */
export type Read = (path: string) => string | undefined;

/** Reads this checkout. */
export const readCheckout: Read = (path) => {
  const file = join(__dirname, "../..", path);
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;
};

/** What package.json says and the Registry shows. */
export interface Manifest {
  name: string;
  version: string;
  author: string;
  repository: { url: string };
}

/** publisher.json: what only a publisher can fill. */
export interface Publisher {
  /** As the Registry shows it, and as `publisher` in the schema. */
  name: string;
  /** What stands for the name in the Registry's list of publishers. */
  registryName: string;
  repository: string;
  security: string;
  conduct: string;
}

/** An object of the schema, as far as programs name its parts. */
export interface ObjectType {
  properties?: Record<string, Property>;
  required?: string[];
  enum?: { name: string; value: string }[];
}

/** schema.json, as far as it is checked. */
export interface Schema {
  name: string;
  displayName?: string;
  version?: string;
  description?: string;
  logoUrl?: string;
  pluginDownloadURL?: string;
  publisher?: string;
  license?: string;
  homepage?: string;
  repository: string;
  keywords?: string[];
  language: Record<string, Record<string, unknown>>;
  resources: Record<
    string,
    {
      inputProperties: Record<string, Property>;
      requiredInputs?: string[];
      properties: Record<string, Property>;
    }
  >;
  types: Record<string, ObjectType>;
}

/** A JSON file of the checkout; an empty object if it is missing, which another rule reports. */
export function readJson<T>(read: Read, path: string): T {
  return JSON.parse(read(path) ?? "{}") as T;
}

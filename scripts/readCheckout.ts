import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Reads a file of a checkout by its path. Undefined if there is none. */
export type Read = (path: string) => string | undefined;

/** Reads this checkout. */
export const readCheckout: Read = (path) => {
  const file = join(__dirname, "..", path);
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;
};

/** What package.json says and a release shows. */
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

/** A JSON file of the checkout; an empty object if it is missing. */
export function readJson<T>(read: Read, path: string): T {
  return JSON.parse(read(path) ?? "{}") as T;
}

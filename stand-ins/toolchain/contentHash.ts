import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A short hash of texts and of whole folders and files: another content, another hash. */
export function contentHash(paths: string[], texts: string[] = []): string {
  const hash = createHash("sha256");
  for (const text of texts) {
    hash.update(`${text.length} ${text}\n`);
  }
  for (const path of paths) {
    for (const file of filesOf(path)) {
      const content = readFileSync(file);
      hash.update(`${file.slice(path.length)} ${content.length}\n`).update(content);
    }
  }
  return hash.digest("hex").slice(0, 12);
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

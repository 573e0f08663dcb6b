import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SchemaPart } from "../src/plugin/correctSchema";
import { pluginAddress } from "./registrySchema";

/** As the engine calls the systems that it downloads plugins for. */
const systems = ["linux", "darwin", "windows"].flatMap((system) =>
  ["amd64", "arm64"].map((machine) => `${system}-${machine}`),
);

/**
 * Writes the plugin's archives that the engine downloads from a GitHub release, from the packed package. It is
 * the same program for every system: the engine unpacks it and installs its dependencies.
 *
 * @returns the archives' names.
 */
export function writePluginArchives(tarball: string, out: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "plugin-"));
  try {
    execFileSync("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
    const { name, version } = withoutTools(join(folder, "package.json"));
    addAddress(join(folder, "bin/schema.json"));
    mkdirSync(out, { recursive: true });
    return systems.map((system) => {
      const archive = `pulumi-resource-${name}-v${version}-${system}.tar.gz`;
      execFileSync("tar", ["-czf", join(out, archive), "-C", folder, "."]);
      return archive;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Removes what only a checkout needs: the engine would install it, because it installs all dependencies. */
function withoutTools(file: string): { name: string; version: string } {
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { name: string; version: string };
  const kept = Object.entries(manifest).filter(
    ([key]) => key !== "devDependencies" && key !== "scripts",
  );
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
  return manifest;
}

/**
 * Says in the schema that these archives serve where they came from. The CLI writes it into the SDKs that it
 * generates: a machine that has such an SDK and no plugin yet downloads it from there.
 */
function addAddress(file: string): void {
  const schema = JSON.parse(readFileSync(file, "utf8")) as SchemaPart & { repository: string };
  const pluginDownloadURL = pluginAddress(schema.repository);
  writeFileSync(file, JSON.stringify({ ...schema, pluginDownloadURL }));
}

if (require.main === module) {
  const [tarball, out] = process.argv.slice(2);
  if (!tarball || !out)
    throw new Error("say what and where to: tsx scripts/pluginArchives.ts TARBALL FOLDER");
  for (const archive of writePluginArchives(tarball, out)) console.log(archive);
}

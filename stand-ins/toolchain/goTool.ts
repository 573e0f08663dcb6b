import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheDir } from "../cache";
import { exec, execOrThrow } from "../hosts/exec";
import { progress } from "../progress";
import { contentHash } from "./contentHash";
import { goModuleVersion } from "./versions";

/** A program that is built from a Go module. */
export interface GoTool {
  /** The program's name. */
  name: string;
  /** The folder here whose `go.mod` and `go.sum` pin it. */
  folder: string;
  /** The module that has its code, and the package in it. */
  module: string;
  package: string;
  /** The variable that the linker sets to the version. */
  versionVariable: string;
  /** Of `go build -gcflags`. Defaults to none. */
  compilerFlags?: string;
}

/** Builds the program, unless the cache has it. Returns its folder, with `bin/<name>` inside. */
export async function buildGoTool(tool: GoTool): Promise<{ dir: string; version: string }> {
  const folder = join(__dirname, tool.folder);
  const version = goModuleVersion(folder, tool.module);
  const flags = ["-s", "-w", "-X", `${tool.versionVariable}=v${version}`];
  const compiler = tool.compilerFlags ? ["-gcflags", tool.compilerFlags] : [];
  const target = [process.platform, process.arch];
  const dir = cacheDir(
    tool.name,
    version,
    contentHash([folder], [...flags, ...compiler, ...target]),
  );
  await cached(dir, async (tmp) => {
    await requireGo(tool.name);
    mkdirSync(join(tmp, "bin"));
    const output = join(tmp, "bin", tool.name);
    const options = [...compiler, "-ldflags", flags.join(" ")];
    await progress(`building ${tool.name} ${version} from its Go module`, () =>
      execOrThrow(
        "go",
        ["-C", folder, "build", ...options, "-o", output, tool.package],
        // No C compiler is needed, and none asked for.
        { env: { CGO_ENABLED: "0" } },
      ),
    );
  });
  return { dir, version };
}

async function requireGo(name: string): Promise<void> {
  const go = await exec("go", ["version"]).catch(() => undefined);
  if (go?.exitCode !== 0) {
    throw new Error(
      `${name} is not on PATH in a version that fits, and cannot be built because Go is missing: install one of the two.`,
    );
  }
}

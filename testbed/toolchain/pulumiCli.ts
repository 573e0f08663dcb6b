import { symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { cached, cacheDir } from "../cache";
import { exec } from "../hosts/exec";
import { contentHash } from "./contentHash";
import { buildGoTool } from "./goTool";

/** The Pulumi CLI that is used. */
export interface PulumiCli {
  command: PulumiCommand;
  /** The folder to put first on PATH. */
  binDir: string;
  version: string;
  /** Where it comes from, in a few words. */
  origin: string;
}

/** The CLI on PATH if its version fits, else one built from its Go module. */
export async function pulumiCli(): Promise<PulumiCli> {
  return (await cliOnPath()) ?? (await builtCli());
}

async function cliOnPath(): Promise<PulumiCli | undefined> {
  const path = await exec("sh", ["-c", "command -v pulumi"]);
  if (path.exitCode !== 0) {
    return undefined;
  }
  const command = await PulumiCommand.get().catch(() => undefined);
  const version = command?.version;
  if (!command || !version || version.major !== 3 || version.minor < 248) {
    return undefined;
  }
  const binDir = dirname(path.stdout.trim());
  return { command, binDir, version: version.format(), origin: "on PATH" };
}

async function builtCli(): Promise<PulumiCli> {
  const { dir, version } = await buildGoTool({
    name: "pulumi",
    folder: "cli",
    module: "github.com/pulumi/pulumi/pkg/v3",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    // Without it, the Automation API cannot read the version.
    versionVariable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
  });
  const command = await PulumiCommand.get({ root: dir });
  return { command, binDir: join(dir, "bin"), version, origin: "built from its Go module" };
}

/** Builds the language host for YAML programs. Returns the folder to put on PATH. */
export async function yamlLanguageDir(): Promise<string> {
  const { dir } = await buildGoTool({
    name: "pulumi-language-yaml",
    folder: "yaml",
    module: "github.com/pulumi/pulumi-yaml",
    package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    versionVariable: "github.com/pulumi/pulumi-yaml/pkg/version.Version",
  });
  return join(dir, "bin");
}

/** Languages whose SDKs the stand-in for their hosts generates. */
const generated = ["nodejs", "python", "go"];

/** Builds the stand-in for language hosts that only generates SDKs. Returns the folder to put on PATH. */
export async function sdkLanguagesDir(): Promise<string> {
  const { dir, version } = await buildGoTool({
    name: "pulumi-language-stand-in",
    folder: "languages",
    module: "github.com/pulumi/pulumi/pkg/v3",
    package: ".",
    versionVariable: "main.version",
  });
  const links = cacheDir("pulumi-language-links", version, contentHash([], [dir]));
  return cached(links, async (tmp) => {
    for (const language of generated)
      symlinkSync(
        join(dir, "bin/pulumi-language-stand-in"),
        join(tmp, `pulumi-language-${language}`),
      );
  });
}

/** A PATH with folders put before those of another. */
export function pathWith(folders: string[], path: string): string {
  return [...new Set([...folders, ...path.split(delimiter)])].join(delimiter);
}

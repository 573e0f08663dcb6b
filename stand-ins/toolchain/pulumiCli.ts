import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { version as sdkVersion } from "@pulumi/pulumi/package.json";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { cached, cacheDir } from "../cache";
import { exec, execOrThrow } from "../hosts/exec";
import { progress } from "../progress";
import { contentHash } from "./contentHash";
import { fetched, reachSeconds } from "./fetched";
import { buildGoTool } from "./goTool";

/** How a CLI is built where none can be had: quickly for tests, or with the compiler's work on it for figures. */
export type Build = "quick" | "optimized";

/** The Pulumi CLI that is used. */
export interface PulumiCli {
  command: PulumiCommand;
  /** The folder to put first on PATH. */
  binDir: string;
  version: string;
  /** Where it comes from, in a few words. */
  origin: string;
}

/** The version that the environment names. Another CLI on PATH is left alone then. */
const namedVersion = process.env.PULUMI_VERSION || undefined;

/** The version that is fetched or built: that of the installed SDK, unless one is named. */
const wantedVersion = namedVersion ?? sdkVersion;

/** The CLI on PATH if its version fits, else the official one of the wanted version, else one built from its Go module. */
export async function pulumiCli(build: Build): Promise<PulumiCli> {
  return (await cliOnPath()) ?? (await downloadedCli()) ?? (await builtCli(build));
}

/** Whether a CLI can be used: one of the named version, or any that the package supports. */
function fits(version: NonNullable<PulumiCommand["version"]>): boolean {
  if (namedVersion !== undefined) return version.format() === namedVersion;
  return version.major === 3 && version.minor >= 248;
}

async function cliOnPath(): Promise<PulumiCli | undefined> {
  const path = await exec("sh", ["-c", "command -v pulumi"]);
  if (path.exitCode !== 0) {
    return undefined;
  }
  const command = await PulumiCommand.get().catch(() => undefined);
  const version = command?.version;
  if (!command || !version || !fits(version)) {
    return undefined;
  }
  const binDir = dirname(path.stdout.trim());
  return { command, binDir, version: version.format(), origin: "on PATH" };
}

// The SDK's own installer brings the CLI, in a process that can be ended.
const installer = `
  const { PulumiCommand } = require(${JSON.stringify(require.resolve("@pulumi/pulumi/automation"))});
  const { SemVer } = require(${JSON.stringify(require.resolve("semver"))});
  fetch("https://get.pulumi.com", { signal: AbortSignal.timeout(${reachSeconds * 1000}) })
    .then(() => PulumiCommand.install({ root: process.argv[1], version: new SemVer(process.argv[2]) }))
    .catch((error) => { console.error(error); process.exit(1); });
`;

async function downloadedCli(): Promise<PulumiCli | undefined> {
  const dir = await fetched(cacheDir("pulumi-official", wantedVersion), async (tmp) => {
    await progress(`asking for the official Pulumi CLI ${wantedVersion}`, () =>
      execOrThrow(process.execPath, ["-e", installer, tmp, wantedVersion], { timeoutSeconds: 180 }),
    );
  });
  return dir === undefined ? undefined : cliIn(dir, wantedVersion, "official");
}

async function cliIn(root: string, version: string, origin: string): Promise<PulumiCli> {
  const command = await PulumiCommand.get({ root });
  return { command, binDir: join(root, "bin"), version, origin };
}

async function builtCli(build: Build): Promise<PulumiCli> {
  const folders = join(__dirname, "cli");
  if (!existsSync(join(folders, wantedVersion)))
    throw new Error(
      `Pulumi CLI ${wantedVersion} cannot be built: stand-ins/toolchain/cli has ${readdirSync(folders).join(", ")}. Name one of them by PULUMI_VERSION.`,
    );
  const { dir, version } = await buildGoTool({
    name: "pulumi",
    folder: join("cli", wantedVersion),
    module: "github.com/pulumi/pulumi/pkg/v3",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    // Without it, the Automation API cannot read the version.
    versionVariable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    // The build takes two thirds of the time; the program, a quarter more in a preview of ten hosts.
    compilerFlags: build === "quick" ? "all=-N -l" : "",
  });
  return cliIn(dir, version, `built from its Go module, ${build}`);
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

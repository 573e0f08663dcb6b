import { delimiter } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { officialLanguages, officialOrigin } from "./official";
import { pluginHome } from "./plugins";
import { type Build, pathWith, pulumiCli, sdkLanguagesDir, yamlLanguageDir } from "./pulumiCli";

/** The Pulumi CLI with the two plugins that the package uses, ready to run without an account. */
export interface Toolchain {
  /** For the Automation API. */
  pulumiCommand: PulumiCommand;
  /** The CLI's path, or its bare name where it is on PATH. */
  pulumiPath: string;
  /** The CLI's version, such as 3.248.0. */
  version: string;
  /** The environment that the CLI needs besides this process's own; it names no backend. */
  env: Record<string, string>;
  /** What runs, in one line. */
  describe(): string;
}

let toolchain: Promise<Toolchain> | undefined;

/**
 * Makes sure that the CLI and the plugins are there; the first call on a machine takes minutes.
 *
 * @param build counts in a process's first call.
 */
export function ensureToolchain(build: Build = "quick"): Promise<Toolchain> {
  toolchain ??= makeToolchain(build);
  return toolchain;
}

/** The toolchain with the language host for YAML programs besides. */
export async function ensureYamlLanguage(): Promise<Toolchain> {
  const base = await ensureToolchain();
  const path = pathWith([await yamlLanguageDir()], base.env.PATH ?? "");
  return { ...base, env: { ...base.env, PATH: path } };
}

/**
 * The toolchain with what generates SDKs: official language hosts that are on PATH, and for Node.js, Python and
 * Go a stand-in behind them.
 */
export async function ensureSdkLanguages(): Promise<Toolchain> {
  const base = await ensureToolchain();
  const path = [base.env.PATH ?? "", await sdkLanguagesDir()].join(delimiter);
  return { ...base, env: { ...base.env, PATH: path } };
}

async function makeToolchain(build: Build): Promise<Toolchain> {
  const cli = await pulumiCli(build);
  const { home, descriptions, reachable } = await pluginHome(cli);
  const languages = await officialLanguages();
  const parts = [
    `pulumi ${cli.version} (${cli.origin})`,
    ...descriptions,
    ...(languages ? [`${languages.names.join(" and ")} (${officialOrigin})`] : []),
  ];
  return {
    pulumiCommand: cli.command,
    pulumiPath: cli.command.command,
    version: cli.version,
    env: {
      PATH: pathWith([cli.binDir, ...(languages ? [languages.dir] : [])], process.env.PATH ?? ""),
      PULUMI_HOME: home,
      PULUMI_CONFIG_PASSPHRASE: "testbed",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      // Where nothing can be fetched, a try only costs time.
      ...(reachable ? {} : { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
    },
    describe: () => parts.join(", "),
  };
}

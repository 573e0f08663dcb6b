import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** Languages that Pulumi generates SDKs for, as its CLI names them. */
export const sdkLanguages = ["nodejs", "python", "go", "dotnet", "java"] as const;

/** One of them. */
export type SdkLanguage = (typeof sdkLanguages)[number];

/** What SDKs are generated with and from. */
export interface SdkSource {
  /** The Pulumi CLI. Defaults to the one on PATH. */
  pulumi?: string;
  /** The plugin: the package's folder, or an executable. Defaults to this checkout. */
  plugin?: string;
  env?: NodeJS.ProcessEnv;
}

/** Generates the SDK of one language from the plugin. Returns the SDK's folder, `<out>/<language>`. */
export function generateSdk(
  language: SdkLanguage,
  out: string,
  { pulumi = "pulumi", plugin = join(__dirname, ".."), env = process.env }: SdkSource = {},
): string {
  mkdirSync(out, { recursive: true });
  const args = ["package", "gen-sdk", plugin, "--language", language, "--out", resolve(out)];
  // Not in the checkout: the CLI takes no folder for a project that is one of a plugin, too.
  execFileSync(pulumi, args, { cwd: out, env, stdio: ["ignore", "ignore", "inherit"] });
  return join(out, language);
}

/** `tsx scripts/generateSdks.ts FOLDER`: all of them, and an archive of each beside it. */
function main(out: string): void {
  for (const language of sdkLanguages) {
    generateSdk(language, out);
    const archive = join(out, `rootless-docker-sdk-${language}.tar.gz`);
    execFileSync("tar", ["-czf", archive, "-C", out, language]);
  }
}

if (require.main === module) {
  const [out] = process.argv.slice(2);
  if (!out) throw new Error("say where to: tsx scripts/generateSdks.ts FOLDER");
  main(out);
}

import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { cached, cacheDir } from "../cache";
import { execOrThrow } from "../hosts/exec";
import { progress } from "../progress";
import { contentHash } from "./contentHash";
import { fetched, reachSeconds } from "./fetched";
import { officialOrigin, officialPart } from "./official";
import type { PulumiCli } from "./pulumiCli";
import { pluginVersions } from "./versions";

type PluginName = keyof typeof pluginVersions;

/** A plugin that is ready to be put into a Pulumi home. */
interface Plugin {
  name: PluginName;
  /** `official`, `stand-in`, a named folder's, or the path of an executable that the environment names. */
  origin: string;
  /** Tells this plugin's content from any other. */
  hash: string;
  /** Puts the plugin's files into a folder. */
  install(folder: string): void;
}

/** The Pulumi home with the plugins, and what they are. */
export interface PluginHome {
  home: string;
  /** One per plugin: `command 1.2.1 (stand-in)`. */
  descriptions: string[];
  /** Whether the engine itself can fetch plugins here. */
  reachable: boolean;
}

/** A Pulumi home in the cache that has both plugins. Another set of plugins, another home. */
export async function pluginHome(cli: PulumiCli): Promise<PluginHome> {
  const plugins = [await plugin("command", cli), await plugin("random", cli)];
  const hash = contentHash(
    [],
    plugins.map((each) => each.hash),
  );
  const home = await cached(cacheDir("pulumi-home", cli.version, hash), async (tmp) => {
    for (const each of plugins) {
      const folder = join(tmp, "plugins", `resource-${each.name}-v${pluginVersions[each.name]}`);
      mkdirSync(folder, { recursive: true });
      each.install(folder);
    }
  });
  return {
    home,
    descriptions: plugins.map(({ name, origin }) => `${name} ${pluginVersions[name]} (${origin})`),
    reachable: plugins.every(({ origin }) => origin === "official"),
  };
}

async function plugin(name: PluginName, cli: PulumiCli): Promise<Plugin> {
  const path = process.env[`${name.toUpperCase()}_PLUGIN`];
  if (path) {
    return givenPlugin(name, resolve(path));
  }
  const official = officialPart(`pulumi-resource-${name}`);
  if (official) {
    return givenPlugin(name, official, officialOrigin);
  }
  return (await officialPlugin(name, cli)) ?? (await standIn(name));
}

function givenPlugin(name: PluginName, path: string, origin = path): Plugin {
  const { size, mtimeMs } = statSync(path);
  return {
    name,
    origin,
    hash: contentHash([], [path, String(size), String(mtimeMs)]),
    install: (folder) => symlinkSync(path, join(folder, `pulumi-resource-${name}`)),
  };
}

/** The official plugin, if the engine can fetch it. */
async function officialPlugin(name: PluginName, cli: PulumiCli): Promise<Plugin | undefined> {
  const dir = cacheDir(`plugin-${name}-official`, pluginVersions[name]);
  const found = await fetched(dir, (tmp) => fetchPlugin(name, cli, tmp));
  return found === undefined ? undefined : fromFolder(name, "official", found);
}

async function fetchPlugin(name: PluginName, cli: PulumiCli, folder: string): Promise<void> {
  const version = pluginVersions[name];
  const home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
  try {
    await progress(`asking for the official plugin ${name} ${version}`, () =>
      execOrThrow(cli.command.command, ["plugin", "install", "resource", name, version], {
        timeoutSeconds: reachSeconds,
        env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "1" },
      }),
    );
    cpSync(join(home, "plugins", `resource-${name}-v${version}`), folder, { recursive: true });
  } finally {
    rmSync(home, { recursive: true });
  }
}

const root = resolve(__dirname, "../..");

/** Our own plugin, which acts as the official one does; one file, so that it starts quickly. */
async function standIn(name: PluginName): Promise<Plugin> {
  const sources = join(root, "stand-ins/plugins");
  const hash = contentHash([sources, join(root, "package-lock.json"), __filename]);
  const dir = cacheDir(`plugin-${name}-stand-in`, pluginVersions[name], hash);
  await cached(dir, async (tmp) => {
    const executable = join(tmp, `pulumi-resource-${name}`);
    await execOrThrow(join(root, "node_modules/.bin/esbuild"), [
      join(sources, name, "main.ts"),
      "--bundle",
      "--minify",
      "--platform=node",
      "--target=node22",
      // Native helpers of ssh2, which does without them.
      "--external:*.node",
      "--external:cpu-features",
      "--banner:js=#!/usr/bin/env node",
      "--log-level=warning",
      `--outfile=${executable}`,
    ]);
    chmodSync(executable, 0o755);
  });
  return fromFolder(name, "stand-in", dir);
}

function fromFolder(name: PluginName, origin: string, dir: string): Plugin {
  return {
    name,
    origin,
    hash: contentHash([], [dir]),
    install: (folder) => cpSync(dir, folder, { recursive: true }),
  };
}

import * as pulumi from "@pulumi/pulumi";
import { type ConstructResult, type Provider, main } from "@pulumi/pulumi/provider";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RootlessDockerHostArgs } from "../args";
import { rememberUrn } from "../hookNames";
import { RootlessDockerHost } from "../rootlessDockerHost";
import { knownValue } from "../sdkInternals";
import { type Manifest, type SchemaPart, correctSchema } from "./correctSchema";

/** The package's schema, inferred from the sources in its folder, and corrected. */
export async function packageSchema(folder: string): Promise<string> {
  const provider = new ComponentProvider({
    components: [RootlessDockerHost],
    dirname: folder,
    name: "rootless-docker",
  });
  const inferred = JSON.parse(await provider.getSchema()) as SchemaPart;
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  return JSON.stringify(correctSchema(inferred, manifest));
}

/** Makes the component for programs in other languages. */
export class RootlessDockerProvider implements Provider {
  /** The version of the package, which is the version of its plugin and its SDKs. */
  readonly version: string;
  #schema?: Promise<string>;

  constructor(private readonly folder: string) {
    const manifest = readFileSync(join(folder, "package.json"), "utf8");
    this.version = (JSON.parse(manifest) as { version: string }).version;
  }

  /** The schema that the build left, else one from the sources. */
  getSchema(): Promise<string> {
    const built = join(this.folder, "bin/schema.json");
    this.#schema ??= existsSync(built)
      ? Promise.resolve(readFileSync(built, "utf8"))
      : packageSchema(this.folder);
    return this.#schema;
  }

  async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<ConstructResult> {
    const { resources } = JSON.parse(await this.getSchema()) as {
      resources: Record<string, { properties: object } | undefined>;
    };
    const outputs = resources[type]?.properties;
    if (!outputs) throw new Error(`this package has no component '${type}'`);
    const { parent } = options;
    const urn = parent && (await knownValue(parent.urn));
    if (parent !== undefined && urn !== undefined) rememberUrn(parent, urn);
    const host = inWordsAlone(
      () => new RootlessDockerHost(name, inputs as RootlessDockerHostArgs, options),
    );
    const values = host as unknown as pulumi.Inputs;
    const state: pulumi.Inputs = Object.fromEntries(
      Object.keys(outputs).map((key) => [key, values[key]]),
    );
    return { urn: host.urn, state };
  }
}

/**
 * The engine prints the offending value of each problem of an InputPropertiesError, whether it is a secret or not. Of
 * any other error it prints the message, which names the value only if it cannot be a secret.
 *
 * @throws RunError with all problems.
 */
function inWordsAlone<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!pulumi.InputPropertiesError.isInstance(error)) throw error;
    throw new pulumi.RunError(error.message);
  }
}

/** Serves the component to the engine, from the package's folder. */
export function serve(folder: string): Promise<void> {
  return main(new RootlessDockerProvider(folder), process.argv.slice(2));
}

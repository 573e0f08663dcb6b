import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental";
import { main } from "@pulumi/pulumi/provider";
import { RootlessDockerHost } from "../rootlessDockerHost";
import { correctSchema, type Manifest, type SchemaPart } from "./correctSchema";

/** Pulumi's provider of components, with the schema that this package corrects. */
class RootlessDockerProvider extends ComponentProvider {
  constructor(private readonly folder: string) {
    super({ components: [RootlessDockerHost], dirname: folder, name: "rootless-docker" });
  }

  async getSchema(): Promise<string> {
    const inferred = JSON.parse(await super.getSchema()) as SchemaPart;
    const manifest = readFileSync(join(this.folder, "package.json"), "utf8");
    return JSON.stringify(correctSchema(inferred, JSON.parse(manifest) as Manifest));
  }
}

/** The package's schema, from the sources in its folder. */
export function packageSchema(folder: string): Promise<string> {
  return new RootlessDockerProvider(folder).getSchema();
}

/** Serves the component to the engine, for programs in other languages. */
export function serve(folder: string): Promise<void> {
  return main(new RootlessDockerProvider(folder), process.argv.slice(2));
}

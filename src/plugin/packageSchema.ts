import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental";
import { RootlessDockerHost } from "../rootlessDockerHost";
import { correctSchema, type Manifest, type SchemaPart } from "./correctSchema";

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

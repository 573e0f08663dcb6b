import { join } from "node:path";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental";
import { RootlessDockerHost } from "../index";

/** The package's schema, as the engine gets it from the sources. */
export async function inferredSchema(): Promise<string> {
  const provider = new ComponentProvider({
    components: [RootlessDockerHost],
    dirname: join(__dirname, ".."),
    name: "rootless-docker",
  });
  return `${JSON.stringify(JSON.parse(await provider.getSchema()), null, 2)}\n`;
}

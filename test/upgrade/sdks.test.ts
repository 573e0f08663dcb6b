import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { generateSdk } from "../../scripts/generateSdks";
import { usualSteps } from "../../src/steps";
import { createWorkspaceStack, ensureSdkLanguages } from "../../testbed/toolchain";
import { linkModules, pack, pluginExecutable, temporaryFolder, tsc } from "../../testkit/checkout";
import { recordedFile, recordedVersions } from "./recorded";

// A program whose SDK was generated from an earlier version's schema, with the plugin of this one.

/** What programs see of any version's SDK. */
interface Sdk {
  RootlessDockerHost: new (name: string, args: object) => object;
  types: { enums: Record<string, Record<string, string>> };
}

const folder = temporaryFolder();

let plugin: string;
beforeAll(() => (plugin = pluginExecutable(folder, pack(folder).tarball)));

test.each(recordedVersions())("%s", async (version) => {
  const toolchain = await ensureSdkLanguages();
  const sdk = generateSdk("nodejs", join(folder, version), {
    pulumi: toolchain.pulumiPath,
    plugin: recordedFile(version, "schema.json"),
    env: { ...process.env, ...toolchain.env },
  });
  linkModules(sdk);
  tsc(sdk, "--project", ".");
  cpSync(join(sdk, "package.json"), join(sdk, "bin/package.json"));
  const { RootlessDockerHost, types } = (await import(join(sdk, "bin/index.js"))) as Sdk;
  const args = {
    connection: { host: "a.example", privateKey: "k", hostKey: "ssh-ed25519 AAAA" },
    account: { name: "app" },
    privilegedPorts: types.enums.PrivilegedPorts.Sysctl,
    onDestroy: { data: types.enums.OnDestroyData.Delete },
  };
  const stack = await createWorkspaceStack({
    stackName: "dev",
    program: async () => ({ ...new RootlessDockerHost("web", args) }),
  });
  const { envVars } = stack.workspace;
  envVars.PATH = `${dirname(plugin)}:${envVars.PATH}`;
  const { stdout: shown } = await stack.preview({ color: "never" });
  for (const step of usualSteps) expect(shown).toContain(`web-${step} `);
  expect(shown).toMatch(/dockerHost *: "ssh:\/\/app@a\.example:22"/);
});

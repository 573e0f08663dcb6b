import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { utils } from "ssh2";
import { pluginsFolder } from "../../stand-ins/engine/plugins";
import type { TestHost } from "../../stand-ins/hosts";
import { remoteEnvironment } from "../../stand-ins/remoteDocker";
import { createWorkspaceStack } from "../../stand-ins/toolchain";
import { programOf } from "./example";

/**
 * A stack of an example in TypeScript, with the configuration that all of them ask for.
 *
 * @param config what the example asks for besides. Defaults to nothing.
 */
export async function stackOfExample(
  example: string,
  host: TestHost,
  config: Record<string, string> = {},
): Promise<Stack> {
  const stack = await createWorkspaceStack({
    stackName: example,
    projectName: example,
    program: programOf(example),
    config,
  });
  await stack.setAllConfig({
    address: { value: host.address },
    hostKey: { value: host.hostKey },
    privateKey: { value: host.privateKey, secret: true },
    authorizedKey: { value: publicKey(host.privateKey) },
  });
  return stack;
}

function publicKey(privateKey: string): string {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

/** Gives a stack's commands a docker CLI with Compose, and an `ssh` that knows the host and its key, as a user's machine has. */
export async function withCompose(stack: Stack, host: TestHost): Promise<void> {
  const { address, hostKey, privateKey } = host;
  const folder = mkdtempSync(join(tmpdir(), "compose-"));
  const plugin = "cli-plugins/docker-compose";
  mkdirSync(join(folder, "cli-plugins"));
  copyFileSync(join(await pluginsFolder(), "docker-compose"), join(folder, plugin));
  const dockerHost = `ssh://app@${address}:22`;
  const { PATH, DOCKER_CONFIG } = await remoteEnvironment({
    ...{ dockerHost, address, hostKey, privateKey, folder },
  });
  const { envVars } = stack.workspace;
  const [bin] = PATH.split(":");
  Object.assign(envVars, { PATH: `${bin}:${envVars.PATH}:${PATH}`, DOCKER_CONFIG });
}

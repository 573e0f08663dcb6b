import { busyboxImageTar, ensureDockerCli } from "./dockerCli";
import { imageOf } from "./hosts/image";
import { requireHostTools } from "./requirements";
import { ensureToolchain } from "./toolchain";

/**
 * Makes at once what most tests need and a new machine does not have. Returns what runs, or why something could not be
 * made, a line each.
 */
export function prepareMachine(): Promise<string[]> {
  const image = async () => {
    await requireHostTools();
    await imageOf("trixie");
    // After it: both ask apt.
    await ensureDockerCli();
    await busyboxImageTar();
    return "hosts: Debian 13";
  };
  const toolchain = async () => `toolchain: ${(await ensureToolchain()).describe()}`;
  return Promise.all([image, toolchain].map((make) => make().catch(String)));
}

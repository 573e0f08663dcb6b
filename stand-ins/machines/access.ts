import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { writeSshConfig } from "../hosts/keys";
import { machinePlace } from "./place";

/** Puts an image's keys, and a configuration for ssh, into a machine's folder. */
export function giveAccess(number: number, image: string): void {
  const { dir, machine, address, port } = machinePlace(number);
  for (const key of ["host_key.pub", "user_key", "user_key.pub"])
    copyFileSync(join(image, key), join(dir, key));
  writeSshConfig(dir, machine, { address, port });
}

import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Distribution } from "../engine/distributions";
import type { System } from "../systems/systems";
import { progress } from "../progress";
import { requireHostTools } from "../requirements";
import { allocate, release } from "./allocate";
import { mountDisk, mountImage } from "./disk";
import { NspawnHost } from "./host";
import { imageOf } from "./image";
import { removeLeftoversOnce } from "./leftovers";
import { makeKey, writeSshConfig } from "./keys";
import { placeOf } from "./place";
import { start } from "./start";
import { configureTree, shareArchives, unpackTree, type Admin } from "./tree";

export interface HostArgs {
  /** The Debian suite, by codename: "trixie", "bookworm", "bullseye". A system has its own. */
  suite: string;
  /** Packages that are there before the first boot. Defaults to none. Each set is an image. */
  packages?: readonly string[];
  /** Whether Debian 13's packages of the engine are there, with root's daemon masked. Defaults to false. */
  engine?: boolean;
  /**
   * What it stands for: a distribution, by its package manager and os-release, with Debian's programs; or a system, as
   * strict as its vendor's image. Defaults to Debian itself.
   */
  like?: Distribution | System;
  /** Logins beside root. Defaults to none. */
  admins?: readonly Admin[];
  /** Whether there is a /dev/net/tun. Defaults to true. */
  tun?: boolean;
  /** Whether apt finds the packages of Docker downloaded already. Defaults to true. */
  sharedAptArchives?: boolean;
  /** The size of a disk of its own, which can be filled. Defaults to a share of this machine's. */
  diskMegabytes?: number;
  /** The file of a disk with an empty file system, which becomes its own. Defaults to none. */
  diskImage?: string;
}

/**
 * Makes a host, boots it, and waits until its systemd says that it is up: about a second, once the
 * suite's image is in the cache. It vanishes with this process, however that ends.
 */
export async function createHost(args: HostArgs): Promise<NspawnHost> {
  await requireHostTools();
  await removeLeftoversOnce();
  const extra = args.like ?? (args.engine ? "engine" : undefined);
  const image = await imageOf(args.suite, args.packages, extra);
  const number = await allocate();
  return progress(`starting ${placeOf(number).machine} (${args.suite})`, async () => {
    try {
      await furnish(number, image, args);
      const tun = args.tun ?? true;
      start(number, tun);
      const host = new NspawnHost(number, tun);
      await host.untilUp();
      return host;
    } catch (cause) {
      const said = readConsole(number);
      await release(number);
      throw new Error(`a ${args.suite} host did not come up; its console said:\n${said}`, {
        cause,
      });
    }
  });
}

/** Everything a host needs before it is started. */
async function furnish(number: number, image: string, args: HostArgs): Promise<void> {
  const { dir, machine, address } = placeOf(number);
  const root = join(dir, "root");
  // For remove.sh, which brings new packages back to it.
  symlinkSync(image, join(dir, "image"));
  if (args.diskMegabytes) await mountDisk(dir, args.diskMegabytes);
  if (args.diskImage) await mountImage(args.diskImage, root);
  await Promise.all([unpackTree(image, root), makeKey(dir, "host_key"), makeKey(dir, "user_key")]);
  writeSshConfig(dir, machine, { address, port: 22 });
  const { admins = [], tun = true, sharedAptArchives = args.like === undefined } = args;
  await configureTree(root, { machine, address, keys: dir, admins, tun });
  if (sharedAptArchives) shareArchives(image, root);
}

function readConsole(number: number): string {
  const file = join(placeOf(number).dir, "console.log");
  return existsSync(file) ? readFileSync(file, "utf8") : "nothing";
}

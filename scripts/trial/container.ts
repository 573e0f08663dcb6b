import type { Machine } from "./machine";
import { image } from "./rows";

/** Seconds that a registry has for an image. */
const pullTime = 60;

/** Programs that the image has, where the machine has them. */
const programs = "sh cat id ping readlink rm sleep";

/**
 * Gives the daemon an image. Without a registry it is made of the machine's own programs and their libraries.
 *
 * @returns where it came from.
 */
export async function bringImage(machine: Machine): Promise<string> {
  const { exitCode } = await machine.tryAsAccount(
    `timeout ${pullTime} docker pull busybox\ndocker tag busybox ${image}-base`,
    pullTime + 30,
  );
  if (exitCode !== 0) await importOwnPrograms(machine);
  // A file of the image, for what removes one.
  await machine.asAccount(
    `docker run --name made ${image}-base sh -c ': >/trial-file'
docker commit made ${image}
docker rm made`,
  );
  return exitCode === 0
    ? "busybox from its registry"
    : "the machine's own programs (no registry answered)";
}

async function importOwnPrograms(machine: Machine): Promise<void> {
  await machine.asAccount(
    `for name in ${programs}; do
    path=$(command -v $name) || continue
    echo "$path"
    ldd "$path" | grep -o '/[^ ]*'
done | sort -u | tar -chf - -T - 2>/dev/null | docker import - ${image}-base`,
  );
}

/**
 * Starts a container that stays.
 *
 * @returns whom its root is on the machine.
 */
export async function startContainer(machine: Machine): Promise<string> {
  const id = await machine.asAccount(
    `docker run --detach --name trial ${image} sleep 3600 >/dev/null
docker exec trial id -u`,
  );
  if (id !== "0") throw new Error(`the container's user is ${id} and not root`);
  const pid = await machine.asAccount("docker inspect --format '{{.State.Pid}}' trial");
  const uid = (await machine.asRoot(`stat -c %u /proc/${Number(pid)}`)).trim();
  if (uid === "0") throw new Error("the container's root is the machine's root");
  return `its root is uid ${uid} on the machine`;
}

/** Whether the container of `startContainer` runs. */
export async function isRunning(machine: Machine): Promise<boolean> {
  const state = await machine.asAccount("docker inspect --format '{{.State.Running}}' trial");
  return state === "true";
}

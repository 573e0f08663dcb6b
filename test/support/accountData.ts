import type { TestHost } from "../../stand-ins/hosts";
import { asAccount, importImage, root } from "./host";

// What an account owns, and so can lose: an image, a container, a volume with a file in it, and a file of its own.

/**
 * Gives an account all of it.
 *
 * @param container how docker makes the container: `run -d` has it run.
 */
export async function fillAccount(
  host: TestHost,
  name: string,
  container: "create" | "run -d" = "run -d",
): Promise<void> {
  await importImage(host, name);
  await asAccount(
    host,
    name,
    `docker ${container} --name mine -v mine:/mine busybox sleep 1000 >/dev/null; echo own >~/own
    rootlesskit sh -c 'echo precious >~/.local/share/docker/volumes/mine/_data/file'`,
  );
}

/** All of it is on the disk. No daemon is asked: there may be none any more. */
export async function expectFilled(host: TestHost, name: string): Promise<void> {
  await root(
    host,
    `cd $(getent passwd ${name} | cut -d : -f 6); grep -q own own
    cd .local/share/docker; grep -q precious volumes/mine/_data/file
    [ -n "$(ls image/*/imagedb/content/sha256)" ]; [ -n "$(ls containers)" ]`,
  );
}

/** Removes an account that a destroy has kept, as an administrator does. */
export async function removeAccount(host: TestHost, name: string): Promise<void> {
  await root(
    host,
    `loginctl disable-linger ${name}; systemctl stop user@$(id -u ${name}).service; userdel -rf ${name} 2>/dev/null; none id ${name}`,
  );
}

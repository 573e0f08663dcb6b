import { destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { examplesUnder } from "../support/docsExamples";
import type { StepArgs } from "../support/documents";
import { asAccount, bootHost, importImage, root } from "../support/host";
import { Installation } from "../support/installation";

// The commands of the page, as they are. Each runs in the account's home.
const page = "docs/how-to/back-up.md";
const under = (heading: string) => examplesUnder(heading, page);
const run = (command: string, account = "app") => asAccount(host, account, `cd\n${command}`);

let host: TestHost;
let app: Installation;
const wishes = (more: StepArgs = {}): StepArgs => ({
  account: { name: "app" },
  onDestroy: { data: "delete" },
  ...more,
});

beforeAll(async () => {
  host = await bootHost({ engine: true });
  app = new Installation(host, "a1");
  await app.up(wishes());
  await importImage(host, "app");
});
afterAll(destroyAllHosts);

/** A container `web` with a volume `data`, whose files have several owners. */
const fill = `docker run -d --name web --restart unless-stopped -v data:/data busybox sh -c 'echo started; sleep 1000' >/dev/null
  docker exec web sh -c 'echo by hand >/by-hand; mkdir /data/dir
    for id in 0 33 1000; do echo $id >/data/dir/of-$id; chown $id:$id /data/dir/of-$id; done
    chmod 600 /data/dir/of-33; chown 1000:33 /data/dir; chmod 2750 /data/dir'`;

/** Owners, modes, names and texts of the files of `data`. */
const files = (docker = "docker") =>
  `${docker} run --rm -v data:/data busybox sh -c 'cd /data; stat -c "%u:%g %a %n" dir dir/*; cat dir/*'`;
const filled = `1000:33 2750 dir
0:0 644 dir/of-0
1000:1000 644 dir/of-1000
33:33 600 dir/of-33
0
1000
33
`;

test("a volume: backed up, removed and restored, with the owners and modes of its files", async () => {
  await run(fill);
  const [backUp] = under("## Back up a volume");
  const [restore] = under("## Restore a volume");
  await run(backUp);
  expect(await run("docker ps --format '{{.Names}}'")).toBe("web\n");
  await run("docker rm -f web; docker volume rm data");
  await run(restore);
  expect(await run(files())).toBe(filled);

  // Into a volume that is there.
  const change = "echo changed >dir/of-0; chown 33 dir/of-0; echo other >other";
  await run(`docker run --rm -v data:/data busybox sh -c 'cd /data; ${change}'`);
  await run(restore);
  expect(await run(files())).toBe(filled);
  expect(await run("docker run --rm -v data:/data busybox cat /data/other")).toBe("other\n");
  await run("docker volume rm data; rm data.tar");
});

test("a container that was changed by hand: saved as an image, and loaded", async () => {
  await run(fill);
  const [save, load] = under("## Back up an image or a container");
  await run(save);
  await run("docker rm -f web; docker rmi web:1");
  await run(load);
  expect(await run("docker run --rm web:1 cat /by-hand")).toBe("by hand\n");
  await run("docker volume rm data; docker rmi web:1; rm web.tar");
});

test("to another account: the image, and the volume with its owners", async () => {
  const other = new Installation(host, "a2");
  await other.up({ account: { name: "other" }, onDestroy: { data: "delete" } });
  await importImage(host, "other");
  await run(`${fill}\ndocker commit web web:1`);
  const [copy] = under("## Move to another host or account");
  // Root reaches both daemons, as somebody with a key for both accounts does.
  const socket = async (account: string) =>
    `unix:///run/user/${(await host.run(`id -u ${account}`)).trim()}/docker.sock`;
  const [old, its] = [await socket("app"), await socket("other")];
  await root(host, copy.replace("ssh://app@192.0.2.11", old).replace("ssh://app@192.0.2.12", its));
  expect(await run(files(), "other")).toBe(filled);
  expect(await run("docker run --rm web:1 cat /by-hand", "other")).toBe("by hand\n");
  expect(await run("docker ps --format '{{.Names}}'")).toBe("");
  await other.destroy();
  await run("docker rm -f web; docker volume rm data; docker rmi web:1");
});

test("to another disk: image, container, volume and log move along; destroy names the new data root", async () => {
  await run(fill);
  const elsewhere = wishes({ daemon: { "data-root": "/srv/docker" } });
  const [move, remove] = under("## Move the data to another disk");
  await root(host, move);
  await app.up(elsewhere);
  await run(remove);
  expect(await host.run("ls /home/app/.local/share")).not.toContain("docker");
  expect(await run("docker info -f '{{.DockerRootDir}}'")).toBe("/srv/docker\n");
  expect(await run("docker ps --format '{{.Names}} {{.Image}}'")).toBe("web busybox\n");
  expect(await run("docker exec web cat /by-hand")).toBe("by hand\n");
  expect(await run("docker logs web")).toMatch(/^(started\n)+$/);
  expect(await run(files())).toBe(filled);
  await run("docker restart web >/dev/null");
  expect((await app.up(elsewhere)).changed).toEqual([]);

  const { said } = await app.destroy();
  expect(said.join("\n")).toMatch(/kept: \/srv\/docker, because/);
  expect(await host.run("ls /srv/docker/volumes")).toContain("data");
});

test("without the copy, the daemon is empty, and the old data stay where they were", async () => {
  await root(host, "rm -r /srv/docker");
  await app.up(wishes());
  await importImage(host, "app");
  await run(fill);
  await host.run("install -d -o app -g app /srv/docker");
  await app.up(wishes({ daemon: { "data-root": "/srv/docker" } }));
  expect(await run("docker ps -a -q; docker volume ls -q; docker images -q")).toBe("");
  expect(await host.run("ls /home/app/.local/share/docker/volumes")).toContain("data");
  await app.destroy();
});

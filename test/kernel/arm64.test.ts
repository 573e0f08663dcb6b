import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineSource, OnDestroyData } from "../../index";
import { type Repository, serve } from "../../stand-ins/engine";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { createMachine, destroyAllMachines, type Machine } from "../../stand-ins/machines";
import type { StepArgs } from "../support/documents";
import { asAccount } from "../support/host";
import { Installation } from "../support/installation";
import { run, untilPage, webServer } from "./containers";
import { packagesOf } from "./packages";

// arm64, emulated, with Debian's kernel. Both engines are Debian's: its packages, and the programs of these packages
// in archives laid out as the vendor's are.
let machine: Machine;
let app: Installation;
let folder: string;
let server: Repository;

const version = "26.1.5";
const site = "http://127.0.0.1:8080/";
const common: StepArgs = { account: { name: "app" }, onDestroy: { data: OnDestroyData.Delete } };
const names = ["docker", "docker-rootless-extras"] as const;
type Architecture = "aarch64" | "x86_64";

const archive = (name: string, architecture: Architecture) =>
  join(folder, `static/stable/${architecture}/${name}-${version}.tgz`);

const sumOf = (name: string, architecture: Architecture) =>
  createHash("sha256")
    .update(readFileSync(archive(name, architecture)))
    .digest("hex");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "arm64-"));
  for (const architecture of ["aarch64", "x86_64"])
    mkdirSync(join(folder, "static/stable", architecture), { recursive: true });
  machine = await createMachine({
    suite: "trixie",
    architecture: "arm64",
    packages: packagesOf.arm64,
  });
  app = new Installation(machine, "a1");
  server = await serve([folder]);
  await machine.run("sh -eu", { input: makeImage });
});
afterAll(async () => {
  await server?.close();
  await destroyAllMachines();
  rmSync(folder, { recursive: true, force: true });
});

/** The machine's own busybox: a client on it, and an image, /tmp/image.tar. */
const makeImage = `ln -s /usr/bin/busybox /usr/local/bin/busybox
  mkdir -p /tmp/image/usr/bin /tmp/image/tmp
  cp /usr/bin/busybox /tmp/image/usr/bin/
  busybox --install -s /tmp/image/usr/bin
  tar -C /tmp/image -cf /tmp/image.tar .`;

/** A container runs, and another one's published port answers. */
async function expectContainers(): Promise<void> {
  await asAccount(machine, "app", "docker import /tmp/image.tar busybox >/dev/null");
  expect((await run(machine, "", "uname -m")).text).toBe("aarch64");
  const { exitCode } = await webServer(machine, "web", "-p 8080:80");
  expect(exitCode).toBe(0);
  await untilPage(machine, site);
}

/** The path of the program that runs as the account's daemon. */
const daemon = () => machine.run("readlink /proc/$(pgrep -u app -x dockerd)/exe");

/** Makes both archives of the engine that Debian's packages have put on the machine. */
const makeArchives = `mkdir -p /root/a/docker /root/a/docker-rootless-extras
  cd /usr/bin
  cp docker docker-init containerd containerd-shim-runc-v2 ctr /root/a/docker/
  cp ../sbin/dockerd ../sbin/docker-proxy $(command -v runc) /root/a/docker/
  cp rootlesskit ../share/docker.io/contrib/dockerd-rootless*.sh /root/a/docker-rootless-extras/
  cd /root/a
  for name in docker docker-rootless-extras; do tar -c $name | gzip -1 >/root/$name.tgz; done
  rm -r /root/a`;

/** Takes them off the machine, and puts others beside them, which are another architecture's. */
async function takeArchives(): Promise<void> {
  await machine.run("sh -eu", { input: makeArchives });
  const { name: host, sshConfigPath } = machine;
  for (const name of names) {
    const from = `${host}:/root/${name}.tgz`;
    await execOrThrow("scp", ["-q", "-F", sshConfigPath, from, archive(name, "aarch64")]);
    writeFileSync(archive(name, "x86_64"), `${name} of x86_64`);
  }
}

test("the machine is arm64", async () => {
  expect(await machine.run("uname -m; dpkg --print-architecture; uname -r")).toMatch(
    /^aarch64\narm64\n6\.12\.\S+-cloud-arm64\n$/,
  );
});

test("Distribution: up, a container, a published port, destroy", async () => {
  await app.up(common);
  await expectContainers();
  expect(await daemon()).toBe("/usr/sbin/dockerd\n");
  await takeArchives();
  await app.destroy();
  expect(await machine.run("getent passwd app || command -v dockerd || true")).toBe("");
});

describe("static-archive", () => {
  const wishes = (architecture: Architecture): StepArgs => ({
    ...common,
    engine: {
      source: EngineSource.StaticArchive,
      version,
      sha256: sumOf("docker", architecture),
      rootlessExtrasSha256: sumOf("docker-rootless-extras", architecture),
      mirror: server.url,
    },
  });

  test("sums of another architecture's archives are refused", async () => {
    const { exitCode, said } = await app.tryUp(wishes("x86_64"));
    expect([exitCode, said.join("\n")]).toEqual([
      1,
      expect.stringContaining(
        `/static/stable/aarch64/docker-${version}.tgz: found the SHA-256 ${sumOf("docker", "aarch64")}`,
      ),
    ]);
    expect(await machine.run("command -v dockerd || true")).toBe("");
  });

  test("with its own: up, a container, a published port, destroy", async () => {
    await app.up(wishes("aarch64"));
    await expectContainers();
    expect(await daemon()).toMatch(/^\/usr\/local\/lib\/rootless-docker\/.*\/dockerd\n$/);
    await app.destroy();
    expect(await machine.run("ls -d /usr/local/lib/rootless-docker 2>/dev/null || true")).toBe("");
  });
});

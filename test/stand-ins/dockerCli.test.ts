import { readFileSync } from "node:fs";
import { busyboxImageTar, ensureDockerCli } from "../../stand-ins/dockerCli";
import { exec, execOrThrow } from "../../stand-ins/hosts/exec";
import { createHost, destroyAllHosts } from "../../stand-ins/hosts";

afterAll(destroyAllHosts);

test("there is a docker CLI, with and without one on PATH", async () => {
  expect(await execOrThrow(await ensureDockerCli(), ["--version"])).toMatch(/^Docker version /);
  const path = process.env.PATH;
  process.env.PATH = "/usr/bin:/bin:/usr/sbin:/sbin";
  try {
    expect(await execOrThrow(await ensureDockerCli(), ["--version"])).toMatch(/^Docker version /);
  } finally {
    process.env.PATH = path;
  }
});

test("the image is a root filesystem that runs", async () => {
  const tar = await busyboxImageTar();
  const names = (await execOrThrow("tar", ["-tf", tar])).split("\n");
  expect(names).toEqual(expect.arrayContaining(["./bin/busybox", "./bin/sh", "./etc/passwd"]));
  const { stdout } = await exec("tar", ["-xOf", tar, "./bin/busybox"]);
  expect(stdout.slice(1, 4)).toBe("ELF");
});

/** What the whole testbed is for: if this fails, look here before looking at the component. */
test("a host can run rootless Docker, with overlay2", async () => {
  const host = await createHost({ suite: "trixie" });
  await host.run(`apt-get -q update
    apt-get -q install --yes --no-install-recommends \\
      docker.io docker-cli rootlesskit uidmap slirp4netns dbus-user-session
    systemctl disable --now docker.service docker.socket
    useradd --create-home --shell /bin/bash ada
    loginctl enable-linger ada`);
  await host.run("install -D -o ada -g ada /dev/stdin /home/ada/busybox.tar", {
    input: readFileSync(await busyboxImageTar()),
  });
  const daemon = "/usr/share/docker.io/contrib/dockerd-rootless.sh";
  const found = await host.run(`su - ada -c '
    export XDG_RUNTIME_DIR=/run/user/$(id -u) PATH=$PATH:/usr/sbin:/sbin
    export DOCKER_HOST=unix://$XDG_RUNTIME_DIR/docker.sock
    systemd-run --quiet --user --unit=docker --setenv=PATH=$PATH ${daemon}
    for i in $(seq 60); do docker info >/dev/null 2>&1 && break; sleep 0.5; done
    set -e
    docker import busybox.tar busybox >/dev/null
    docker info --format "{{.Driver}}"
    docker run --rm --pull=never busybox sh -c "id -u; uname"
  '`);
  expect(found).toBe("overlay2\n0\nLinux\n");
});

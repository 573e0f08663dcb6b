import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { busyboxImageTar } from "../../stand-ins/dockerCli";
import type { TestHost } from "../../stand-ins/hosts";
import { tryAsAccount } from "../support/host";

/** The account of every machine here. */
const account = "app";

/** What a command printed on stdout and stderr, and how it ended. */
export interface Said {
  exitCode: number;
  text: string;
}

/** `docker ...` as the account. */
export async function docker(host: TestHost, command: string): Promise<Said> {
  const { exitCode, stdout, stderr } = await tryAsAccount(host, account, `docker ${command} 2>&1`);
  return { exitCode, text: `${stdout}${stderr}`.trim() };
}

/** A container that runs one shell command and goes. */
export function run(host: TestHost, options: string, command: string): Promise<Said> {
  return docker(host, `run --rm ${options} busybox sh -c '${command}'`);
}

/** The page of the web server that `webServer` starts. */
export const page = "served by a rootless container";

/** A container with a web server on its port 80. */
export function webServer(host: TestHost, name: string, options: string): Promise<Said> {
  return docker(
    host,
    `run -d --name ${name} ${options} busybox sh -c 'echo "${page}" >/index.html; httpd -f -p 80 -h /'`,
  );
}

// Not in /tmp, which a boot may empty.
const client = "/usr/local/bin/busybox";

/** What an HTTP server answers, or nothing. `enter` is a command that the client runs by. */
export async function get(host: TestHost, url: string, enter = ""): Promise<string> {
  const { stdout } = await tryAsAccount(
    host,
    account,
    `timeout 20 ${enter} ${client} wget -q -O - ${url}`,
  );
  return stdout.trim();
}

/** Puts a static busybox on the host itself: a client that any account can use. */
export async function busyboxOn(host: TestHost): Promise<void> {
  await host.run(`tar -xO ./bin/busybox >${client} && chmod 755 ${client}`, {
    input: readFileSync(await busyboxImageTar()),
  });
}

/** Waits until a server serves the page, as after a boot. */
export function untilPage(host: TestHost, url: string): Promise<void> {
  return until(`${url} is served`, async () => (await get(host, url)) === page);
}

/** Waits until the daemon answers: it may have started a container, and still be starting others. */
export function untilDaemon(host: TestHost): Promise<void> {
  return until("the daemon answers", async () => (await docker(host, "version")).exitCode === 0);
}

/** The end is for what never comes, and not for what is slow. */
async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20 * 60_000;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`twenty minutes, and not yet: ${what}`);
    await sleep(500);
  }
}

/** What a container prints that is made through the daemon's API, with this HostConfig. */
export async function throughApi(
  host: TestHost,
  hostConfig: object,
  command: string,
): Promise<string> {
  const body = JSON.stringify({
    Image: "busybox",
    Cmd: ["sh", "-c", command],
    HostConfig: hostConfig,
  });
  const head = [
    "POST /v1.40/containers/create?name=api HTTP/1.0",
    "Host: docker",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  await host.run("cat >/tmp/request", { input: `${head.join("\r\n")}\r\n\r\n${body}` });
  const send = `use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new("$ENV{XDG_RUNTIME_DIR}/docker.sock"); local $/; open F, "/tmp/request"; print $s <F>; $s->flush; print <$s>`;
  const created = await tryAsAccount(host, account, `timeout 20 perl -e '${send}'`);
  if (!created.stdout.includes(" 201 ")) throw new Error(`${created.stdout}${created.stderr}`);
  const { text } = await docker(host, "start -a api");
  await docker(host, "rm api");
  return text;
}

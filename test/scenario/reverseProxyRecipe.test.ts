import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { caddyImageChanges, caddyImageTar } from "../../stand-ins/caddy";
import { type Repository, serveRepository } from "../../stand-ins/engine";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { gateway } from "../../stand-ins/hosts/place";
import { programOf } from "../support/example";
import { asAccount, importImage } from "../support/host";
import { stackOfExample, withCompose } from "../support/stackOfExample";

// examples/reverse-proxy, with Docker's packages from the testbed's repository, and Caddy from its Go module in the place of
// its official image. The machine of the tests is the client: the hosts know it as their gateway.
let host: TestHost;
let downloads: Repository;
let stack: Stack;

const site = "www.example.com";

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  downloads = await serveRepository();
  const { url: mirror, key: mirrorKey } = downloads;
  stack = await stackOfExample("reverse-proxy", host, { mirror, mirrorKey, site });
  await withCompose(stack, host);
});
afterAll(async () => {
  await downloads.close();
  await destroyAllHosts();
});

/** Gives the account the images that the example pulls: there is no registry. */
async function bringImages(): Promise<void> {
  await importImage(host, "app");
  await asAccount(host, "app", "docker tag busybox busybox:1.37");
  await host.run("cat >/tmp/caddy.tar", { input: readFileSync(await caddyImageTar()) });
  const changes = caddyImageChanges.map((change) => `-c '${change}'`).join(" ");
  await asAccount(host, "app", `docker import ${changes} /tmp/caddy.tar caddy:2.11 >/dev/null`);
}

/** What a client gets that trusts Caddy's own authority, and follows from port 80 to port 443. */
async function askAsClient(): Promise<string> {
  const authority = await asAccount(
    host,
    "app",
    "cd /; docker cp reverse-proxy-proxy-1:/data/caddy/pki/authorities/local/root.crt - | tar -xO",
  );
  const file = join(mkdtempSync(join(tmpdir(), "caddy-")), "root.crt");
  writeFileSync(file, authority);
  return execOrThrow("curl", [
    ...["--silent", "--show-error", "--fail", "--location", "--max-time", "20"],
    ...["--retry", "5", "--retry-all-errors", "--cacert", file, "--noproxy", "*"],
    ...["--resolve", `${site}:80:${host.address}`, "--resolve", `${site}:443:${host.address}`],
    ...["--write-out", "%{num_redirects} %{url_effective}", `http://${site}/cgi-bin/client`],
  ]);
}

/** The last client in the log of Caddy on each port. */
async function lastInLog(): Promise<{ http?: string; https?: string }> {
  const log = await asAccount(host, "app", "docker logs reverse-proxy-proxy-1 2>&1");
  const clients: { http?: string; https?: string } = {};
  for (const line of log.split("\n").filter((each) => each.includes("http.log.access"))) {
    const { request } = JSON.parse(line) as { request: { remote_ip: string; tls?: object } };
    clients[request.tls ? "https" : "http"] = request.remote_ip;
  }
  return clients;
}

const answer = (client: string) => `${client}\n1 https://${site}/cgi-bin/client`;

test("Caddy on ports 80 and 443, and the application behind it, see the client's address", async () => {
  await expect(stack.up()).rejects.toThrow(/caddy|busybox/);
  await bringImages();
  await stack.up();
  expect(await askAsClient()).toBe(answer(gateway));
  expect(await lastInLog()).toEqual({ http: gateway, https: gateway });
  const { changeSummary } = await stack.preview({ expectNoChanges: true });
  expect(Object.keys(changeSummary)).toEqual(["same"]);
});

// With Docker's own proxy programs, the client is an address of Docker's network.
test("without userland-proxy: false they see an address of Docker's", async () => {
  const withProxy = (source: string) => source.replace('daemon: { "userland-proxy": false },', "");
  stack.workspace.program = programOf("reverse-proxy", withProxy);
  await stack.up();
  const [client] = (await askAsClient()).split("\n");
  expect(client).toMatch(/^172\.\d+\.0\.1$/);
  expect(await lastInLog()).toEqual({ http: client, https: client });
});

// What the page says for an engine that is older than Docker 29.5.
test.each([
  ["the port driver slirp4netns", 'network: { portDriver: "slirp4netns" }'],
  ["pasta", 'network: { driver: "pasta" }'],
])("with %s and sysctl they see the client's address, too", async (_, network) => {
  const instead = (source: string) =>
    source
      .replace('daemon: { "userland-proxy": false },', `${network},`)
      .replace('"file-capability"', '"sysctl"');
  stack.workspace.program = programOf("reverse-proxy", instead);
  await stack.up();
  expect(await askAsClient()).toBe(answer(gateway));
  expect(await lastInLog()).toEqual({ http: gateway, https: gateway });
});

test("destroy takes the containers away", async () => {
  await stack.destroy();
  await expect(fetch(`http://${host.address}:80`)).rejects.toThrow("fetch failed");
  expect(await host.run("ls /home/app/.local/share/docker/containers")).toBe("");
});

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gateway } from "./hosts/place";
import { buildGoTool } from "./toolchain/goTool";

/** A private registry for hosts: CNCF Distribution with TLS, and logins of its own. */
export interface Registry {
  /** Host and port, as docker takes them. */
  address: string;
  /** The certificate of the authority that its own is from, which no machine knows. */
  ca: string;
  /** Logins by name that it takes from now on. */
  accept: (logins: Record<string, string>) => void;
  close: () => Promise<void>;
}

/** Starts one on the hosts' network. A host is there already, and so its network. */
export async function serveRegistry(logins: Record<string, string>): Promise<Registry> {
  const { dir } = await buildGoTool({
    name: "registry",
    folder: "registry",
    module: "github.com/distribution/distribution/v3",
    package: "github.com/distribution/distribution/v3/cmd/registry",
    versionVariable: "github.com/distribution/distribution/v3/version.version",
  });
  const folder = mkdtempSync(join(tmpdir(), "rootless-docker-registry-"));
  const at = (name: string) => join(folder, name);
  makeCertificates(at);
  const accept = (accepted: Record<string, string>) =>
    writeFileSync(at("htpasswd"), htpasswd(accepted));
  accept(logins);
  const port = await freePort();
  writeFileSync(at("config.yml"), JSON.stringify(configuration(at, port)));
  const server = spawn(join(dir, "bin/registry"), ["serve", at("config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
  });
  await untilItListens(server, port);
  return {
    address: `${gateway}:${port}`,
    ca: readFileSync(at("ca.crt"), "utf8"),
    accept,
    close: async () => {
      if (server.exitCode === null) {
        server.kill();
        await once(server, "exit");
      }
      rmSync(folder, { recursive: true });
    },
  };
}

/** One that is made up: it answers a login by whatever is said of it. @param answer status and body. */
export async function serveMadeUpRegistry(
  answer: (username: string, password: string) => { status: number; body: unknown },
): Promise<Omit<Registry, "ca" | "accept">> {
  const realm = () => `Bearer realm="http://${address}/token",service="testbed"`;
  const server = createHttpServer(({ url, headers }, response) => {
    const [, username, password] =
      /^([^:]*):(.*)$/s.exec(
        Buffer.from((headers.authorization ?? "").replace(/^Basic /, ""), "base64").toString(),
      ) ?? [];
    const asksToken = url?.startsWith("/token") && username !== undefined;
    const given = asksToken || username !== undefined ? answer(username, password) : undefined;
    const { status, body } = headers.authorization?.startsWith("Bearer ")
      ? { status: 200, body: {} }
      : (given ?? { status: 401, body: {} });
    response.writeHead(status, { "www-authenticate": realm(), "content-type": "application/json" });
    response.end(JSON.stringify(body));
  }).listen(0, gateway);
  await once(server, "listening");
  const address = `${gateway}:${(server.address() as AddressInfo).port}`;
  return {
    address,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** JSON is YAML. */
function configuration(at: (name: string) => string, port: number) {
  return {
    version: "0.1",
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: at("data") } },
    http: {
      addr: `${gateway}:${port}`,
      secret: "of the testbed",
      tls: { certificate: at("server.crt"), key: at("server.key") },
    },
    auth: { htpasswd: { realm: "testbed", path: at("htpasswd") } },
  };
}

/** An authority that lives as long as the test, and the server's certificate of it. */
function makeCertificates(at: (name: string) => string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.crt"),
    "-subj",
    "/CN=testbed",
  );
  const from = [
    "-CA",
    at("ca.crt"),
    "-CAkey",
    at("ca.key"),
    "-addext",
    `subjectAltName=IP:${gateway}`,
  ];
  const itself = ["-keyout", at("server.key"), "-out", at("server.crt"), "-subj", `/CN=${gateway}`];
  openssl(
    "req",
    "-x509",
    ...key,
    ...from,
    "-addext",
    "basicConstraints=critical,CA:FALSE",
    ...itself,
  );
}

/** Passwords as bcrypt has them, by the C library. */
function htpasswd(logins: Record<string, string>): string {
  const script = "chomp(my $word = <STDIN>); print crypt($word, q($2b$04$abcdefghijklmnopqrstuu))";
  const lines = Object.entries(logins).map(
    ([name, password]) =>
      `${name}:${execFileSync("perl", ["-e", script], { input: password, encoding: "utf8" })}\n`,
  );
  return lines.join("");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, gateway);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilItListens(server: ChildProcess, port: number): Promise<void> {
  let said = "";
  server.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  for (let tries = 0; tries < 300; tries++) {
    if (server.exitCode !== null) throw new Error(`the registry has ended: ${said}`);
    const answers = await fetch(`https://${gateway}:${port}/v2/`).then(
      () => true,
      // Its certificate is of an authority that nobody knows.
      (error: unknown) => (error as { cause?: { code?: string } }).cause?.code !== "ECONNREFUSED",
    );
    if (answers) return;
    await sleep(100);
  }
  throw new Error(`the registry does not listen: ${said}`);
}

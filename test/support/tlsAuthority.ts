import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ensureDockerCli } from "../../stand-ins/dockerCli";
import { exec } from "../../stand-ins/hosts/exec";

/** An authority, a daemon's certificate of it, and a caller's. */
export interface TlsAuthority {
  /** Of the input `tcpSocket`. */
  pem: { caCertificate: string; certificate: string; privateKey: string };
  /** The caller's certificate and key, in a folder. */
  caller: string;
  /**
   * What a docker CLI that believes this authority says to `docker version`, or its error.
   *
   * @param caller a folder with its certificate and key. Defaults to none.
   */
  version: (dockerHost: string, caller?: string) => Promise<string>;
  remove: () => void;
}

/** @param address of the host that the daemon's certificate is for. */
export function makeTlsAuthority(address: string): TlsAuthority {
  const root = mkdtempSync(join(tmpdir(), "rootless-docker-tls-"));
  const at = (name: string) => join(root, name);
  const text = (name: string) => readFileSync(at(name), "utf8");
  makeCertificates(at, address);
  return {
    pem: {
      caCertificate: text("ca.pem"),
      certificate: text("server/cert.pem"),
      privateKey: text("server/key.pem"),
    },
    caller: at("client"),
    version: async (dockerHost, caller) => {
      const folder = mkdtempSync(at("cli-"));
      copyFileSync(at("ca.pem"), join(folder, "ca.pem"));
      for (const file of caller === undefined ? [] : ["cert.pem", "key.pem"])
        copyFileSync(join(caller ?? "", file), join(folder, file));
      const tls = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder, DOCKER_CONFIG: folder };
      const { stdout, stderr } = await exec(
        await ensureDockerCli(),
        ["version", "-f", "{{.Server.Version}}"],
        { env: { DOCKER_HOST: dockerHost, ...tls }, timeoutSeconds: 30 },
      );
      return stdout.trim() || stderr.trim();
    },
    remove: () => {
      rmSync(root, { recursive: true });
    },
  };
}

function makeCertificates(at: (name: string) => string, address: string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const authority = [
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    "-subj",
    `/CN=${basename(at(""))}`,
  ];
  openssl("req", "-x509", "-days", "2", ...key, ...authority);
  for (const who of ["server", "client"]) {
    mkdirSync(at(who));
    const request = ["-keyout", at(`${who}/key.pem`), "-out", at("request"), "-subj", `/CN=${who}`];
    openssl("req", ...key, ...request);
    writeFileSync(at("more"), `subjectAltName=IP:${address}\nextendedKeyUsage=${who}Auth\n`);
    const signer = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2"];
    const signed = ["-in", at("request"), "-extfile", at("more"), "-out", at(`${who}/cert.pem`)];
    openssl("x509", "-req", ...signer, ...signed);
  }
}

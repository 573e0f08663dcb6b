import type * as pulumi from "@pulumi/pulumi";
// In your own project: from "rootless-docker".
import type { RootlessDockerHostArgs } from "../index";

// Values of your program: from the stack's configuration, files, or other resources.
declare const config: pulumi.Config;
declare const [privateKey, passphrase, password, token, pem]: pulumi.Output<string>[];
declare const [publicKey, aptKey]: string[];
declare const mirror: string;

/** Examples of each input: docs/inputs.md shows them in this order, and every input has to be in one. */
export const examples: Partial<RootlessDockerHostArgs>[] = [
  {
    connection: {
      host: "203.0.113.7",
      port: 2222,
      user: "admin",
      privateKey,
      privateKeyPassword: passphrase,
      hostKey: "ssh-ed25519 AAAA...",
      connectTimeout: 600,
    },
  },
  {
    connection: {
      host: "10.0.0.7",
      agentSocketPath: "/run/user/1000/ssh-agent.socket",
      dialErrorLimit: 30,
      perDialTimeout: 5,
      proxy: {
        host: "jump.example",
        port: 443,
        user: "jump",
        privateKey,
        privateKeyPassword: passphrase,
        hostKey: "ssh-ed25519 BBBB...",
        dialErrorLimit: 3,
        perDialTimeout: 5,
      },
    },
  },
  {
    connection: {
      host: "10.0.0.8",
      user: "admin",
      password,
      sudoPassword: password,
      proxy: { host: "jump.example", password, agentSocketPath: "/run/agent.socket" },
    },
  },
  { connection: { host: "10.0.0.9", user: "admin", privateKey, privilegeEscalation: "doas" } },
  {
    account: {
      name: "app",
      uid: 1500,
      home: "/srv/app",
      shell: "/bin/sh",
      create: true,
      authorizedKeys: [publicKey],
    },
  },
  {
    account: {
      name: "app",
      subordinateIds: { count: 131_072, uidStart: 200_000, gidStart: 200_000 },
      cgroupControllers: ["memory", "pids"],
    },
  },
  { account: { name: "app", limits: { memory: "4G", cpus: 1.5, tasks: 2000, ioWeight: 50 } } },
  { engine: { source: "docker-repository", version: "29", plugins: ["buildx", "compose"] } },
  { engine: { source: "docker-repository", mirror, mirrorKey: aptKey } },
  {
    engine: {
      source: "static-archive",
      version: "29.8.1",
      sha256: "1f9b...",
      rootlessExtrasSha256: "77c0...",
    },
  },
  {
    daemon: {
      "log-driver": "local",
      "registry-mirrors": ["https://mirror.example"],
      "data-root": "/srv/docker",
    },
  },
  { registryAuth: [{ address: "ghcr.io", username: "me", password: token }] },
  {
    registryCredentialHelpers: {
      "123456789012.dkr.ecr.eu-central-1.amazonaws.com": "ecr-login",
      "europe-docker.pkg.dev": "gcr",
    },
  },
  { privilegedPorts: "file-capability" },
  { onDestroy: { data: "delete" } },
  { storageDriver: "fuse-overlayfs" },
  { rootfulDocker: "keep" },
  { network: { driver: "slirp4netns", portDriver: "slirp4netns", mtu: 1500, ipv6: true } },
  { network: { driver: "pasta", hostLoopback: true } },
  {
    kernel: {
      sysctls: { "kernel.keys.maxkeys": "2000" },
      unprivilegedPing: false,
      moduleOptions: { "overlay.permit_mounts_in_userns": "1" },
      appArmorProfile: "none",
    },
  },
  { kernel: { sysctls: { "net.ipv4.ping_group_range": "0 1000" } } },
  { environment: { HTTPS_PROXY: "http://proxy.example:3128" } },
  { registryCertificates: { "registry.example:5000": pem } },
  {
    tcpSocket: {
      address: "10.0.0.7",
      port: 2376,
      caCertificate: pem,
      certificate: pem,
      privateKey,
    },
  },
  { unitOverrides: { Service: { MemoryMax: "4G", ExecStartPre: ["/bin/true", "/bin/true"] } } },
  { prune: { schedule: "Sun 03:00", until: "72h", all: true } },
  {
    operations: {
      restarts: config.get<"allow" | "refuse">("restarts") ?? "refuse",
      driftDetection: "preview",
      recheck: config.get("recheck"),
    },
  },
  { operations: { takeOver: true } },
  { acceptedAdvisories: ["dynamic-ports-collide"] },
  { agentTransfer: "stdin" },
];

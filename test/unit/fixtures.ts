import { certificate } from "../support/certificate";
import { serverCertificate, serverKey } from "../support/serverCertificate";
import * as pulumi from "@pulumi/pulumi";
import {
  AgentTransfer,
  EnginePlugin,
  EngineSource,
  AppArmorProfile,
  NetworkDriver,
  OnDestroyData,
  PortDriver,
  PrivilegedPorts,
  DriftDetection,
  PrivilegeEscalation,
  Restarts,
  RootfulDocker,
  type RootlessDockerHostArgs,
  StorageDriver,
} from "../../index";

/** Every option, each with a value of its own that is not the default. */
export function everyOption() {
  return {
    connection: {
      host: "machine.example",
      port: 2201,
      user: "admin",
      privateKey: "-----SECRET private key-----",
      privateKeyPassword: "SECRET key password",
      password: "SECRET login password",
      privilegeEscalation: PrivilegeEscalation.Sudo,
      sudoPassword: "SECRET sudo password",
      agentSocketPath: "/run/agent.sock",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABGhvc3Q=",
      dialErrorLimit: 11,
      perDialTimeout: 16,
      connectTimeout: 240,
      proxy: {
        host: "jump.example",
        port: 2202,
        user: "jumper",
        privateKey: "-----SECRET proxy key-----",
        privateKeyPassword: "SECRET proxy key password",
        password: "SECRET proxy login password",
        agentSocketPath: "/run/proxy-agent.sock",
        hostKey: "ssh-rsa AAAAB3NzaC1yc2EAAAAFcHJveHk=",
        dialErrorLimit: 12,
        perDialTimeout: 17,
      },
    },
    account: {
      name: "builder",
      create: false,
      uid: 2345,
      home: "/srv/builder",
      shell: "/bin/sh",
      authorizedKeys: [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAA29uZQ== first",
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAADdHdv second",
      ],
      subordinateIds: { count: 70_000, uidStart: 1_000_000, gidStart: 2_000_000 },
      cgroupControllers: ["memory", "pids"],
      limits: { memory: "6G", cpus: 1.25, tasks: 3000, ioWeight: 50 },
    },
    engine: {
      source: EngineSource.Distribution,
      version: "26.1.5+dfsg1-9",
      plugins: [EnginePlugin.Compose],
    },
    rootfulDocker: RootfulDocker.Disable,
    storageDriver: StorageDriver.FuseOverlayfs,
    privilegedPorts: PrivilegedPorts.Sysctl,
    kernel: {
      sysctls: { "net.ipv4.ping_group_range": "3 4", "kernel.keys.maxkeys": "2000" },
      unprivilegedPing: false,
      moduleOptions: { "overlay.permit_mounts_in_userns": "1" },
      appArmorProfile: AppArmorProfile.None,
    },
    network: {
      driver: NetworkDriver.Slirp4netns,
      portDriver: PortDriver.Slirp4netns,
      mtu: 1500,
      hostLoopback: true,
      ipv6: true,
    },
    daemon: {
      "log-level": "warn",
      "log-opts": { "max-size": "10m", "max-file": "3" },
      debug: true,
    },
    environment: { HTTPS_PROXY: "http://proxy.example:3128", NO_PROXY: "localhost" },
    registryCertificates: { "registry.example:5000": certificate },
    registryCredentialHelpers: { "registry2.example": "ecr-login" },
    registryAuth: [
      { address: "ghcr.io", username: "robot", password: "SECRET registry password" },
      { username: "me", password: "SECRET token" },
    ],
    tcpSocket: {
      address: "192.0.2.7",
      port: 2377,
      caCertificate: certificate,
      certificate: serverCertificate,
      privateKey: serverKey,
    },
    unitOverrides: {
      Unit: { StartLimitBurst: 3 },
      Service: {
        MemoryMax: "4G",
        OOMPolicy: "continue",
        ExecStartPre: ["/bin/true", "-/bin/false"],
      },
    },
    prune: { schedule: "Sun 03:00", until: "48h", all: true },
    onDestroy: { data: OnDestroyData.Delete },
    acceptedAdvisories: ["live-restore"],
    agentTransfer: AgentTransfer.Stdin,
    operations: {
      restarts: Restarts.Refuse,
      driftDetection: DriftDetection.Preview,
      recheck: "2026-11-25T19:44:00Z",
      takeOver: true,
    },
  } satisfies pulumi.Unwrap<RootlessDockerHostArgs>;
}

/** What must never be seen: every secret value of `everyOption` and of `secretValues`. */
export const secretPart = "SECRET";

/** Secret values that a user marks. */
export function secretValues() {
  return {
    daemon: {
      proxies: pulumi.secret({ "http-proxy": "http://user:SECRET-daemon@proxy.example" }),
      debug: true,
    },
    environment: {
      HTTPS_PROXY: pulumi.secret("http://user:SECRET-proxy@proxy.example"),
      A: "open",
    },
  } satisfies Partial<RootlessDockerHostArgs>;
}

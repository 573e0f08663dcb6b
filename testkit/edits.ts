import * as pulumi from "@pulumi/pulumi";
import {
  AppArmorProfile,
  EnginePlugin,
  EngineSource,
  IdAllocation,
  NetworkDriver,
  OnDestroyData,
  PortDriver,
  PrivilegedPorts,
  PrivilegeEscalation,
  RootfulDocker,
  StorageDriver,
} from "../index";
import { certificate } from "./certificate";
import { serverCertificate, serverKey } from "./serverCertificate";
import type { ComponentArgs } from "./hostStack";

/** One edit of the program `start`: what changes, which steps run, and what the host then shows. */
export interface Edit {
  /** The input, and what is special about its value. */
  name: string;
  /** The first cell of the table's row in docs/changes.md. */
  row: string;
  change: ComponentArgs;
  /** Steps that the preview names and that run; no others. Defaults to all, which change nothing. */
  steps?: string[];
  restarts: boolean;
  /** A command on the host, and what it prints with the edit; without it, what it printed before. */
  host?: { command: string; prints: string };
}

const config = "/home/app/.config/docker";

/** What every edit starts from, and goes back to. */
export const start: ComponentArgs = {
  account: { name: "app" },
  daemon: { "log-level": "info", "log-opts": { "max-size": "10m", "max-file": "3" } },
  environment: { NO_PROXY: "localhost", API_TOKEN: pulumi.secret("s3cret-one") },
  unprivilegedPing: { groups: "0 1000" },
};

const inDaemonsNetwork = "nsenter -t $(pgrep -u app -x dockerd) -n";
const rootlesskit = "tr '\\0' ' ' </proc/$(pgrep -u app -x rootlesskit | head -n 1)/cmdline";

/** Each row of the table "What a change does" but those that replace the host. */
export function edits(userKey: string): Record<string, Edit[]> {
  return {
    "the machine's settings": machineEdits,
    "the account": accountEdits(userKey),
    "the engine, and how it is reached": engineEdits,
    "the daemon": daemonEdits,
  };
}

const machineEdits: Edit[] = [
  {
    name: "unprivilegedPing.groups",
    row: "`unprivilegedPing`",
    change: { unprivilegedPing: { groups: "0 2147483647" } },
    steps: ["kernel"],
    restarts: false,
    host: { command: "sysctl -n net.ipv4.ping_group_range", prints: "0\t2147483647" },
  },
  {
    name: "unprivilegedPing.enabled",
    row: "`unprivilegedPing`",
    change: { unprivilegedPing: { enabled: false } },
    steps: ["kernel"],
    restarts: false,
    host: { command: "ls /etc/sysctl.d | grep -c ping_group_range || true", prints: "0" },
  },
  {
    name: "privilegedPorts: FileCapability",
    row: "`privilegedPorts`",
    change: { privilegedPorts: PrivilegedPorts.FileCapability },
    steps: ["kernel"],
    restarts: true,
    host: {
      command: "getcap /usr/bin/rootlesskit",
      prints: "/usr/bin/rootlesskit cap_net_bind_service=ep",
    },
  },
  {
    name: "privilegedPorts: Sysctl",
    row: "`privilegedPorts`",
    change: { privilegedPorts: PrivilegedPorts.Sysctl },
    steps: ["kernel"],
    restarts: false,
    host: { command: "sysctl -n net.ipv4.ip_unprivileged_port_start", prints: "0" },
  },
  {
    name: "sysctls",
    row: "`sysctls`",
    change: { sysctls: { "net.core.somaxconn": "8192" } },
    steps: ["kernel"],
    restarts: false,
    host: { command: "sysctl -n net.core.somaxconn", prints: "8192" },
  },
  {
    name: "kernelModuleOptions: one that this kernel's module does not have",
    row: "`kernelModuleOptions`",
    change: { kernelModuleOptions: { "overlay.no_such_parameter": "1" } },
    steps: ["kernel"],
    restarts: false,
    host: { command: "ls /etc/modprobe.d | grep -c rootless-docker || true", prints: "0" },
  },
  {
    name: "appArmorProfile",
    row: "`appArmorProfile`",
    change: { appArmorProfile: AppArmorProfile.None },
    steps: ["preflight", "kernel"],
    restarts: false,
  },
];

const accountEdits = (userKey: string): Edit[] => [
  {
    name: "account.create",
    row: "`account.create`",
    change: { account: { name: "app", create: false } },
    steps: ["preflight", "account"],
    restarts: false,
  },
  {
    name: "account.uid, account.home, account.shell: those that it has",
    row: "`account.uid`, `account.home`, `account.shell`",
    change: { account: { name: "app", uid: 1000, home: "/home/app", shell: "/bin/bash" } },
    steps: ["preflight", "account"],
    restarts: false,
  },
  {
    name: "account.authorizedKeys",
    row: "`account.authorizedKeys`",
    change: { account: { name: "app", authorizedKeys: [userKey] } },
    steps: ["account"],
    restarts: false,
    host: { command: "cat /home/app/.ssh/authorized_keys 2>&1 | wc -l", prints: "1" },
  },
  {
    name: "subordinateIds.count",
    row: "`subordinateIds.count`, `.uidStart`, `.gidStart`",
    change: { subordinateIds: { count: 131_072 } },
    steps: ["preflight", "account"],
    restarts: true,
    host: { command: "cut -d : -f 3 /etc/subuid", prints: "131072" },
  },
  {
    // Taken out again, another start would stay: ranges that are there and suffice are kept.
    name: "subordinateIds.uidStart, subordinateIds.gidStart: those that it has",
    row: "`subordinateIds.count`, `.uidStart`, `.gidStart`",
    change: { subordinateIds: { uidStart: 100_000, gidStart: 100_000 } },
    steps: ["preflight", "account"],
    restarts: false,
    host: { command: "cat /etc/subuid", prints: "app:100000:65536" },
  },
  {
    name: "subordinateIds.allocation: the ranges that are there stay",
    row: "`subordinateIds.allocation`",
    change: { subordinateIds: { allocation: IdAllocation.Random } },
    steps: ["preflight", "account"],
    restarts: false,
    host: { command: "cat /etc/subuid", prints: "app:100000:65536" },
  },
  {
    name: "resourceControllers",
    row: "`resourceControllers`",
    change: { resourceControllers: ["memory", "pids"] },
    steps: ["account"],
    restarts: false,
    host: {
      command:
        "cat /etc/systemd/system/user@$(id -u app).service.d/rootless-docker.conf | grep Delegate",
      prints: "Delegate=memory pids",
    },
  },
];

const engineEdits: Edit[] = [
  {
    name: "engine.source",
    row: "`engine.source`",
    change: { engine: { source: EngineSource.Preinstalled } },
    steps: ["preflight", "engine", "daemon"],
    restarts: false,
  },
  {
    name: "engine.version: the one that is there",
    row: "`engine.version`",
    change: { engine: { version: "26" } },
    steps: ["engine"],
    restarts: false,
  },
  {
    name: "rootfulDocker",
    row: "`rootfulDocker`",
    change: { rootfulDocker: RootfulDocker.Keep },
    steps: ["preflight", "engine"],
    restarts: false,
  },
  {
    name: "privilegeEscalation",
    row: "`privilegeEscalation`",
    change: { privilegeEscalation: PrivilegeEscalation.Sudo },
    steps: ["agent"],
    restarts: false,
  },
  {
    name: "recheck",
    row: "`recheck`",
    change: { recheck: "2026-11-25T20:00:00Z" },
    restarts: false,
  },
  {
    name: "engine.plugins",
    row: "`engine.plugins`",
    change: { engine: { plugins: [EnginePlugin.Compose] } },
    steps: ["preflight", "engine"],
    restarts: false,
    host: { command: "dpkg -l docker-compose 2>/dev/null | grep -c ^ii || true", prints: "1" },
  },
];

const daemonEdits: Edit[] = [
  {
    name: "registryCertificates",
    row: "`registryCertificates`",
    change: { registryCertificates: { "registry.example:5000": certificate } },
    steps: ["daemon"],
    restarts: false,
    host: {
      command: `stat -c '%a %U' ${config}/certs.d/registry.example:5000/ca.crt 2>/dev/null || true`,
      prints: "644 app",
    },
  },
  {
    name: "unitOverrides",
    row: "`unitOverrides`",
    change: { unitOverrides: { Service: { LimitNOFILE: 4096, TimeoutStopSec: 90 } } },
    steps: ["daemon"],
    restarts: true,
    host: {
      command: "awk '/open files/ { print $4 }' /proc/$(pgrep -u app -x dockerd)/limits",
      prints: "4096",
    },
  },
  {
    name: "prune",
    row: "`prune`",
    change: { prune: { schedule: "Sun 03:00", all: true } },
    steps: ["daemon"],
    restarts: false,
    host: {
      command:
        "find /home/app/.config /home/app/.local/share/systemd -name '*docker-prune.timer' 2>&1 | wc -l",
      prints: "3",
    },
  },
  {
    name: "daemon: a value, and one inside an object",
    row: "`daemon`",
    change: {
      daemon: { "log-level": "debug", "log-opts": { "max-size": "20m", "max-file": "3" } },
    },
    steps: ["daemon"],
    restarts: true,
    host: { command: `grep -c '"max-size":"20m"' ${config}/daemon.json || true`, prints: "1" },
  },
  {
    name: "data-root in daemon",
    row: "`data-root`, `icc` in `daemon`",
    change: { daemon: { ...(start.daemon as object), "data-root": "/home/app/docker-data" } },
    steps: ["preflight", "daemon"],
    restarts: true,
    host: { command: `grep -o docker-data ${config}/daemon.json || true`, prints: "docker-data" },
  },
  {
    name: "environment: a value",
    row: "`environment`",
    change: {
      environment: { NO_PROXY: "localhost,127.0.0.1", API_TOKEN: pulumi.secret("s3cret-one") },
    },
    steps: ["daemon"],
    restarts: true,
    host: {
      command: `grep NO_PROXY ${config}/environment`,
      prints: 'NO_PROXY="localhost,127.0.0.1"',
    },
  },
  {
    name: "a secret value in environment",
    row: "a secret value in `daemon` or `environment`",
    change: { environment: { NO_PROXY: "localhost", API_TOKEN: pulumi.secret("s3cret-two") } },
    steps: ["secrets"],
    restarts: true,
    host: { command: `grep API_TOKEN ${config}/environment`, prints: 'API_TOKEN="s3cret-two"' },
  },
  {
    name: "storageDriver",
    row: "`storageDriver`",
    change: { storageDriver: StorageDriver.Overlay2 },
    steps: ["preflight", "daemon"],
    restarts: true,
    host: {
      command: `grep -o '"storage-driver": "[a-z0-9]*"' ${config}/daemon.json || true`,
      prints: '"storage-driver": "overlay2"',
    },
  },
  {
    name: "network.driver",
    row: "`network` (all else)",
    change: { network: { driver: NetworkDriver.Pasta } },
    steps: ["daemon"],
    restarts: true,
    host: { command: `${rootlesskit} | grep -o 'net=[a-z0-9]*'`, prints: "net=pasta" },
  },
  {
    name: "network.portDriver",
    row: "`network` (all else)",
    change: { network: { portDriver: PortDriver.Slirp4netns } },
    steps: ["daemon"],
    restarts: true,
    host: {
      command: `${rootlesskit} | grep -o 'port-driver=[a-z0-9]*'`,
      prints: "port-driver=slirp4netns",
    },
  },
  {
    name: "network.mtu",
    row: "`network` (all else)",
    change: { network: { mtu: 1500 } },
    steps: ["daemon"],
    restarts: true,
    host: {
      command: `${inDaemonsNetwork} ip link show tap0 | grep -o 'mtu [0-9]*'`,
      prints: "mtu 1500",
    },
  },
  {
    name: "network.hostLoopback",
    row: "`network` (all else)",
    change: { network: { hostLoopback: true } },
    steps: ["daemon"],
    restarts: true,
    host: { command: `${rootlesskit} | grep -c disable-host-loopback || true`, prints: "0" },
  },
  {
    name: "network.slirp4netnsSandbox",
    row: "`network` (all else)",
    change: { network: { slirp4netnsSandbox: true } },
    steps: ["daemon"],
    restarts: true,
    host: {
      command: `${rootlesskit} | grep -o 'slirp4netns-sandbox=[a-z]*'`,
      prints: "slirp4netns-sandbox=true",
    },
  },
  {
    name: "onDestroy.data",
    row: "`onDestroy.data`",
    change: { onDestroy: { data: OnDestroyData.Delete } },
    steps: ["daemon"],
    restarts: false,
  },
  {
    name: "tcpSocket",
    row: "`tcpSocket`",
    change: {
      tcpSocket: {
        caCertificate: certificate,
        certificate: serverCertificate,
        privateKey: serverKey,
      },
    },
    steps: ["secrets", "daemon"],
    restarts: true,
    host: {
      command: `${rootlesskit} | grep -o '0.0.0.0:2376[^ ]*' || true; stat -c '%a %U' ${config}/tls/key.pem 2>/dev/null || true`,
      prints: "0.0.0.0:2376:2376/tcp\n600 app",
    },
  },
  {
    name: "network.ipv6",
    row: "`network.ipv6`",
    change: { network: { ipv6: true } },
    steps: ["preflight", "daemon"],
    restarts: true,
    host: {
      command: `${inDaemonsNetwork} ip -6 route show default | grep -o 'via fd00[^ ]*' || true`,
      prints: "via fd00::2",
    },
  },
];

/** What the host is used with, and given back from. */
export const used = (userKey: string): ComponentArgs => ({
  ...start,
  account: { name: "app", authorizedKeys: [userKey] },
  privilegedPorts: PrivilegedPorts.Sysctl,
  subordinateIds: { count: 131_072 },
  network: { mtu: 1500 },
  unitOverrides: { Service: { LimitNOFILE: 65_536 } },
  prune: {},
  onDestroy: { data: OnDestroyData.Delete },
});

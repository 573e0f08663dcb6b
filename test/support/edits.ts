import * as pulumi from "@pulumi/pulumi";
import { PrivilegedPorts } from "../../index";
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

const groups = { "net.ipv4.ping_group_range": "0 1000" };

/** What every edit starts from, and goes back to. */
export const start: ComponentArgs = {
  account: { name: "app" },
  daemon: { "log-level": "info", "log-opts": { "max-size": "10m", "max-file": "3" } },
  environment: { NO_PROXY: "localhost", API_TOKEN: pulumi.secret("s3cret-one") },
  kernel: { sysctls: groups },
};

const inDaemonsNetwork = "nsenter -t $(pgrep -u app -x dockerd) -n";

/** Some rows of the table "What a change does". */
export function edits(userKey: string): Record<string, Edit[]> {
  return { "that restart nothing": quietEdits(userKey), others: otherEdits };
}

const quietEdits = (userKey: string): Edit[] => [
  {
    name: "kernel.sysctls",
    row: "`kernel.sysctls`",
    change: { kernel: { sysctls: { ...groups, "net.core.somaxconn": "8192" } } },
    steps: ["machine"],
    restarts: false,
    host: { command: "sysctl -n net.core.somaxconn", prints: "8192" },
  },
  {
    name: "account.authorizedKeys",
    row: "`account.authorizedKeys`",
    change: { account: { name: "app", authorizedKeys: [userKey] } },
    steps: ["machine"],
    restarts: false,
    host: { command: "cat /home/app/.ssh/authorized_keys 2>&1 | wc -l", prints: "1" },
  },
  {
    name: "account.limits",
    row: "`account.limits`",
    change: { account: { name: "app", limits: { tasks: 2000 } } },
    steps: ["machine"],
    restarts: false,
    host: {
      command:
        "cat /etc/systemd/system/user-$(id -u app).slice.d/*.conf 2>/dev/null | grep Max || true",
      prints: "TasksMax=2000",
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
    name: "privilegedPorts: sysctl",
    row: "`privilegedPorts`",
    change: { privilegedPorts: PrivilegedPorts.Sysctl },
    steps: ["machine"],
    restarts: false,
    host: { command: "sysctl -n net.ipv4.ip_unprivileged_port_start", prints: "0" },
  },
  {
    name: "net.ipv4.ping_group_range in kernel.sysctls",
    row: "`kernel.unprivilegedPing`",
    change: { kernel: { sysctls: { "net.ipv4.ping_group_range": "0 2147483647" } } },
    steps: ["machine"],
    restarts: false,
    host: { command: "sysctl -n net.ipv4.ping_group_range", prints: "0\t2147483647" },
  },
];

const otherEdits: Edit[] = [
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
    name: "a secret value in environment",
    row: "a secret value in `daemon` or `environment`",
    change: { environment: { NO_PROXY: "localhost", API_TOKEN: pulumi.secret("s3cret-two") } },
    steps: ["secrets"],
    restarts: true,
    host: { command: `grep API_TOKEN ${config}/environment`, prints: 'API_TOKEN="s3cret-two"' },
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
];

import * as pulumi from "@pulumi/pulumi";
import {
  AppArmorProfile,
  OnDestroyData,
  PrivilegedPorts,
  RootfulDocker,
  StorageDriver,
} from "../../index";
import type { Wishes } from "./installation";

/** One edit of a program: what changes, which steps run, and what the host then shows. */
export interface Edit {
  name: string;
  wishes: Wishes;
  /** Steps that the preview names and that run; no others. */
  steps: string[];
  /** Lines of the preview that name the change, by the host's own keys, without its columns. */
  shows: string[];
  restarts: boolean;
  /** A command on the host, and what it prints. */
  host?: { command: string; prints: string };
}

const config = "/home/app/.config/docker";

/** What the walk starts from. */
export const start: Wishes = {
  account: { name: "app" },
  daemon: { "log-level": "info", "log-opts": { "max-size": "10m", "max-file": "3" } },
  environment: { NO_PROXY: "localhost", API_TOKEN: pulumi.secret("s3cret-one") },
  unprivilegedPing: { groups: "0 1000" },
};

/** Each edit starts from what the one before left. */
export function edits(userKey: string): Edit[] {
  const walk: Edit[] = [];
  let wishes = start;
  const edit = (change: Wishes, row: Omit<Edit, "wishes">) => {
    wishes = { ...wishes, ...change };
    walk.push({ ...row, wishes });
  };
  edit(
    { unprivilegedPing: { groups: "0 2147483647" } },
    {
      name: "unprivilegedPing.groups",
      steps: ["kernel"],
      shows: ['~ net.ipv4.ping_group_range: "0 1000" => "0 2147483647"'],
      restarts: false,
      host: { command: "sysctl -n net.ipv4.ping_group_range", prints: "0\t2147483647" },
    },
  );
  edit(
    { daemon: { "log-level": "debug", "log-opts": { "max-size": "20m", "max-file": "3" } } },
    {
      name: "daemon: a value, and one inside an object",
      steps: ["daemon"],
      shows: ['~ daemon.json/log-level: "info" => "debug"', '~ max-size: "10m" => "20m"'],
      restarts: true,
      host: { command: `grep -c '"max-size":"20m"' ${config}/daemon.json`, prints: "1" },
    },
  );
  edit(
    { environment: { NO_PROXY: "localhost,127.0.0.1", API_TOKEN: pulumi.secret("s3cret-one") } },
    {
      name: "environment: a value",
      steps: ["daemon"],
      shows: ['~ environment/NO_PROXY: "localhost" => "localhost,127.0.0.1"'],
      restarts: true,
      host: {
        command: `grep NO_PROXY ${config}/environment`,
        prints: 'NO_PROXY="localhost,127.0.0.1"',
      },
    },
  );
  edit(
    { environment: { NO_PROXY: "localhost,127.0.0.1", API_TOKEN: pulumi.secret("s3cret-two") } },
    {
      name: "environment: a secret value",
      steps: ["secrets"],
      shows: ["~ stdin: [secret]"],
      restarts: true,
      host: { command: `grep API_TOKEN ${config}/environment`, prints: 'API_TOKEN="s3cret-two"' },
    },
  );
  edit(
    { privilegedPorts: PrivilegedPorts.FileCapability },
    {
      name: "privilegedPorts: FileCapability",
      steps: ["ports"],
      shows: [
        '~ privileged-ports: "none" => "file-capability"',
        '+ rootlesskit.capability: "cap_net_bind_service=ep"',
      ],
      restarts: true,
      host: {
        command: "getcap /usr/bin/rootlesskit",
        prints: "/usr/bin/rootlesskit cap_net_bind_service=ep",
      },
    },
  );
  edit(
    { privilegedPorts: PrivilegedPorts.Sysctl },
    {
      name: "privilegedPorts: Sysctl",
      steps: ["ports"],
      shows: [
        "+ net.ipv4.ip_unprivileged_port_start: 0",
        '~ privileged-ports: "file-capability" => "sysctl"',
        '- rootlesskit.capability: "cap_net_bind_service=ep"',
      ],
      restarts: true,
      host: {
        command: "sysctl -n net.ipv4.ip_unprivileged_port_start; getcap /usr/bin/rootlesskit",
        prints: "0",
      },
    },
  );
  edit(
    { account: { name: "app", authorizedKeys: [userKey] } },
    {
      name: "account.authorizedKeys",
      steps: ["account"],
      shows: ["+ authorized_keys: "],
      restarts: false,
      host: { command: "wc -l < /home/app/.ssh/authorized_keys", prints: "1" },
    },
  );
  edit(
    { engine: { version: "26" } },
    {
      name: "engine.version: the one that is there",
      steps: ["engine"],
      shows: ['+ version: "26"'],
      restarts: false,
    },
  );
  edit(
    { rootfulDocker: RootfulDocker.Keep },
    {
      name: "rootfulDocker",
      steps: ["preflight", "engine"],
      shows: ['~ rootful-docker: "refuse" => "keep"'],
      restarts: false,
    },
  );
  edit(
    { subordinateIds: { count: 131_072 } },
    {
      name: "subordinateIds.count",
      steps: ["preflight", "account"],
      shows: ["~ subuid: 65536 => 131072", "~ subgid: 65536 => 131072"],
      restarts: true,
      host: { command: "cut -d : -f 3 /etc/subuid", prints: "131072" },
    },
  );
  edit(
    { storageDriver: StorageDriver.Overlay2 },
    {
      name: "storageDriver",
      steps: ["preflight", "daemon"],
      shows: ['+ daemon.json/storage-driver: "overlay2"'],
      restarts: true,
      host: {
        command: `grep -o '"storage-driver": "[a-z0-9]*"' ${config}/daemon.json`,
        prints: '"storage-driver": "overlay2"',
      },
    },
  );
  edit(
    { sysctls: { "net.core.somaxconn": "8192" } },
    {
      name: "sysctls",
      steps: ["kernel"],
      shows: ['+ net.core.somaxconn: "8192"'],
      restarts: false,
      host: { command: "sysctl -n net.core.somaxconn", prints: "8192" },
    },
  );
  edit(
    { kernelModuleOptions: { "overlay.no_such_parameter": "1" } },
    {
      name: "kernelModuleOptions",
      steps: ["preflight", "kernel"],
      shows: ['+ modprobe.d/overlay.no_such_parameter: "1"'],
      restarts: false,
      host: { command: "ls /etc/modprobe.d | grep -c rootless-docker || true", prints: "0" },
    },
  );
  edit(
    { appArmorProfile: AppArmorProfile.None },
    {
      name: "appArmorProfile",
      steps: ["kernel"],
      shows: ['~ apparmor-profile: "auto" => "none"'],
      restarts: false,
    },
  );
  edit(
    { resourceControllers: ["memory", "pids"] },
    {
      name: "resourceControllers",
      steps: ["account"],
      shows: ['~ cgroup.controllers: "cpu cpuset io memory pids" => "memory pids"'],
      restarts: false,
      host: {
        command: "systemctl show -p DelegateControllers --value user@$(id -u app).service",
        prints: "cpu memory pids",
      },
    },
  );
  edit(
    { network: { mtu: 1500 } },
    {
      name: "network.mtu",
      steps: ["daemon"],
      shows: ['+ environment/DOCKERD_ROOTLESS_ROOTLESSKIT_MTU: "1500"'],
      restarts: true,
      host: {
        command:
          "nsenter -t $(pgrep -u app -x dockerd) -n ip link show tap0 | grep -o 'mtu [0-9]*'",
        prints: "mtu 1500",
      },
    },
  );
  edit(
    { onDestroy: { data: OnDestroyData.Delete } },
    {
      name: "onDestroy.data",
      steps: ["daemon"],
      shows: ['~ on-destroy-data: "keep" => "delete"'],
      restarts: false,
    },
  );
  return walk;
}

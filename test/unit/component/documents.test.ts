import * as pulumi from "@pulumi/pulumi";
import { PrivilegedPorts, type RootlessDockerHostArgs } from "../../../index";
import { stepNames } from "../../../src/agent/agentText";
import { certificate } from "../../support/certificate";
import { serverCertificate, serverKey } from "../../support/serverCertificate";
import { everyOption, secretValues } from "../fixtures";
import { inSecret, shown, step, unknown } from "../mocks";
import { withoutPassword } from "../../../src/ssh/sudoPassword";
import { create, documentOf, modes, usual, withoutCode } from "./create";

/** What a usual daemon's document has of logs and bridges. */
const bridges =
  'daemon.json/log-driver: "local"\ndaemon.json/mtu: 65520\ndefault-network-opts.bridge: {"com.docker.network.driver.mtu":"65520"}\n';

describe.each(modes)("in $mode", ({ preview }) => {
  test("documents of a usual host", async () => {
    const outcome = await create(usual, preview);
    const documents = Object.fromEntries(
      stepNames.map((name) => [name, documentOf(outcome, name)]),
    );
    expect(documents).toEqual({
      machine: `account: "app"\napparmor-profile: "auto"\ncgroup.controllers: "cpu cpuset io memory pids"\ncreate: true\nowner: "project/stack/web"\nprivileged-ports: "none"\nrootful-docker: "refuse"\nsource: "distribution"\nsubgid: 65536\nsubuid: 65536\nsysctl.d/kernel.unprivileged_userns_clone: 1\nsysctl.d/net.ipv4.ping_group_range: "0 2147483647"\nsysctl.d/user.max_user_namespaces: ">= 1024"\n`,
      secrets: "",
      daemon: `account: "app"\n${bridges}on-destroy-data: "keep"\n`,
    });
  });

  test("documents with every option", async () => {
    const outcome = await create(everyOption(), preview);
    const documents = Object.fromEntries(
      stepNames.map((name) => {
        const stdin = String(inSecret(step(outcome, name).inputs.stdin));
        const { text, isSecret } = withoutPassword(stdin, true);
        expect([name, isSecret]).toEqual([name, name === "secrets"]);
        const lines = withoutCode(text, name).trimEnd().split("\n");
        // In every step's: any change of these makes all of them run.
        const ofEveryStep = ['recheck: "2026-11-25T19:44:00Z"', "take-over: true"];
        expect(lines).toEqual(expect.arrayContaining(ofEveryStep));
        return [name, lines.filter((line) => !ofEveryStep.includes(line))];
      }),
    );
    expect(documents).toEqual({
      machine: [
        'account: "builder"',
        'apparmor-profile: "none"',
        'authorized_keys: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAA29uZQ== first\\necdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAADdHdv second"',
        'cgroup.controllers: "memory pids"',
        "create: false",
        'daemon.json/storage-driver: "fuse-overlayfs"',
        'home: "/srv/builder"',
        "ipv6: true",
        "limits.cpus: 1.25",
        "limits.io-weight: 50",
        'limits.memory: "6G"',
        "limits.tasks: 3000",
        'modprobe.d/overlay.permit_mounts_in_userns: "1"',
        'owner: "project/stack/web"',
        'plugins: "compose"',
        'privileged-ports: "sysctl"',
        'rootful-docker: "disable"',
        'shell: "/bin/sh"',
        'source: "distribution"',
        "subgid: 70000",
        "subgid-start: 2000000",
        "subuid: 70000",
        "subuid-start: 1000000",
        'sysctl.d/kernel.keys.maxkeys: "2000"',
        "sysctl.d/kernel.unprivileged_userns_clone: 1",
        "sysctl.d/net.ipv4.ip_unprivileged_port_start: 0",
        'sysctl.d/net.ipv4.ping_group_range: "3 4"',
        'sysctl.d/user.max_user_namespaces: ">= 1024"',
        "uid: 2345",
        'version: "26.1.5+dfsg1-9"',
      ],
      secrets: [
        'registryAuth/docker.io: "me:SECRET token"',
        'registryAuth/ghcr.io: "robot:SECRET registry password"',
        `tls/ca.pem: ${JSON.stringify(certificate)}`,
        `tls/cert.pem: ${JSON.stringify(serverCertificate)}`,
        `tls/key.pem: ${JSON.stringify(serverKey)}`,
      ],
      daemon: [
        'account: "builder"',
        `certs.d/registry.example:5000: ${JSON.stringify(certificate)}`,
        'credHelpers/registry2.example: "ecr-login"',
        "daemon.json/debug: true",
        'daemon.json/host-gateway-ip: "10.0.2.2"',
        'daemon.json/log-level: "warn"',
        'daemon.json/log-opts: {"max-file":"3","max-size":"10m"}',
        "daemon.json/mtu: 1500",
        'daemon.json/storage-driver: "fuse-overlayfs"',
        'default-network-opts.bridge: {"com.docker.network.driver.mtu":"1500"}',
        'docker-prune.OnCalendar: "Sun 03:00"',
        "docker-prune.all: true",
        'docker-prune.until: "48h"',
        'docker.service/Service.ExecStartPre: "/bin/true\\n-/bin/false"',
        'docker.service/Service.MemoryMax: "4G"',
        'docker.service/Service.OOMPolicy: "continue"',
        'docker.service/Unit.StartLimitBurst: "3"',
        'environment/DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK: "false"',
        'environment/DOCKERD_ROOTLESS_ROOTLESSKIT_MTU: "1500"',
        'environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET: "slirp4netns"',
        'environment/DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER: "slirp4netns"',
        'environment/HTTPS_PROXY: "http://proxy.example:3128"',
        'environment/NO_PROXY: "localhost"',
        "ipv6: true",
        'on-destroy-data: "delete"',
        'registries: "docker.io ghcr.io"',
        'secrets: "tls/ca.pem tls/cert.pem tls/key.pem"',
        'tcp-socket: "192.0.2.7:2377"',
      ],
    });
  });

  test("what the options of one step are not, no other document says", async () => {
    const args = {
      ...usual,
      privilegedPorts: PrivilegedPorts.FileCapability,
      kernel: { unprivilegedPing: false },
    };
    const outcome = await create(args, preview);
    expect(documentOf(outcome, "machine")).toBe(
      'account: "app"\napparmor-profile: "auto"\ncgroup.controllers: "cpu cpuset io memory pids"\ncreate: true\nowner: "project/stack/web"\nprivileged-ports: "file-capability"\nrootful-docker: "refuse"\nrootlesskit.capability: "cap_net_bind_service=ep"\nsource: "distribution"\nsubgid: 65536\nsubuid: 65536\nsysctl.d/kernel.unprivileged_userns_clone: 1\nsysctl.d/user.max_user_namespaces: ">= 1024"\n',
    );
  });

  test.each<[object, string | undefined]>([
    [{}, undefined],
    [{ network: { hostLoopback: true } }, '"10.0.2.2"'],
    [{ network: { hostLoopback: true, driver: "gvisor-tap-vsock" } }, '"10.0.2.1"'],
    [
      { network: { hostLoopback: true }, daemon: { "host-gateway-ip": "192.0.2.1" } },
      '"192.0.2.1"',
    ],
    [{ network: { hostLoopback: true }, daemon: { "host-gateway-ips": ["::1"] } }, undefined],
    [
      {
        network: { hostLoopback: true },
        daemon: { "host-gateway-ip": pulumi.secret("192.0.2.1") },
      },
      undefined,
    ],
  ])(
    "host-gateway is the machine where that is reached, or what is given: %#",
    async (args, wanted) => {
      const document = documentOf(await create({ ...usual, ...args }, preview), "daemon");
      expect(/^daemon\.json\/host-gateway-ip: (.*)$/m.exec(document)?.[1]).toBe(wanted);
    },
  );

  test("documents do not depend on the order in which options are written", async () => {
    const reversed = <T>(value: T): T => {
      if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
      const entries = Object.entries(value).map(([key, part]) => [key, reversed(part as unknown)]);
      return Object.fromEntries(entries.reverse()) as T;
    };
    const one = await create(everyOption(), preview);
    const other = await create(reversed(everyOption()), preview);
    expect(stepNames.map((name) => step(other, name).inputs.stdin)).toEqual(
      stepNames.map((name) => step(one, name).inputs.stdin),
    );
  });

  test("secret values travel in a step of their own; the daemon's document says that they exist", async () => {
    const outcome = await create({ ...usual, ...secretValues() }, preview);
    expect(documentOf(outcome, "daemon")).toBe(
      `account: "app"\ndaemon.json/debug: true\n${bridges}environment/A: "open"\non-destroy-data: "keep"\nsecrets: "daemon.json/proxies environment/HTTPS_PROXY"\n`,
    );
    expect(withoutCode(inSecret(step(outcome, "secrets").inputs.stdin), "secrets")).toBe(
      'daemon.json/proxies: {"http-proxy":"http://user:SECRET-daemon@proxy.example"}\nenvironment/HTTPS_PROXY: "http://user:SECRET-proxy@proxy.example"\n',
    );
  });

  test("null in daemon and environment is nothing, secret or not", async () => {
    const environment = JSON.parse('{ "A": null }') as Record<string, string>;
    const nothing = { daemon: { debug: null }, environment };
    const secret = { daemon: { debug: pulumi.secret(null) }, environment: pulumi.secret({}) };
    const none = JSON.parse('{ "daemon": null, "environment": null }') as object;
    for (const args of [nothing, secret, none]) {
      const outcome = await create({ ...usual, ...args }, preview);
      expect(documentOf(outcome, "daemon")).toBe(
        `account: "app"\n${bridges}on-destroy-data: "keep"\n`,
      );
    }
  });

  test("daemon and environment that are secret as a whole are secret value by value", async () => {
    const args = {
      ...usual,
      daemon: pulumi.secret({ debug: true, "registry-mirrors": ["SECRET"] }),
      environment: pulumi.secret({ A: "SECRET" }),
    };
    const outcome = await create(args, preview);
    expect(documentOf(outcome, "daemon")).toBe(
      `account: "app"\n${bridges}on-destroy-data: "keep"\nsecrets: "daemon.json/debug daemon.json/registry-mirrors environment/A"\n`,
    );
    expect(withoutCode(inSecret(step(outcome, "secrets").inputs.stdin), "secrets")).toBe(
      'daemon.json/debug: true\ndaemon.json/registry-mirrors: ["SECRET"]\nenvironment/A: "SECRET"\n',
    );
  });
});

describe("what is not known makes only its own documents unknown", () => {
  const all = ["installation", "agent", ...stepNames];

  test.each<[string, RootlessDockerHostArgs, string[]]>([
    ["connection", { ...usual, connection: unknown() }, ["installation"]],
    ["connection.host", { ...usual, connection: { host: unknown() } }, ["installation"]],
    ["connection.port", { ...usual, connection: { host: "h", port: unknown() } }, []],
    ["connection.privateKey", { ...usual, connection: { host: "h", privateKey: unknown() } }, []],
    ["connection.proxy", { ...usual, connection: { host: "h", proxy: unknown() } }, []],
    ["account", { ...usual, account: unknown() }, ["installation", "machine", "daemon"]],
    [
      "account.name",
      { ...usual, account: { name: unknown() } },
      ["installation", "machine", "daemon"],
    ],
    ["account.create", { ...usual, account: { create: unknown() } }, ["machine"]],
    ["account.uid", { ...usual, account: { uid: unknown() } }, ["machine"]],
    ["account.authorizedKeys", { ...usual, account: { authorizedKeys: [unknown()] } }, ["machine"]],
    ["account.subordinateIds", { ...usual, account: { subordinateIds: unknown() } }, ["machine"]],
    [
      "account.subordinateIds.count",
      { ...usual, account: { subordinateIds: { count: unknown() } } },
      ["machine"],
    ],
    ["engine.version", { ...usual, engine: { version: unknown() } }, ["machine"]],
    ["rootfulDocker", { ...usual, rootfulDocker: unknown() }, ["machine"]],
    ["storageDriver", { ...usual, storageDriver: unknown() }, ["machine", "daemon"]],
    ["network.mtu", { ...usual, network: { mtu: unknown() } }, ["daemon"]],
    [
      "account.cgroupControllers",
      { ...usual, account: { cgroupControllers: [unknown()] } },
      ["machine"],
    ],
    ["account.limits", { ...usual, account: { limits: unknown() } }, ["machine"]],
    [
      "account.limits.memory",
      { ...usual, account: { limits: { memory: unknown() } } },
      ["machine"],
    ],
    ["kernel", { ...usual, kernel: unknown() }, ["machine"]],
    [
      "kernel.sysctls",
      { ...usual, kernel: { sysctls: { "vm.swappiness": unknown() } } },
      ["machine"],
    ],
    [
      "kernel.moduleOptions",
      { ...usual, kernel: { moduleOptions: { "overlay.metacopy": unknown() } } },
      ["machine"],
    ],
    ["kernel.appArmorProfile", { ...usual, kernel: { appArmorProfile: unknown() } }, ["machine"]],
    ["privilegedPorts", { ...usual, privilegedPorts: unknown() }, ["machine"]],
    ["registryAuth", { ...usual, registryAuth: unknown() }, ["secrets", "daemon"]],
    ["kernel.unprivilegedPing", { ...usual, kernel: { unprivilegedPing: unknown() } }, ["machine"]],
    ["daemon.debug", { ...usual, daemon: { debug: unknown() } }, ["secrets", "daemon"]],
    ["environment.A", { ...usual, environment: { A: unknown() } }, ["secrets", "daemon"]],
    ["onDestroy.data", { ...usual, onDestroy: { data: unknown() } }, ["daemon"]],
    [
      "connection.privilegeEscalation",
      { ...usual, connection: { host: "h", privilegeEscalation: unknown() } },
      [],
    ],
    ["operations", { ...usual, operations: unknown() }, [...stepNames]],
    ["operations.recheck", { ...usual, operations: { recheck: unknown() } }, [...stepNames]],
    ["operations.takeOver", { ...usual, operations: { takeOver: unknown() } }, [...stepNames]],
  ])("%s", async (_path, args, wanted) => {
    const outcome = await create(args, true);
    const unknownOnes = all.filter((name) => {
      const { stdin, keepers } = step(outcome, name).inputs;
      return JSON.stringify(shown([stdin, keepers])).includes("[unknown]");
    });
    expect(unknownOnes).toEqual(wanted);
  });
});

import {
  type HostFacts,
  type MeasuringStep,
  hostFactsOf,
  measuredBy,
} from "../../src/limitations/measured";
import { limitationsOf } from "../../src/limitations/rows";
import { type FactTypes, readFacts } from "../../src/steps/facts";
import { usualFacts } from "./mocks";

/** The rows of a usual host, of which some facts differ. */
function rows(change: Record<string, string> = {}) {
  const steps = Object.keys(measuredBy) as MeasuringStep[];
  const measured = steps.map((step) =>
    readFacts(`web-${step}`, measuredBy[step] as FactTypes, { ...usualFacts[step], ...change }),
  );
  return limitationsOf(Object.assign({}, ...measured) as HostFacts);
}

test("of a host that reported nothing: each row once, unknown where it judges by a fact", () => {
  const found = limitationsOf(hostFactsOf({}));
  expect(found.map(({ name }) => name)).toEqual(rows().map(({ name }) => name));
  expect(new Set(found.map(({ status }) => status))).toEqual(new Set(["unknown"]));
  expect(found[0]).toEqual({
    name: "appArmor",
    status: "unknown",
    evidence: "the host has not reported daemon.security yet",
    fix: "set a new value of operations.recheck, which asks the host again",
  });
});

test("a missing fact makes the rows unknown that read it, and no others", () => {
  const machine = Object.entries(usualFacts.machine).filter(
    ([fact]) => fact !== "kernel.pingGroups",
  );
  const found = limitationsOf(hostFactsOf({ ...usualFacts, machine: Object.fromEntries(machine) }));
  const unknown = found.filter(({ status }) => status === "unknown");
  expect(unknown.map(({ name }) => name)).toEqual(["ping"]);
});

test("of a usual host: each row once, in the order of their names", () => {
  expect(rows()).toMatchSnapshot();
});

test.each(rows())("$name: what is available needs no fix, and all else has one", (row) => {
  expect(row.fix === "").toBe(row.status === "available");
  expect(row.evidence).not.toBe("");
});

const detached = { "dockerd.network": "net:[1]", "dockerd.machineNetwork": "net:[1]" };
const noProxy = { "daemon.userlandProxy": "false" };

test.each<[string, Record<string, string>, string, RegExp]>([
  ["appArmor", { "daemon.security": "[name=apparmor]" }, "available", /says \[name=apparmor\]$/],
  ["appArmor", { "kernel.appArmor": "false" }, "unavailable", /not enabled in kernel 6\.12/],
  ["blockIo", { "cgroup.controllers": "io,cpu", "client.version": "27.1.2" }, "available", /./],
  ["blockIo", { "cgroup.controllers": "io,cpu" }, "limited", /docker 26\.1\.5 here drops/],
  ["blockIo", { "cgroup.controllers": "io", "client.version": "25.0.7" }, "available", /./],
  ["blockIo", { "cgroup.controllers": "io", "client.version": "25.0.6" }, "limited", /./],
  ["cgroups", { "cgroup.version": "1" }, "unavailable", /control groups v1 with driver systemd/],
  ["cgroups", { "daemon.limits": "false false false" }, "unavailable", /no limit works/],
  ["cgroups", { "daemon.limits": "true false true" }, "limited", /are true false true/],
  ["clientAddresses", { "network.portDriver": "slirp4netns" }, "available", /slirp4netns passes/],
  ["clientAddresses", { "network.portDriver": "none" }, "unavailable", /driver is none$/],
  [
    "clientAddresses",
    { ...noProxy, "versions.rootlesskit": "3.0.1" },
    "limited",
    /not of UDP clients$/,
  ],
  ["clientAddresses", { "daemon.userlandProxy": "secret" }, "limited", /value is a secret$/],
  ["clientAddresses", noProxy, "unavailable", /no published port answers$/],
  ["checkpoint", { "criu.path": "/usr/sbin/criu" }, "unavailable", /^\/usr\/sbin\/criu; /],
  ["containerAddresses", detached, "limited", /the machine's network namespace/],
  ["dockerSocket", { "dockerd.socket": "itself" }, "available", /its own socket$/],
  [
    "dockerSocket",
    { "dockerd.socket": "directory" },
    "limited",
    /is directory, but its own socket is/,
  ],
  [
    "hostGateway",
    { "daemon.hostGateway": "10.0.2.2", "rootlesskit.hostLoopback": "true" },
    "available",
    /127\.0\.0\.1$/,
  ],
  ["hostGateway", { "daemon.hostGateway": "10.0.2.2" }, "unavailable", /blocks$/],
  [
    "hostGateway",
    { "daemon.hostGateway": "secret" },
    "unavailable",
    /a secret address, which is no/,
  ],
  [
    "hostGateway",
    { "daemon.hostGateway": "192.0.2.1", "daemon.hostGatewayIsHere": "true" },
    "limited",
    /is 192\.0\.2\.1, an address of the machine/,
  ],
  ["macvlanNetworks", detached, "unavailable", /a separate namespace/],
  ["netHost", detached, "available", /network namespace, net:\[1\]$/],
  ["overlayNetworks", detached, "unavailable", /no capability there/],
  ["pidHost", { "daemon.version": "20.10.24+dfsg1" }, "unavailable", /^engine 20\.10\.24/],
  ["ping", { "kernel.pingGroups": "1 0" }, "unavailable", /no group may ping$/],
  ["ping", { "kernel.pingGroups": "3 4" }, "limited", /only these groups/],
  ["privilegedPorts", { "kernel.portStart": "0" }, "available", /start is 0$/],
  [
    "privilegedPorts",
    { "rootlesskit.capability": "cap_net_bind_service=ep" },
    "available",
    /rootlesskit has cap_net_bind_service=ep$/,
  ],
  ["publishedPorts", { "machine.firewalld": "true" }, "limited", /^firewalld runs, .* closed/],
  ["publishedPorts", {}, "available", /does not run; .* not looked at$/],
  ["sctpPorts", { "rootlesskit.protocols": "" }, "unavailable", /does not report/],
  ["sctpPorts", { "rootlesskit.protocols": "tcp,udp,sctp" }, "available", /tcp,udp,sctp$/],
  ["sharedMounts", { "dockerd.rootMount": "" }, "unavailable", /private mount/],
  ["sharedMounts", { "dockerd.rootMount": "shared:1" }, "available", /: shared:1$/],
  ["storageDrivers", { storageDriver: "vfs" }, "limited", /copies whole layers$/],
  ["storageDrivers", { storageDriver: "fuse-overlayfs" }, "limited", /slower/],
  ["storageDrivers", { "daemon.isDriverNamed": "true" }, "available", /as daemon\.json says$/],
])("%s where %j: %s", (name, change, status, evidence) => {
  const row = rows(change).find((one) => one.name === name);
  expect(row?.status).toBe(status);
  expect(row?.evidence).toMatch(evidence);
});

import type { GivenInputs } from "../../src/advisories/advisory";
import { advisoriesOf, advisoryRows, givenInputs, verdictOf } from "../../src/advisories/rows";
import { hostFactsOf } from "../../src/limitations/measured";
import { type AdvisoryId, advisoryIds } from "../../src/steps/advisoryIds";
import { readSettings } from "../../src/steps/settings";
import type { Facts } from "../../src/steps/facts";
import { usualFacts } from "./mocks";

/** What a usual host reports, of which some facts differ; undefined is one that was not reported. */
function factsOf(change: Record<string, string | undefined>) {
  const steps = Object.entries(usualFacts).map(([step, facts]) => {
    const all = Object.entries({ ...facts, ...change });
    return [step, Object.fromEntries(all.filter(([, value]) => value !== undefined))];
  });
  return hostFactsOf(Object.fromEntries(steps) as Record<"machine" | "daemon", Facts>);
}

function inputsOf(args: Record<string, unknown>, secretPaths: string[] = []): GivenInputs {
  const { settings } = readSettings({ connection: { host: "a" }, ...args }, secretPaths);
  return givenInputs(settings);
}

type Case = [
  id: string,
  facts: Record<string, string | undefined>,
  args: Record<string, unknown>,
  status: string,
  evidence: RegExp,
];

const ubuntu = { "versions.os": "Ubuntu 24.04.3 LTS" };
const pasta = { network: { driver: "pasta" } };
const detached = { "dockerd.network": "net:[1]", "dockerd.machineNetwork": "net:[1]" };
const engine = (version: string) => ({ "versions.engine": version, "daemon.version": version });
/** Since the step daemon ran: another dockerd was installed, and the daemon has not restarted, or has. */
const replacedSince = {
  ...{ "versions.engine": "29.9.0", "engine.isInstalledFile": "false" },
  "engine.seenAt": "1760009999",
};
const upgradedSince = { ...replacedSince, "engine.isInstalledFile": "true" };
const overridden = {
  "daemon.overrides": "/home/app/.config/systemd/user/docker.service.d/override.conf",
};
const tcpSocket = { caCertificate: "a", certificate: "b", privateKey: "c" };

const cases: Case[] = [
  ["custom-bridge-ports", engine("29.8.1"), {}, "unknown", /were not tried$/],
  ["custom-bridge-ports", engine("29.4.3"), {}, "unaffected", /about 29\.5$/],
  [
    "custom-bridge-ports",
    { "versions.engine": undefined, "daemon.version": undefined },
    {},
    "unknown",
    /has not reported/,
  ],

  ["daemon-older-than-package", { "dockerd.isInstalledFile": "false" }, {}, "affected", /another/],
  ["daemon-older-than-package", {}, {}, "unaffected", /ran the dockerd that was installed/],
  ["daemon-older-than-package", replacedSince, {}, "affected", /ran 26\.1\.5\+dfsg1, and another/],
  ["daemon-older-than-package", upgradedSince, {}, "unaffected", /was installed, 29\.9\.0$/],
  ["daemon-older-than-package", { "dockerd.isInstalledFile": undefined }, {}, "unknown", /not rep/],

  [
    "dynamic-ports-collide",
    { "versions.engine": "29.6.0", "daemon.version": "unknown" },
    {},
    "unknown",
    /has not reported its engine/,
  ],
  ["dynamic-ports-collide", engine("29.0.0"), {}, "affected", /29\.0\.0, the port driver builtin$/],
  ["dynamic-ports-collide", engine("28.5.2"), {}, "unaffected", /28\.5\.2/],
  ["dynamic-ports-collide", engine("30.0.0"), {}, "unknown", /newer than what was read$/],
  [
    "dynamic-ports-collide",
    { ...engine("29.8.1"), "network.portDriver": "implicit" },
    {},
    "unknown",
    /is about builtin$/,
  ],
  ["dynamic-ports-collide", { "network.portDriver": undefined }, {}, "unknown", /port driver yet/],

  ["http2-on-tcp-socket", engine("29.8.1"), dockers({ tcpSocket }), "affected", /is 29\.8\.1$/],
  ["http2-on-tcp-socket", {}, { tcpSocket }, "unknown", /the distribution's 26\.1\.5/],
  ["http2-on-tcp-socket", engine("29.9.0"), dockers({ tcpSocket }), "unaffected", /29\.9\.0$/],
  ["http2-on-tcp-socket", {}, {}, "unaffected", /is not set$/],
  ["http2-on-tcp-socket", replacedSince, dockers({ tcpSocket }), "affected", /is 26\.1\.5/],
  ["http2-on-tcp-socket", upgradedSince, dockers({ tcpSocket }), "unaffected", /is 29\.9\.0$/],
  ["http2-on-tcp-socket", overridden, {}, "unknown", /is not set, but .*override\.conf can/],
  ["live-restore", overridden, {}, "unknown", /override\.conf can override/],
  ["logs-without-limit", overridden, {}, "unknown", /override\.conf can override/],

  ["live-restore", {}, { daemon: { "live-restore": true } }, "affected", /live-restore: true$/],
  ["live-restore", {}, { daemon: { "live-restore": false } }, "unaffected", /does not turn/],
  ["live-restore", {}, {}, "unaffected", /does not turn/],

  ["logs-without-limit", {}, logs("json-file"), "affected", /is json-file, and .* no max-size$/],
  ["logs-without-limit", {}, logs("json-file", { "max-size": "-1" }), "affected", /no max-size$/],
  ["logs-without-limit", {}, logs("json-file", { "max-size": "9m" }), "unaffected", /is 9m$/],
  ["logs-without-limit", {}, { daemon: { "log-opts": { "max-file": "3" } } }, "affected", /./],
  ["logs-without-limit", {}, logs("journald"), "unaffected", /is journald$/],
  ["logs-without-limit", {}, {}, "unaffected", /is local$/],

  ["net-host-reaches-loopback", { ...engine("29.5.0"), ...detached }, {}, "affected", /net:\[1\]$/],
  ["net-host-reaches-loopback", engine("29.5.0"), {}, "unaffected", /dockerd is in net:/],
  ["net-host-reaches-loopback", detached, {}, "unaffected", /the engine is 26/],
  [
    "net-host-reaches-loopback",
    { ...engine("29.5.0"), ...detached, "rootlesskit.hostLoopback": "true" },
    {},
    "unaffected",
    /anyway$/,
  ],
  [
    "net-host-reaches-loopback",
    { ...detached, ...upgradedSince },
    {},
    "unknown",
    /29\.9\.0 now, .* with 26\.1\.5/,
  ],

  ["overlay2-on-kernel-5-10", { "versions.kernel": "5.10.0-35-amd64" }, {}, "affected", /5\.10\.0/],
  ["overlay2-on-kernel-5-10", { "versions.kernel": "5.11.0" }, {}, "unaffected", /5\.11\.0$/],
  [
    "overlay2-on-kernel-5-10",
    { "versions.kernel": "5.4.0" },
    {},
    "unknown",
    /distribution's patch$/,
  ],
  [
    "overlay2-on-kernel-5-10",
    { "versions.kernel": "5.10.0", storageDriver: "fuse-overlayfs" },
    {},
    "unaffected",
    /fuse-overlayfs/,
  ],

  [
    "pasta-on-ubuntu-24-04",
    ubuntu,
    { ...pasta, kernel: { appArmorProfile: "none" } },
    "affected",
    /appArmorProfile is none$/,
  ],
  [
    "pasta-on-ubuntu-24-04",
    { ...ubuntu, "network.driver": "pasta" },
    { ...pasta, kernel: { appArmorProfile: "none" } },
    "unaffected",
    /runs with pasta$/,
  ],
  ["pasta-on-ubuntu-24-04", ubuntu, pasta, "unaffected", /makes a profile/],
  ["pasta-on-ubuntu-24-04", {}, pasta, "unaffected", /Debian/],
  ["pasta-on-ubuntu-24-04", ubuntu, {}, "unaffected", /is not pasta$/],
  ["pasta-on-ubuntu-24-04", { "versions.os": undefined }, pasta, "unknown", /its system yet/],

  [
    "udp-client-addresses",
    { "versions.rootlesskit": "3.0.1", "daemon.userlandProxy": "false" },
    {},
    "affected",
    /3\.0\.1, .* userland-proxy false$/,
  ],
  ["udp-client-addresses", {}, {}, "unknown", /docker-proxy hides/],
  ["udp-client-addresses", { "daemon.userlandProxy": "false" }, {}, "unaffected", /no published/],
  ["udp-client-addresses", { "network.portDriver": "slirp4netns" }, {}, "unaffected", /passes all/],
  ["udp-client-addresses", { "network.portDriver": "gvisor" }, {}, "unknown", /not tried$/],

  [
    "udp-replies-lost",
    { ...replacedSince, "versions.rootlesskit": "3.0.1" },
    {},
    "unknown",
    /3\.0\.1 is installed, but the daemon may run an earlier one$/,
  ],
  ["udp-replies-lost", { "versions.rootlesskit": "3.0.0" }, {}, "affected", /3\.0\.0, .* builtin$/],
  ["udp-replies-lost", { "versions.rootlesskit": "3.0.1" }, {}, "unaffected", /3\.0\.1$/],
  ["udp-replies-lost", {}, {}, "unaffected", /2\.3\.4$/],
  [
    "udp-replies-lost",
    { "versions.rootlesskit": "3.0.0", "network.portDriver": "slirp4netns" },
    {},
    "unaffected",
    /slirp4netns$/,
  ],
  [
    "udp-replies-lost",
    { "versions.rootlesskit": "3.0.0", "rootlesskit.isTransparent": "false" },
    {},
    "unaffected",
    /without --source-ip-transparent$/,
  ],
];

function logs(driver: string, options?: Record<string, string>) {
  return { daemon: { "log-driver": driver, ...(options && { "log-opts": options }) } };
}

function dockers(args: Record<string, unknown>) {
  return { ...args, engine: { source: "docker-repository" } };
}

test.each(cases)("%s where %j, with %j: %s", (id, facts, args, status, evidence) => {
  const verdict = verdictOf(id as AdvisoryId, factsOf(facts), inputsOf(args));
  expect(verdict.status).toBe(status);
  expect(verdict.evidence).toMatch(evidence);
});

test.each(advisoryIds)("%s: facts that are affected, and facts that are not", (id) => {
  const found = new Set(cases.filter(([one]) => one === id).map(([, , , status]) => status));
  // The cause of this one is not known: no fact can tell.
  const wanted = id === "custom-bridge-ports" ? ["unknown"] : ["affected"];
  expect([...found]).toEqual(expect.arrayContaining([...wanted, "unaffected"]));
});

test.each(advisoryIds)("%s: words for a line, and the address of a report", (id) => {
  const { title, meaning, fix, source } = advisoryRows[id];
  expect(source).toMatch(/^https:\/\//);
  expect(title).toMatch(/[^.]$/);
  expect(meaning).toMatch(/\.$/);
  expect(fix).toMatch(/[^.]$/);
});

test.each(["live-restore", "log-driver"])("a secret %s: what it is cannot be known", (key) => {
  const given = inputsOf({ daemon: { [key]: "journald" } }, [`daemon.${key}`]);
  expect(given.secretKeys).toEqual([key]);
  const { judge } =
    advisoryRows[key === "log-driver" ? "logs-without-limit" : (key as "live-restore")];
  expect(judge({}, given).status).toBe("unknown");
});

describe("of a host", () => {
  test("what affects it comes first, then what is unknown, and nothing else", () => {
    const given = inputsOf({
      acceptedAdvisories: ["live-restore"],
      daemon: { "live-restore": true },
    });
    const found = advisoriesOf(factsOf({}), given);
    expect(found.map(({ id, status, accepted }) => [id, status, accepted])).toEqual([
      ["live-restore", "affected", true],
      ["udp-client-addresses", "unknown", false],
    ]);
  });

  test("that reported nothing: all is unknown, also what inputs say", () => {
    const found = advisoriesOf({}, inputsOf({}));
    expect(found.every(({ status }) => status === "unknown")).toBe(true);
    expect(found.find(({ id }) => id === "live-restore")?.evidence).toMatch(
      /does not turn live-restore on, but the host has not reported whether other files/,
    );
  });

  test("a fact that is not what its type reads counts as not reported", () => {
    expect(hostFactsOf({ machine: { "kernel.portStart": "$(reboot)" } })).toEqual({});
  });
});

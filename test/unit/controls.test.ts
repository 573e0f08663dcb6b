import { givenInputs } from "../../src/advisories/rows";
import { controlRows, controlsOf, verdictOf } from "../../src/controls/rows";
import { hostFactsOf } from "../../src/limitations/measured";
import { readSettings } from "../../src/steps/settings";
import { usualFacts } from "./mocks";

/** What a usual host reports, of which some facts differ; undefined is one that was not reported. */
function factsOf(change: Record<string, string | undefined> = {}) {
  const steps = Object.entries(usualFacts).map(([step, facts]) => {
    const all = Object.entries({ ...facts, ...change });
    return [step, Object.fromEntries(all.filter(([, value]) => value !== undefined))];
  });
  return hostFactsOf(Object.fromEntries(steps) as object);
}

function inputsOf(args: Record<string, unknown> = {}, secretPaths: string[] = []) {
  return givenInputs(readSettings({ connection: { host: "a" }, ...args }, secretPaths).settings);
}

const daemon = (keys: Record<string, unknown>) => ({ daemon: keys });
/** The usual modes, of which some differ. */
const modes = (text: string) => ({
  "files.modes": `${usualFacts.daemon["files.modes"]} ${text}`,
});
const dropIn = "/home/app/.config/systemd/user/docker.service.d/override.conf";
const overridden = { "daemon.overrides": dropIn };
const file = ".config/docker/daemon.json";
const tls = ".config/docker/tls";
const tcpSocket = { caCertificate: "a", certificate: "b", privateKey: "c" };

type Case = [
  id: string,
  facts: Record<string, string | undefined>,
  args: Record<string, unknown>,
  status: string,
  evidence: RegExp,
];

const cases: Case[] = [
  ["daemon-without-root", {}, {}, "met", /^uid 1234, app/],
  ["daemon-without-root", { "account.uid": "0" }, {}, "open", /^root runs/],
  ["daemon-without-root", { "account.uid": undefined }, {}, "unknown", /its account yet/],
  ["bridge-traffic", {}, daemon({ icc: false }), "met", /icc: false$/],
  ["bridge-traffic", {}, {}, "open", /does not have icc: false$/],
  ["log-level", {}, {}, "met", /is info$/],
  ["log-level", {}, daemon({ "log-level": "debug" }), "open", /"debug"/],
  ["log-level", {}, daemon({ debug: true }), "open", /debug true$/],
  ["log-level", overridden, {}, "unknown", /override\.conf can override what the program sets$/],
  ["log-level", overridden, daemon({ debug: true }), "open", /debug true$/],
  ["authenticated-api", overridden, {}, "unknown", /override\.conf can override/],
  ["live-restore", overridden, {}, "unknown", /override\.conf can override/],
  ["seccomp-profile", overridden, {}, "met", /profile=builtin/],
  ["packet-filter", {}, {}, "met", /leaves iptables on$/],
  ["packet-filter", {}, daemon({ iptables: false }), "open", /iptables: false$/],
  ["secure-registries", {}, {}, "met", /no insecure/],
  ["secure-registries", {}, daemon({ "insecure-registries": ["a"] }), "open", /has 1 insecure/],
  ["authenticated-api", {}, {}, "met", /is not set/],
  ["authenticated-api", {}, { tcpSocket }, "met", /verifies/],
  ["default-ulimits", {}, daemon({ "default-ulimits": { nofile: {} } }), "met", /for nofile$/],
  ["default-ulimits", {}, daemon({ "default-ulimits": {} }), "open", /has no default/],
  ["default-ulimits", {}, {}, "open", /has no default/],
  ["user-namespace", {}, {}, "met", /0 1234 1/],
  ["user-namespace", { "dockerd.idMap": "0 0 4294967295" }, {}, "open", /0 0 4294967295$/],
  ["user-namespace", { "dockerd.idMap": undefined }, {}, "unknown", /ids of its daemon/],
  ["authorization-plugin", {}, daemon({ "authorization-plugins": ["a"] }), "met", /has 1 /],
  ["authorization-plugin", {}, {}, "open", /whoever reaches/],
  ["central-logs", {}, daemon({ "log-driver": "syslog" }), "met", /"syslog"$/],
  ["central-logs", {}, {}, "open", /is local$/],
  ["central-logs", {}, daemon({ "log-driver": "journald" }), "unknown", /journald.*not known/],
  ["no-new-privileges", {}, daemon({ "no-new-privileges": true }), "met", /: true$/],
  ["no-new-privileges", {}, {}, "open", /does not have/],
  ["live-restore", {}, {}, "declined", /does not turn/],
  ["live-restore", {}, daemon({ "live-restore": true }), "declined", /does not work$/],
  ["no-docker-proxy", { "daemon.userlandProxy": "false" }, {}, "met", /userland-proxy: false$/],
  ["no-docker-proxy", {}, {}, "declined", /RootlessKit is 2\.3\.4$/],
  ["no-docker-proxy", { "versions.rootlesskit": "3.0.1" }, {}, "open", /docker-proxy is on$/],
  ["no-docker-proxy", { "daemon.userlandProxy": undefined }, {}, "unknown", /its RootlessKit/],
  ["seccomp-profile", {}, {}, "met", /profile=builtin/],
  ["seccomp-profile", { "daemon.security": "[name=rootless]" }, {}, "open", /name=rootless/],
  [
    "seccomp-profile",
    { "daemon.security": "[name=seccomp,profile=unconfined]" },
    {},
    "open",
    /unc/,
  ],
  [
    "seccomp-profile",
    { "daemon.security": "[name=seccomp,profile=/home/app/own.json]" },
    {},
    "unknown",
    /own\.json\], a profile that was not read$/,
  ],
  ["no-experiments", {}, {}, "met", /is false$/],
  ["no-experiments", { "daemon.experimental": "true" }, {}, "open", /is true$/],
  ["security-module", { "daemon.security": "[name=apparmor]" }, {}, "met", /apparmor/],
  ["security-module", {}, {}, "declined", /name=rootless/],
  ["resource-limits", {}, {}, "met", /true true true$/],
  ["resource-limits", { "daemon.limits": "true false true" }, {}, "open", /true false true$/],
  ["firewall-applies", {}, {}, "met", /driver builtin listens/],
  ["firewall-applies", { "network.portDriver": undefined }, {}, "unknown", /its port driver/],

  ["daemon-json-file", {}, {}, "met", /daemon\.json is 0600 of uid 1234, gid 1235$/],
  ["daemon-json-file", modes(`${file}=664:1234:1235`), {}, "open", /is 0664/],
  ["daemon-json-file", modes(`${file}=644:1300:1235`), {}, "open", /of uid 1300/],
  ["daemon-json-file", modes(`${file}=644:0:0`), {}, "met", /of uid 0/],
  ["daemon-json-file", modes(".config=777:1234:1235"), {}, "open", /^\.config is 0777/],
  [
    "daemon-json-file",
    modes(".config/docker=755:1300:1"),
    {},
    "open",
    /docker is 0755 of uid 1300/,
  ],
  ["daemon-json-file", modes(".=770:1234:1235"), {}, "open", /^\. is 0770/],
  ["daemon-json-file", { "files.modes": ".=700:1234:1235" }, {}, "unknown", /the mode of \.config/],
  ["daemon-json-file", { "files.modes": undefined }, {}, "unknown", /modes and owners/],
  ["environment-file", {}, {}, "met", /environment is 0600/],
  ["environment-file", modes(".config/docker/environment=644:1234:1"), {}, "open", /is 0644/],
  ["unit-file", {}, {}, "met", /docker\.service is 0644/],
  ["unit-file", modes(".config/systemd/user=775:1234:1235"), {}, "open", /user is 0775/],
  ["unit-file", modes(".config/systemd/user/docker.service=666:1234:1"), {}, "open", /is 0666/],
  ["tls-certificate-files", {}, {}, "met", /is not set$/],
  [
    "tls-certificate-files",
    modes(`${tls}/ca.pem=644:1234:1 ${tls}/cert.pem=646:1234:1`),
    { tcpSocket },
    "open",
    /^\.config\/docker\/tls\/cert\.pem is 0646/,
  ],
  ["tls-key-file", {}, {}, "met", /is not set$/],
  ["tls-key-file", modes(`${tls}/key.pem=600:1234:1`), { tcpSocket }, "met", /is 0600/],
  ["tls-key-file", modes(`${tls}/key.pem=640:1234:1`), { tcpSocket }, "open", /is 0640/],
  ["socket-file", {}, {}, "met", /docker\.sock is 0660/],
  ["socket-file", modes("/run/user/1234/docker.sock=666:1234:1"), {}, "open", /is 0666/],
  ["runtime-directory", {}, {}, "met", /\/run\/user\/1234 is 0700/],
  ["runtime-directory", modes("/run/user/1234=755:1234:1"), {}, "open", /is 0755/],
  ["home-directory", {}, {}, "met", /^\. is 0750/],
  ["home-directory", modes(".=777:1234:1"), {}, "open", /is 0777/],
];

test.each(cases)("%s where %j, with %j: %s", (id, facts, args, status, evidence) => {
  const verdict = verdictOf(controlRows[id], factsOf(facts), inputsOf(args));
  expect(verdict.status).toBe(status);
  expect(verdict.evidence).toMatch(evidence);
  expect(verdict.fix === "").toBe(status === "met" || status === "unknown");
});

/** Rows that no host of this package can have open. */
const always: Record<string, string[]> = {
  "authenticated-api": ["met"],
  "firewall-applies": ["met"],
  "live-restore": ["declined"],
  "security-module": ["met", "declined"],
};

test.each(Object.keys(controlRows))("%s: facts that meet it, and facts that do not", (id) => {
  const found = new Set(cases.filter(([one]) => one === id).map(([, , , status]) => status));
  expect([...found]).toEqual(expect.arrayContaining(always[id] ?? ["met", "open"]));
});

const judgedKeys = [
  ...["icc", "log-level", "iptables", "insecure-registries", "log-driver"],
  ...["default-ulimits", "userland-proxy"],
];

test.each(judgedKeys)("a secret value of %s is not judged, nor told", (key) => {
  const given = inputsOf(daemon({ [key]: "hidden" }), [`daemon.${key}`]);
  const rows = controlsOf(factsOf(), given).filter(({ status }) => status === "unknown");
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain("hidden");
});

test("a secret value of live-restore is not told", () => {
  const given = inputsOf(daemon({ "live-restore": true }), ["daemon.live-restore"]);
  const { status, evidence } = controlRows["live-restore"].judge(factsOf(), given);
  expect([status, evidence]).toEqual([
    "declined",
    "the value of live-restore in daemon is a secret",
  ]);
});

test("of a usual host: each row once", () => {
  const rows = controlsOf(factsOf(), inputsOf());
  expect(rows.map(({ id }) => id)).toEqual(Object.keys(controlRows));
  expect(rows.filter(({ status }) => status === "unknown")).toEqual([]);
});

test("modes that the host could not have printed count as not reported", () => {
  expect(factsOf(modes("a=999:1:1"))["files.modes"]).toBeUndefined();
  expect(factsOf(modes("a b=1"))["files.modes"]).toBeUndefined();
});

import type { AccountArgs } from "../../index";
import { agentChange } from "../../src/changes/agent";
import { Creation } from "../../src/changes/creation";
import { changeInWords } from "../../src/changes/documents";
import { driftInWords } from "../../src/drift/words";
import { Inputs } from "../../src/inputs";
import { restartWords as restarts } from "../../src/steps/effects";
import { type StepName, steps } from "../../src/steps";
import { type Document, JsonText, renderDocument } from "../../src/steps/document";

// What a preview says of a change, beside its keys.

const said = (name: StepName, before: Document, after: Document, isSecret = false) => {
  const step = steps.find((one) => one.name === name);
  return step && changeInWords(step, renderDocument(before), renderDocument(after), isSecret);
};

const storage = (driver: string | undefined): Document => ({
  "daemon.json/storage-driver": driver,
});
const seen =
  "the daemon restarts without the images and containers of overlay2, which are kept on the disk, but btrfs does not see them; volumes remain in use";
const ofAccount = "all that runs as the account, its daemon and containers together";
const newNetworks =
  "it applies to user-defined networks that are created afterwards, if the engine supports default-network-opts (24 and later); existing networks keep theirs";

test.each<[StepName, Document, Document, string | undefined]>([
  [
    "daemon",
    storage("overlay2"),
    storage("btrfs"),
    `daemon.json/storage-driver "overlay2" => "btrfs": ${seen}`,
  ],
  [
    "daemon",
    { "environment/A": "x".repeat(80), "daemon.json/debug": true },
    { "environment/B": 'a "quoted" one: two', "daemon.json/debug": true },
    `environment/A "${"x".repeat(59)}... => (not set), environment/B (not set) => "a \\"quoted\\" one: two": ${restarts}`,
  ],
  [
    "daemon",
    {},
    {
      "daemon.json/mtu": 65_520,
      "default-network-opts.bridge": new JsonText({ "com.docker.network.driver.mtu": "65520" }),
    },
    `daemon.json/mtu (not set) => 65520: ${restarts}. default-network-opts.bridge (not set) => {"com.docker.network.driver.mtu":"65520"}: ${newNetworks}`,
  ],
  [
    "daemon",
    { "on-destroy-data": "keep" },
    { "on-destroy-data": "delete" },
    'on-destroy-data "keep" => "delete": destroy DELETES images, containers and volumes (a data directory that existed before this package is kept)',
  ],
  [
    "machine",
    { "privileged-ports": "none" },
    { "privileged-ports": "file-capability", "rootlesskit.capability": "cap_net_bind_service=ep" },
    `privileged-ports "none" => "file-capability": containers can publish ports below 1024, and so can everyone who runs rootlesskit on this machine. rootlesskit.capability (not set) => "cap_net_bind_service=ep": ${restarts}`,
  ],
  [
    "machine",
    { "privileged-ports": "none" },
    { "privileged-ports": "sysctl", "sysctl.d/net.ipv4.ip_unprivileged_port_start": 0 },
    'privileged-ports "none" => "sysctl": containers can publish ports below 1024, and every user of this machine can bind them; the daemon keeps running. sysctl.d/net.ipv4.ip_unprivileged_port_start (not set) => 0',
  ],
  [
    "machine",
    { "privileged-ports": "sysctl" },
    { "privileged-ports": "none" },
    'privileged-ports "sysctl" => "none": a container that starts after this can no longer publish ports below the machine\'s own net.ipv4.ip_unprivileged_port_start, 1024 by default; the daemon keeps running',
  ],
  [
    "machine",
    { "rootful-docker": "refuse" },
    { "rootful-docker": "keep" },
    'rootful-docker "refuse" => "keep"',
  ],
  [
    "machine",
    { "rootful-docker": "refuse" },
    { "rootful-docker": "disable" },
    'rootful-docker "refuse" => "disable": root\'s Docker stops with its containers and does not start again before destroy, and its data are kept',
  ],
  [
    "machine",
    { "rootful-docker": "disable" },
    { "rootful-docker": "purge" },
    'rootful-docker "disable" => "purge": REMOVES the packages of root\'s Docker: docker.io\'s own purge permanently DELETES its images, containers and volumes in /var/lib/docker; docker-ce keeps them there',
  ],
  [
    "machine",
    { "limits.cpus": 1.5 },
    { "limits.cpus": 2, "limits.memory": "4G" },
    `limits.cpus 1.5 => 2: applies at once to ${ofAccount}. limits.memory (not set) => "4G": applies at once to ${ofAccount}; if they use more, the kernel kills processes of the account`,
  ],
  [
    "machine",
    { "limits.memory": "4G" },
    {},
    `limits.memory "4G" => (not set): no limit, at once, for ${ofAccount}`,
  ],
  [
    "daemon",
    { "credHelpers/a.example": "gcr", "credHelpers/b.example": "gcr" },
    { "credHelpers/b.example": "ecr-login" },
    'credHelpers/a.example "gcr" => (not set): docker of the account asks no helper for its login there; the daemon keeps running. credHelpers/b.example "gcr" => "ecr-login": docker of the account asks docker-credential-ecr-login for its login there; the daemon keeps running',
  ],
  ["machine", { agent: "1", "a.b": 1 }, { agent: "2", "a.b": 1 }, undefined],
  ["machine", { "a.b": 1 }, { "a.b": 1, drift: "a.b (changed since then)" }, undefined],
  ["machine", storage("overlay2"), storage("btrfs"), undefined],
  ["secrets", {}, {}, undefined],
])("%s: %j => %j", (name, before, after, words) => {
  expect(said(name, before, after)).toBe(words);
});

test.each<[Partial<AccountArgs>, string]>([
  [{}, "; no keys to log in, so nobody can use dockerHost if the account is new"],
  [{ authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA= me"] }, "; keys to log in: 1"],
  // One that is there may have keys of its own.
  [{ create: false }, ""],
  [
    { create: false, limits: { tasks: 2000, memory: "4g", cpus: 1.5 } },
    "; limits of all that runs as it: memory 4G, cpus 1.5, tasks 2000",
  ],
])("who can log in as the account, and its limits: %j", async (account, words) => {
  const inputs = new Inputs({
    connection: { host: "a.example" },
    account: { name: "app", ...account },
  });
  const said = await new Creation(inputs).ofComponent();
  expect(/^ {2}account .*; controllers cpu cpuset io memory pids(.*)$/m.exec(said)?.[1]).toBe(
    words,
  );
});

test("after an up that did not end: what goes on, and what may go with it", async () => {
  const creation = new Creation(new Inputs({ connection: { host: "a.example" } }));
  expect(await creation.ofStep("machine", {})).toBeUndefined();
  const said = (await creation.ofStep("daemon", { triggers: ["0123"] }))?.split("\n") ?? [];
  expect(said[0]).toBe(
    "continues to set up a rootless Docker host on a.example, logged in as root",
  );
  expect(said.map((line) => /^ {2}(\w+)/.exec(line)?.[1])).toEqual([
    undefined,
    "engine",
    "account",
    "kernel",
    "daemon",
    "destroy",
    undefined,
  ]);
  expect(said.at(-1)).toMatch(/an earlier up did not finish, .* deleted at the end, with its data/);
});

test("which secret changes, and none of their values", () => {
  const before = {
    "environment/GONE": "s3cret",
    "environment/TOKEN": "s3cret",
    "environment/SAME": "s3cret",
  };
  const after = {
    "environment/NEW": "s3cret",
    "environment/TOKEN": "other",
    "environment/SAME": "s3cret",
  };
  expect(said("secrets", before, after, true)).toBe(
    "environment/GONE [secret] no longer set, environment/NEW [secret] is new, environment/TOKEN [secret] changes: " +
      restarts,
  );
  expect(said("daemon", storage("s3cret"), storage("other"), true)).not.toContain("s3cret");
  const step = steps.find(({ name }) => name === "secrets");
  expect(step && changeInWords(step, "environment/A: s3cret\n", "", true)).toBe(
    `environment/A [secret] no longer set: ${restarts}`,
  );
});

test("logins to registries that come, change and go", () => {
  const before = { "registryAuth/a.example": "me:s3cret", "registryAuth/b.example": "me:s3cret" };
  const after = { "registryAuth/b.example": "me:other", "registryAuth/c.example": "me:s3cret" };
  expect(said("secrets", before, after, true)).toBe(
    "registryAuth/a.example [secret] no longer set: the account's docker logs out of this registry if this package logged it in. " +
      "registryAuth/b.example [secret] changes: the account's docker logs in to this registry again; the daemon keeps running. " +
      "registryAuth/c.example [secret] is new: the account's docker logs in to this registry; the daemon keeps running",
  );
});

test("another version, and a step that is asked to run again", () => {
  const agent = (hash: string, ...lines: string[]) =>
    [
      `# core ${hash}`,
      `# main.sh 00000000`,
      `program: "0.3.${hash[0]} ${hash}"`,
      ...lines,
      "",
    ].join("\n");
  expect(agentChange(agent("11111111"), agent("11111111"))).toBeUndefined();
  expect(agentChange(agent("11111111"), agent("22222222"))).toMatch(
    /^rootless-docker 0\.3\.1 => 0\.3\.2, what runs as root changes in core: /,
  );
  expect(agentChange(agent("1", 'recheck: "a"'), agent("1", 'recheck: "b"'))).toMatch(
    /^recheck: "b": every step runs again/,
  );
  expect(agentChange(agent("1", 'recheck: "a"', "take-over: true"), agent("1"))).toMatch(
    /^no recheck any longer, no take-over any longer: every step runs again/,
  );
});

test("what was changed on the host since the state was written", () => {
  const note = (found: string) =>
    JSON.stringify({
      installation: "0123",
      changes: { "changed since then": { "a.b": `found ${found}, expected 1` } },
    });
  expect(driftInWords({}, {})).toBeUndefined();
  expect(
    driftInWords(
      { machine: note("0"), daemon: note("7") },
      { machine: note("2"), daemon: note("7") },
    ),
  ).toBe(
    "changed on the host: a.b (found 2, expected 1): pulumi up with operations.driftDetection repairs it",
  );
});

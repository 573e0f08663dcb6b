import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { type DriftDetection, PrivilegedPorts } from "../../index";
import { lineOfDocs } from "../support/docsLine";
import { connectionTo, HostStack, stepsRun } from "../support/hostStack";
import type { Outcome } from "../support/stack";

// The job that looks for drift, as docs/changes.md and the examples for CI have it. The program asks only in the job.
// The tests follow each other on one host.
let host: TestHost;
let installation: HostStack;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  // As GitLab's job calls it.
  installation = await HostStack.on(host, "production");
});
afterAll(destroyAllHosts);

const program = () =>
  installation.program(() => ({
    connection: { ...connectionTo(host), connectTimeout: 0 },
    account: { name: "app" },
    privilegedPorts: PrivilegedPorts.Sysctl,
    operations: { driftDetection: new pulumi.Config().get<DriftDetection>("driftDetection") },
  }))();

const read = (path: string) => readFileSync(join(__dirname, "../..", path), "utf8");

const gitLab = parse(read("examples/gitlab-ci/drift.yml")) as { drift: { script: string[] } };
const gitHub = parse(read("examples/github-actions/drift.yml")) as {
  jobs: { drift: { steps: { with?: Record<string, unknown> }[] } };
};
const action = gitHub.jobs.drift.steps.find((step) => step.with?.command === "preview")?.with ?? {};

const jobs: Record<string, () => Promise<Outcome>> = {
  "docs/changes.md": () => by(lineOfDocs("pulumi preview --expect-no-changes")),
  "GitLab CI": () => by(gitLab.drift.script[gitLab.drift.script.length - 1]),
  "GitHub Actions": () =>
    installation.stack.tryPreviewWith(
      parse(String(action["config-map"])) as Record<string, { value: string }>,
      { diff: action.diff === true, expectNoChanges: action["expect-no-changes"] === true },
      program,
    ),
};

const by = (line: string) => installation.stack.tryPreviewBy(line, program);

/** The value that the job leaves in the stack's configuration goes, or stays. */
const forget = () => installation.stack.run(lineOfDocs("pulumi config rm driftDetection"));

async function isGreen(): Promise<void> {
  for (const [name, run] of Object.entries(jobs)) {
    expect([name, (await run()).failure]).toEqual([name, undefined]);
    await forget();
  }
}

async function isRed(): Promise<string[]> {
  const printed: string[] = [];
  for (const [name, run] of Object.entries(jobs)) {
    const outcome = await run();
    expect([name, outcome.failure]).toEqual([name, expect.any(String)]);
    printed.push(outcome.printed);
    await forget();
  }
  return printed;
}

test("without drift it is green, also the first time; a next up has nothing to do", async () => {
  await installation.stack.up(program);
  await isGreen();
  expect(stepsRun(await installation.stack.up(program))).toEqual([]);
});

test("green too where the option stays in the configuration, and an up has asked", async () => {
  const asking = `pulumi up --config driftDetection=required`;
  expect(stepsRun(await installation.stack.upBy(asking, program))).toEqual([]);
  await isGreen();
  expect(stepsRun(await installation.stack.up(program))).toEqual([]);
});

const changed = "sysctl -q -w net.ipv4.ip_unprivileged_port_start=81";

test("with drift it is red, and shows by key on the step what was changed", async () => {
  await host.run(changed);
  for (const text of await isRed()) {
    expect(text).toMatch(/no changes were expected/);
    expect(text).toMatch(/web-drift: changed on the host: net\.ipv4\.ip_unprivileged_port_start/);
  }
  const [, job] = await isRed();
  expect(job).toMatch(
    /::web-machine\][^]*\+ drift *: "net\.ipv4\.ip_unprivileged_port_start \(changed since /,
  );
});

test("an up that does not ask leaves it; one that asks repairs it, and the job is green again", async () => {
  expect(stepsRun(await installation.stack.up(program))).toEqual([]);
  const outcome = await installation.stack.upBy(
    lineOfDocs("pulumi up --config driftDetection="),
    program,
  );
  await forget();
  expect(stepsRun(outcome).sort()).toEqual(["update web-drift", "update web-machine"]);
  await isGreen();
});

test.each(["", "none", "preview", "required"])(
  "after the repair nothing changes with driftDetection '%s'",
  async (value) => {
    const config = value === "" ? "" : ` --config driftDetection=${value}`;
    expect((await by(`pulumi preview --expect-no-changes${config}`)).failure).toBeUndefined();
    expect(stepsRun(await installation.stack.upBy(`pulumi up${config}`, program))).toEqual([]);
    if (value !== "") await forget();
  },
);

test("the same drift a second time is red again", async () => {
  await host.run(changed);
  await isRed();
  await installation.stack.upBy(lineOfDocs("pulumi up --config driftDetection="), program);
  await forget();
  await isGreen();
});

test("a host that cannot be asked is red, and an up that does not ask has nothing to do", async () => {
  await host.setReachable(false);
  try {
    for (const text of await isRed()) {
      expect(text).toMatch(/could not be checked: .*driftDetection is set to required/);
      // Only the Automation API fails where a program logs an error; Pulumi's CLI does not.
      expect(text).toContain("nothing runs: see the error of web");
    }
    expect(stepsRun(await installation.stack.up(program))).toEqual([]);
  } finally {
    await host.setReachable(true);
  }
  await isGreen();
});

test("a machine that has nothing of the installation is red, until recheck has brought all of it back", async () => {
  await host.run(
    `cd /var/lib/rootless-docker/installations; sh ../agents/$(ls)/agent revert agent $(ls) "" end`,
  );
  for (const text of await isRed()) {
    expect(text).toContain("has no record of this installation");
    expect(text).toContain("nothing runs: see the error of web");
  }
  const rechecked = () =>
    installation.program(() => ({
      connection: { ...connectionTo(host), connectTimeout: 0 },
      account: { name: "app" },
      privilegedPorts: PrivilegedPorts.Sysctl,
      operations: {
        recheck: "made anew",
        driftDetection: new pulumi.Config().get<DriftDetection>("driftDetection"),
      },
    }))();
  await installation.stack.up(rechecked);
  await host.run("pgrep -u app -x dockerd");
  await installation.stack.up(program);
  await isGreen();
});

test("another account has no drift of the one before", async () => {
  await host.run(changed);
  await installation.stack.upBy(lineOfDocs("pulumi up --config driftDetection="), program);
  await forget();
  expect(JSON.stringify(installation.stack.recorded("web-machine")?.inputs)).toContain("drift: ");
  const moved = () =>
    installation.program({ account: { name: "other" }, privilegedPorts: PrivilegedPorts.Sysctl })();
  await installation.stack.up(moved);
  expect(JSON.stringify(installation.stack.recorded("web-machine")?.inputs)).not.toContain("drift");
  expect(stepsRun(await installation.stack.up(moved))).toEqual([]);
});

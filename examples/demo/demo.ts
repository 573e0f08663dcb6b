/**
 * The whole story on a disposable host: `npm run demo`.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { EngineEvent, OutputMap, Stack } from "@pulumi/pulumi/automation";
import { busyboxImageTar } from "../../testbed/dockerCli";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type TestHost,
} from "../../testbed/hosts";
import { requireHostTools } from "../../testbed/requirements";
import { prepareMachine } from "../../testbed/prepare";
import { createWorkspaceStack, previewText } from "../../testbed/toolchain";
import quickstart from "../quickstart";
import { interruptible } from "./interrupt";
import { remoteDocker, type RemoteDocker } from "../../testbed/remoteDocker";
import { secondsSince, Story } from "./story";

const story = new Story();

async function main(): Promise<void> {
  await requireHostTools();
  // Everything temporary, Pulumi's included, goes below one folder.
  const scratch = mkdtempSync(join(tmpdir(), "rootless-docker-demo-"));
  process.env.TMPDIR = scratch;
  await interruptible(
    () => tell(scratch),
    async () => {
      await destroyAllHosts();
      rmSync(scratch, { recursive: true, force: true });
    },
  );
}

async function tell(scratch: string): Promise<void> {
  story.say("A machine that answers SSH becomes a rootless Docker host, and is given back.");
  story.say("Ctrl-C ends this at any point, and leaves nothing behind.");

  await story.step("What runs here (the first time on a machine takes minutes)", async () => {
    for (const line of await prepareMachine()) story.fact(line);
  });

  const host = await story.step("A machine boots: Debian 13, with nothing of Docker", async () => {
    const fresh = await createHost({ suite: "trixie" });
    story.fact(`${fresh.user}@${fresh.address} answers SSH`);
    return fresh;
  });

  const before = await story.step("It is written down, file by file, to be compared later", () =>
    snapshotHost(host),
  );

  const stack = await stackFor(host);
  const outputs = await story.step("pulumi up: the program of examples/quickstart", async () => {
    const { outputs } = await stack.up({ onEvent: tellStep() });
    tellOutputs(outputs);
    return outputs;
  });

  const docker = await remoteDocker({
    dockerHost: String(outputs.dockerHost.value),
    address: host.address,
    hostKey: host.hostKey,
    privateKey: host.privateKey,
    folder: mkdirIn(scratch, "docker"),
  });
  await story.step("A container, by the docker CLI of this machine through dockerHost", () =>
    runContainer(docker),
  );
  await story.step("The same container as the host sees it: its root is not the host's", () =>
    lookFromHost(docker, host),
  );

  await story.step("One setting is changed, and previewed", async () => {
    await stack.setConfig("pingGroups", { value: "0 1000" });
    story.fact('pulumi config set pingGroups "0 1000"; pulumi preview --diff');
    story.fact(changeIn(await previewText(stack, { diff: true })));
  });
  await story.step("pulumi up: that setting, and nothing else", async () => {
    const { summary } = await stack.up({ onEvent: tellStep() });
    story.fact(counted(summary.resourceChanges));
    story.fact(
      `on the host: ${await host.run("sysctl net.ipv4.ping_group_range")}`.replace("\t", " "),
    );
    story.fact(
      `the container is still there: ${await docker.run(["ps", "--format", "{{.Names}}, {{.Status}}"])}`,
    );
  });
  await story.step("pulumi up again", async () => {
    const { summary } = await stack.up();
    story.fact(counted(summary.resourceChanges));
  });

  await story.step("The container and its image go, by the docker CLI", async () => {
    await docker.run(["rm", "--force", "hello"]);
    await docker.run(["image", "rm", "hello"]);
  });
  await story.step("pulumi destroy", async () => {
    await stack.destroy({ onEvent: tellStep() });
  });
  await story.step("The host is compared with what it was", async () => {
    const differences = diffSnapshots(before, await snapshotHost(host));
    if (differences.length === 0) story.fact("no difference");
    for (const line of differences) story.fact(line);
  });
  await story.step("The host is removed", () => host.destroy());
  story.end("That was the whole story.");
}

/** A stack of the quickstart's own program, configured for a host as a user would do it. */
async function stackFor(host: TestHost): Promise<Stack> {
  const stack = await createWorkspaceStack({
    projectName: "rootless-docker-quickstart",
    stackName: "demo",
    program: async () => quickstart(),
  });
  const publicKey = readFileSync(`${host.privateKeyPath}.pub`, "utf8").trim();
  await stack.setAllConfig({
    address: { value: host.address },
    user: { value: host.user },
    hostKey: { value: host.hostKey },
    privateKey: { value: host.privateKey, secret: true },
    authorizedKey: { value: publicKey },
  });
  return stack;
}

interface Words {
  does: string;
  /** Absent where there is nothing to take back. */
  undoes?: string;
}

/** What each step of the package does, in plain words. */
const words: Record<string, Words> = {
  installation: { does: "a name for this installation" },
  agent: { does: "the program that does the work on the host", undoes: "that program" },
  machine: {
    does: "every problem is looked for; then packages, an ordinary account, kernel settings",
    undoes: "kernel settings, the account, packages",
  },
  secrets: { does: "secret values of the daemon (none here)" },
  daemon: {
    does: "the account's daemon is configured and started, and asked what it can do",
    undoes: "the daemon",
  },
};

function sentence(op: string, { does, undoes }: Words): string | undefined {
  if (op === "create" || op === "update") return does;
  return op === "delete" && undoes !== undefined ? `taken back: ${undoes}` : undefined;
}

/** Says when a step of the package is done, and how long it took. */
function tellStep(): (event: EngineEvent) => void {
  const starts = new Map<string, number>();
  return ({ resourcePreEvent, resOutputsEvent }) => {
    if (resourcePreEvent) starts.set(resourcePreEvent.metadata.urn, performance.now());
    if (!resOutputsEvent) return;
    const { urn, op } = resOutputsEvent.metadata;
    const step = urn.slice(urn.lastIndexOf("-") + 1);
    const start = starts.get(urn);
    const said = step in words ? sentence(op, words[step]) : undefined;
    if (said === undefined || start === undefined) return;
    story.fact(`${secondsSince(start).padStart(4)} s  ${step.padEnd(12)}  ${said}`);
  };
}

function tellOutputs(outputs: OutputMap): void {
  const { dockerHost, account, subordinateIds, versions, storageDriver } = outputs;
  const shown = { dockerHost, account, subordinateIds, versions, storageDriver };
  for (const [name, { value }] of Object.entries(shown))
    story.fact(`${name} = ${JSON.stringify(value)}`);
}

async function runContainer(docker: RemoteDocker): Promise<void> {
  await docker.run(["import", "-", "hello"], readFileSync(await busyboxImageTar()));
  await docker.run(["run", "--detach", "--name", "hello", "hello", "sleep", "3600"]);
  story.fact("docker import - hello; docker run --detach --name hello hello sleep 3600");
  story.fact(`docker exec hello id: ${await docker.run(["exec", "hello", "id"])}`);
  const security = await docker.run(["info", "--format", "{{.SecurityOptions}}"]);
  story.fact(`docker info: ${security}`);
}

async function lookFromHost(docker: RemoteDocker, host: TestHost): Promise<void> {
  const pid = await docker.run(["inspect", "--format", "{{.State.Pid}}", "hello"]);
  const process = await host.run(`ps -o uid=,user:32=,args= -p ${pid}`);
  const map = await host.run(`cat /proc/${pid}/uid_map`);
  story.fact(`ps -o uid,user,args: ${process.trim().replace(/ +/g, " ")}`);
  for (const line of map.trimEnd().split("\n")) {
    const [inside, outside, count] = line.trim().split(/ +/);
    const last = Number(inside) + Number(count) - 1;
    story.fact(
      `/proc/PID/uid_map: uid ${range(inside, last)} inside are ${range(outside, Number(outside) + Number(count) - 1)} on the host`,
    );
  }
  if (/^ *0 /.test(process)) throw new Error("the container's root is the host's root");
}

const range = (first: string, last: number): string =>
  Number(first) === last ? first : `${first} to ${last}`;

/** The part of a preview that says what the host will see, without addresses inside Pulumi. */
function changeIn(preview: string): string {
  const lines = preview.split("\n");
  const start = lines.findIndex((line) => line.includes("command:remote:Command"));
  return lines
    .slice(Math.max(start, 0))
    .filter((line) => !/^ *\[(urn|id|provider)=/.test(line))
    .map((line) => line.replace(/^ {8}/, ""))
    .join("\n");
}

function counted(changes: Record<string, number | undefined> = {}): string {
  return Object.entries(changes)
    .map(([what, count]) => `${count} ${what}`)
    .join(", ");
}

function mkdirIn(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  return folder;
}

/** Of an engine's failure, what it says to people; the whole of it is much longer. */
function plain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^Diagnostics:[^]*?(?=^Resources:)/m.exec(message)?.[0].trimEnd() ?? message;
}

main().catch((error: unknown) => {
  process.stderr.write(`${plain(error)}\n`);
  process.exitCode = 1;
});

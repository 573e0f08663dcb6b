import { agentText, stepCodeHash, stepNames } from "../src/agent/agentText";
import { readSettings } from "../src/steps/settings";
import { documentOf, steps } from "../src/steps";
import { wholeDocument } from "../src/steps/document";
import { createHost, type TestHost } from "../stand-ins/hosts";
import { median } from "./figures";

/** What the agent itself takes on a host, without Pulumi. */
export interface AgentFigures {
  /** Programs that a first `up` starts, without those that the package manager starts. */
  firstPrograms: number;
  /** The same where nothing is to do. */
  idlePrograms: number;
  /** Seconds of the step that one changed setting runs. */
  changeSeconds: number;
  /** Seconds of `agent check`. */
  checkSeconds: number;
}

const installation = "be9c";
const wishes = {
  connection: { host: "host" },
  account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= bench"] },
  onDestroy: { data: "delete" },
};

/** Runs every step on a fresh host under strace(1), twice; then times a change and the check. */
export async function agentFigures(suite: string): Promise<AgentFigures> {
  const host = await createHost({ suite });
  try {
    await host.run("{ apt-get -q update && apt-get -q -y install strace time; } >/dev/null 2>&1");
    await host.run("cat >/root/agent", { input: agentText() });
    await host.run(`sh /root/agent install agent ${installation} auto 2>/dev/null`);
    const firstPrograms = await programsOf(host, "apply");
    const idlePrograms = await programsOf(host, "update");
    const seconds = async () => Number(await host.run("cat /root/seconds"));
    const change = async (groups: string) => {
      await step(
        host,
        "update",
        "machine",
        { ...wishes, kernel: { sysctls: { "net.ipv4.ping_group_range": groups } } },
        timer,
      );
      return seconds();
    };
    const changes = [await change("0 1000"), await change("0 2000"), await change("0 3000")];
    const check = async () => {
      await host.run(`${timer} sh /root/agent check host ${installation} >/dev/null`);
      return seconds();
    };
    const checks = [await check(), await check(), await check()];
    return {
      firstPrograms,
      idlePrograms,
      changeSeconds: median(changes),
      checkSeconds: median(checks),
    };
  } finally {
    await host.destroy();
  }
}

async function programsOf(host: TestHost, verb: string): Promise<number> {
  let count = 0;
  // Without secret values their step does not log in.
  for (const name of stepNames.filter((one) => one !== "secrets")) {
    await step(host, verb, name, wishes, "strace -f -qq -e trace=execve,process -o /root/trace");
    count += ownPrograms(await host.run("cat /root/trace"));
  }
  return count;
}

async function step(
  host: TestHost,
  verb: string,
  name: (typeof stepNames)[number],
  args: object,
  wrapper = "",
): Promise<void> {
  const command = `${wrapper} sh /root/agent ${verb} ${name} ${installation} '' a1 >/dev/null`;
  const { settings } = readSettings(args, []);
  const document = steps
    .filter((one) => one.name === name)
    .map((one) => documentOf(one, settings, "bench/dev/host"))[0];
  await host.run(command, {
    input: wholeDocument({ ...document, agent: stepCodeHash(name) }),
  });
}

/** Starts a program, and writes down its seconds: those of the agent, without the way to the host. */
const timer = "/usr/bin/time -f %e -o /root/seconds";

/** Programs of strace's lines "PID call(...) = result", but those below apt-get and dpkg. */
function ownPrograms(trace: string): number {
  const lines = trace
    .split("\n")
    .map((line) => /^(\d+) +(?:<\.\.\. )?(\w+)(.*?)(?:= (\d+))?$/.exec(line) ?? []);
  // strace prints a vfork after what the child has done, and a call in two lines: so these come first.
  const parents = new Map<string, string>();
  const managers = new Set<string>();
  for (const [, pid, call, rest, result] of lines) {
    if (/^(clone3?|v?fork)$/.test(call) && result) parents.set(result, pid);
    if (call === "execve" && /"[^"]*\/(apt-get|dpkg)"/.test(rest)) managers.add(pid);
  }
  const isBelow = (pid: string | undefined): boolean =>
    pid !== undefined && (managers.has(pid) || isBelow(parents.get(pid)));
  return lines.filter(
    ([, pid, call, , result]) => call === "execve" && result === "0" && !isBelow(parents.get(pid)),
  ).length;
}

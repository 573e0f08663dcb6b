import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { remote } from "@pulumi/command";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { type EngineArgs, EngineSource, OnDestroyData, RootlessDockerHost } from "../index";
import { currentEngine, type Repository } from "../stand-ins/engine";
import { failed } from "../stand-ins/hosts/exec";
import type { TestHost } from "../stand-ins/hosts";
import { createWorkspaceStack } from "../stand-ins/toolchain";

/** What both contestants do to a host, in this order. */
export const phases = [
  "first provisioning",
  "no change",
  "one setting changed",
  "destroy",
] as const;
export type Phase = (typeof phases)[number];

/** One way to get a rootless Docker host. */
export interface Contestant {
  /** Gets ready for a host; not timed. */
  prepare(host: TestHost): Promise<Run>;
}

/** One contestant's way through the phases on one host. */
export interface Run {
  run(phase: Phase): Promise<void>;
  /** Bytes of the state that is kept for the host. */
  stateBytes(): Promise<number>;
  /** Seconds of each step of the first provisioning, by name. */
  readonly steps: Record<string, number>;
}

/** The value of net.ipv4.ping_group_range in a phase: the one setting that changes. */
export function pingGroups(phase: Phase): string {
  return phase === "one setting changed" ? "0 1000" : "0 2147483647";
}

/** The account on both sides. */
export const account = "docker-rootless";

/** Where the engine comes from, as both contestants are told. */
export interface Source {
  engine: EngineArgs;
  /** Of the script, as NAME='VALUE' for a shell. */
  environment: string;
}

/** @param downloads Docker's, which a host reaches; for the distribution's engine there need not be any. */
export function sourceOf(source: EngineSource, downloads?: Repository): Source {
  if (downloads === undefined) return { engine: { source }, environment: "" };
  const { url: mirror, key: mirrorKey, sha256 } = downloads;
  const environment = `MIRROR='${mirror}'`;
  if (source === EngineSource.DockerRepository)
    return {
      engine: { source, mirror, mirrorKey },
      environment: `SOURCE=docker-repository ${environment}`,
    };
  const version = currentEngine;
  const engineSum = sha256("docker", version);
  const rootlessExtrasSha256 = sha256("docker-rootless-extras", version);
  return {
    engine: { source, version, sha256: engineSum, rootlessExtrasSha256, mirror },
    environment: `SOURCE=static-archive ${environment} VERSION=${version} ENGINE_SHA256=${engineSum} EXTRAS_SHA256=${rootlessExtrasSha256}`,
  };
}

/** A stack by the real engine. It exists; the program runs in this process. */
const byPulumi = (declare: (host: TestHost, phase: Phase) => void): Contestant => ({
  async prepare(host) {
    let phase: Phase = "first provisioning";
    const program = async () => declare(host, phase);
    const stack = await createWorkspaceStack({ stackName: "bench", program });
    // Afterwards the Automation API asks for outputs and history, each by a CLI of its own. Somebody who
    // types `pulumi up` does not wait for that: what is timed is the one command.
    stack.outputs = async () => ({});
    stack.info = async () => undefined;
    const steps: Record<string, number> = {};
    return {
      steps,
      stateBytes: async () => JSON.stringify((await stack.exportStack()).deployment).length,
      async run(next) {
        phase = next;
        if (phase === "destroy") await stack.destroy();
        else await upTimed(stack, phase === "first provisioning" ? steps : {});
      },
    };
  },
});

const connectionTo = ({ address, port, user, hostKey, privateKey }: TestHost) => ({
  host: address,
  port,
  user,
  hostKey,
  privateKey,
});

/** This package. */
export const thePackage = ({ engine }: Source) =>
  byPulumi((host, phase) => {
    new RootlessDockerHost("host", {
      connection: connectionTo(host),
      account: { name: account },
      engine,
      kernel: { sysctls: { "net.ipv4.ping_group_range": pingGroups(phase) } },
      onDestroy: { data: OnDestroyData.Delete },
    });
  });

/** The script as one command of a stack: what Pulumi itself costs. */
export const byHandInPulumi = (source: Source) =>
  byPulumi((host, phase) => {
    const apply = scriptCommand(source, phase);
    new remote.Command("script", {
      connection: connectionTo(host),
      create: apply,
      update: apply,
      delete: scriptCommand(source, "destroy"),
      stdin: script.toString(),
    });
  });

/** Runs `up`, and notes the seconds from its start to the program's first resource, and of each step. */
async function upTimed(stack: Stack, steps: Record<string, number>): Promise<void> {
  const start = performance.now();
  const starts = new Map<string, number>();
  let last = start;
  let ended = start;
  const onEvent = ({ resourcePreEvent, resOutputsEvent, summaryEvent }: EngineEvent) => {
    const now = performance.now();
    if (summaryEvent) ended = now;
    if (resourcePreEvent) {
      if (starts.size === 0) steps["engine and program start"] = (now - start) / 1000;
      starts.set(resourcePreEvent.metadata.urn, now);
    }
    const begun = resOutputsEvent && starts.get(resOutputsEvent.metadata.urn);
    if (!resOutputsEvent || begun === undefined) return;
    if (!resOutputsEvent.metadata.type.startsWith("command:")) return;
    last = now;
    const { urn } = resOutputsEvent.metadata;
    steps[urn.slice(urn.lastIndexOf("-") + 1)] = (now - begun) / 1000;
  };
  await stack.up({ onEvent });
  steps["engine end"] = (ended - last) / 1000;
  steps["plugins and CLI end"] = (performance.now() - ended) / 1000;
}

const script = readFileSync(join(__dirname, "by-hand.sh"));

function scriptCommand({ environment }: Source, phase: Phase): string {
  const verb = phase === "destroy" ? "destroy" : "apply";
  return `PING_GROUPS='${pingGroups(phase)}' ${environment} sh -s -- ${verb}`;
}

/** The script, over one SSH connection. */
export const byHand = (source: Source): Contestant => ({
  async prepare(host) {
    return {
      steps: {},
      stateBytes: async () => 0,
      async run(phase) {
        const finished = await host.ssh(scriptCommand(source, phase), { input: script });
        if (finished.exitCode !== 0) throw failed(`by-hand.sh, ${phase}`, finished);
      },
    };
  },
});

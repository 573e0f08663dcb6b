import { setTimeout as sleep } from "node:timers/promises";
import type { NspawnHost } from "../../../testbed/hosts";
import type { Stack } from "../../../testkit/stack";
import { connectionTo } from "../../../testkit/hostStack";
import { startOwnProcess } from "./ownProcess";
import { faults, pulumiKilled, type Fault } from "./faults";
import { programFor } from "./program";
import type { Random } from "../../../testkit/random";
import {
  glance,
  groupOf,
  groups,
  runningSteps,
  type RunningStep,
  type Verb,
} from "../../../testkit/runningSteps";

/** One fault that was done to a host, and what came of it. */
export interface Strike {
  verb: Verb;
  step: string;
  fault: string;
  /** Milliseconds after the step began, of those that it takes in a clean run. */
  delay: number;
  duration: number;
  /** What the engine said; undefined when it succeeded all the same. */
  failure: string | undefined;
}

/** A fault that is being done. */
interface Hit extends Pick<Strike, "step" | "delay" | "duration"> {
  fault: Fault;
  /** Resolves to what makes all well again. */
  fixed: Promise<() => Promise<void>>;
}

/** How an operation ended, and which step was struck last; none where it was over before. */
interface Ending {
  failure: string | undefined;
  struckStep?: string;
}

export interface LifeArgs {
  host: NspawnHost;
  stack: Stack;
  /** Where the stack's stack is. */
  stackName: string;
  backendDir: string;
  random: Random;
  /** How long each step takes in a clean run, by verb and step. */
  durations: Record<Verb, Map<string, number>>;
  /** Told of every fault. */
  onStrike: (strike: Strike) => void;
  /** How likely a step is struck once more, from 0 to 1. */
  again: number;
}

/** An installation whose every operation is disturbed until nothing is left to disturb. */
export class Life {
  constructor(private readonly args: LifeArgs) {}

  /** `up` until it succeeds. */
  async up(): Promise<void> {
    await this.struckUntilDone("apply");
  }

  /** One `up`, struck at one step and not run again. Returns whether it succeeded all the same. */
  async upOnce(): Promise<boolean> {
    const step = this.args.random.oneOf(groups.apply.flat());
    return (await this.disturbed("apply", [step])) === undefined;
  }

  /** `destroy` until it succeeds. */
  async destroy(): Promise<void> {
    await this.struckUntilDone("revert");
  }

  private async struckUntilDone(verb: Verb): Promise<void> {
    const { random, again } = this.args;
    const spared = new Set<string>();
    const isDone = (step: string) => this.isRecorded(step) === (verb === "apply");
    for (;;) {
      const targets = groups[verb].flat().filter((step) => !spared.has(step) && !isDone(step));
      const struckStep = await this.disturbed(verb, targets);
      if (struckStep === undefined) return;
      if (random.fraction() >= again) spared.add(struckStep);
    }
  }

  private isRecorded(step: string): boolean {
    return this.args.stack.recorded(`web-${step}`) !== undefined;
  }

  /** One operation of the engine, struck at some of these steps. Returns which one it failed at, if any. */
  private async disturbed(
    verb: Verb,
    targets: readonly string[],
    runsAgain = true,
  ): Promise<string | undefined> {
    // One fault in so many is on this side.
    const inOwnProcess = this.args.random.oneOf([undefined, ...faults]) === undefined;
    const { failure, struckStep } = inOwnProcess
      ? await this.killed(verb, targets)
      : await this.struck(verb, targets);
    // Seen once in hundreds of programs inside of this process. The SDK's server for those takes an error of
    // its own connection to the engine for success (automation/server.js, isGrpcError), which would be why;
    // a second time in a row it is ours.
    if (verb === "apply" && failure === undefined && !this.isRecorded("agent")) {
      if (!runsAgain) throw new Error("apply succeeded, and registered nothing");
      process.stderr.write("faults: the program registered nothing: it runs again\n");
      return this.disturbed(verb, targets, false);
    }
    if (failure === undefined) return undefined;
    if (struckStep === undefined)
      throw new Error(`${verb} failed, and nothing was done to it: ${failure}`);
    return struckStep;
  }

  /** One operation of the engine, with faults of the host until it fails. */
  private async struck(verb: Verb, targets: readonly string[]): Promise<Ending> {
    const { stack, host } = this.args;
    let over = false;
    const operation = (
      verb === "apply" ? stack.tryUp(programFor(connectionTo(host))) : stack.tryDestroy()
    ).finally(() => (over = true));
    const left = new Set(targets);
    let last: Hit | undefined;
    for (;;) {
      const hit = await this.hitOne(verb, left, faults, () => over);
      if (hit === undefined) break;
      if (last !== undefined) this.tell(verb, last, undefined);
      last = hit;
      // The step may get over it: then the next one is struck, in the same operation.
      await this.untilPast(verb, hit.step, () => over);
      await (
        await hit.fixed
      )();
    }
    const { failure } = await operation;
    if (last !== undefined) this.tell(verb, last, failure);
    return { failure, struckStep: last?.step };
  }

  /** One operation of the engine that is killed. */
  private async killed(verb: Verb, targets: readonly string[]): Promise<Ending> {
    const { stack, host, stackName, backendDir } = this.args;
    let over = false;
    const connection = connectionTo(host);
    const operation = startOwnProcess({ verb, stackName, backendDir, connection });
    const ended = operation.failure.finally(() => (over = true));
    const hit = await this.hitOne(
      verb,
      new Set(targets),
      [pulumiKilled(operation.kill)],
      () => over,
    );
    const failure = await ended;
    if (hit === undefined) return { failure };
    await stack.unlock();
    this.tell(verb, hit, failure);
    return { failure, struckStep: hit.step };
  }

  private tell(verb: Verb, hit: Hit, failure: string | undefined): void {
    const { step, delay, duration, fault } = hit;
    this.args.onStrike({ verb, step, delay, duration, fault: fault.name, failure });
  }

  /** Strikes one of the steps, of those whose turn is first; none, when all have ended before. */
  private async hitOne(
    verb: Verb,
    left: Set<string>,
    possible: readonly Fault[],
    over: () => boolean,
  ): Promise<Hit | undefined> {
    const { host, random, durations } = this.args;
    const first = () => groups[verb].map((group) => group.filter((step) => left.has(step)));
    for (;;) {
      const group = first().find((steps) => steps.length > 0);
      if (group === undefined || over()) return undefined;
      const step = random.oneOf(group);
      const fault = random.oneOf(possible);
      const duration = durations[verb].get(step) ?? 0;
      const delay = Math.floor(random.fraction() * duration);
      left.delete(step);
      const running = await this.begun(verb, step, over);
      if (running === undefined) continue;
      const lasted = await this.lasts(running, delay);
      if (lasted === delay && !over())
        return { step, fault, delay, duration, fixed: fault.strike(host, running) };
      // It was shorter than in the clean run.
      durations[verb].set(step, lasted);
    }
  }

  /** Waits until a step has begun. Undefined when a later one runs already, or everything is over. */
  private async begun(
    verb: Verb,
    step: string,
    over: () => boolean,
  ): Promise<RunningStep | undefined> {
    for (;;) {
      const running = runningSteps(this.args.host);
      const found = running.find((each) => each.step === step);
      const later = running.some((each) => groupOf(verb, each.step) > groupOf(verb, step));
      if (found !== undefined || later || over()) return found;
      await sleep(glance);
    }
  }

  /** Waits until a step of a later group runs, or everything is over. */
  private async untilPast(verb: Verb, step: string, over: () => boolean): Promise<void> {
    const isLater = (each: RunningStep) => groupOf(verb, each.step) > groupOf(verb, step);
    while (!over() && !runningSteps(this.args.host).some(isLater)) await sleep(glance);
  }

  /** Waits so many milliseconds, or as many as a step lasts. Returns how many they were. */
  private async lasts({ shell }: RunningStep, delay: number): Promise<number> {
    const start = Date.now();
    for (;;) {
      const passed = Date.now() - start;
      const goesOn = runningSteps(this.args.host).some((each) => each.shell.pid === shell.pid);
      if (!goesOn) return Math.min(passed, delay - 1);
      if (passed >= delay) return delay;
      await sleep(Math.min(glance, delay - passed));
    }
  }
}

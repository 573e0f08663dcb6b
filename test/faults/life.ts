import { setTimeout as sleep } from "node:timers/promises";
import type { NspawnHost } from "../../testbed/hosts";
import type { Outcome, Trial } from "../conformance/trial";
import { faults, pulumiKilled, type Fault } from "./faults";
import type { Random } from "./random";
import { glance, groupOf, groups, runningSteps, type RunningStep, type Verb } from "./steps";

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
  mended: Promise<() => Promise<void>>;
}

export interface LifeArgs {
  host: NspawnHost;
  trial: Trial;
  random: Random;
  program: () => void;
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
    const { trial, program } = this.args;
    await this.struckUntilDone("apply", () => trial.tryUp(program));
  }

  /** `destroy` until it succeeds. */
  async destroy(): Promise<void> {
    await this.struckUntilDone("revert", () => this.args.trial.tryDestroy());
  }

  private async struckUntilDone(verb: Verb, operate: () => Promise<Outcome>): Promise<void> {
    const { random, trial, again } = this.args;
    const spared = new Set<string>();
    const isDone = (step: string) =>
      (trial.recorded(`web-${step}`) !== undefined) === (verb === "apply");
    for (;;) {
      const targets = groups[verb].flat().filter((step) => !spared.has(step) && !isDone(step));
      const { outcome, struckStep } = await this.struck(verb, targets, operate);
      if (outcome.failure === undefined) return;
      if (struckStep === undefined)
        throw new Error(`${verb} failed, and nothing was done to it: ${outcome.failure}`);
      if (random.fraction() >= again) spared.add(struckStep);
    }
  }

  /**
   * One operation of the engine, with faults until it fails. Returns the step that was struck last; none
   * where the operation was over before.
   */
  private async struck(
    verb: Verb,
    targets: readonly string[],
    operate: () => Promise<Outcome>,
  ): Promise<{ outcome: Outcome; struckStep?: string }> {
    let over = false;
    const operation = operate().finally(() => (over = true));
    const left = new Set(targets);
    let last: Hit | undefined;
    for (;;) {
      const hit = await this.hitOne(verb, left, () => over);
      if (hit === undefined) break;
      if (last !== undefined) this.tell(verb, last, undefined);
      last = hit;
      // The step may get over it: then the next one is struck, in the same operation.
      await this.untilPast(verb, hit.step, () => over);
      await (
        await hit.mended
      )();
    }
    const outcome = await operation;
    if (last === undefined) return { outcome };
    if (last.fault.name === pulumiKilled) await this.args.trial.unlock();
    this.tell(verb, last, outcome.failure);
    return { outcome, struckStep: last.step };
  }

  private tell(verb: Verb, hit: Hit, failure: string | undefined): void {
    const { step, delay, duration, fault } = hit;
    this.args.onStrike({ verb, step, delay, duration, fault: fault.name, failure });
  }

  /** Strikes one of the steps, of those whose turn is first; none, when all have ended before. */
  private async hitOne(
    verb: Verb,
    left: Set<string>,
    over: () => boolean,
  ): Promise<Hit | undefined> {
    const { host, random, durations } = this.args;
    const first = () => groups[verb].map((group) => group.filter((step) => left.has(step)));
    for (;;) {
      const group = first().find((steps) => steps.length > 0);
      if (group === undefined || over()) return undefined;
      const step = random.oneOf(group);
      const fault = random.oneOf(faults);
      const duration = durations[verb].get(step) ?? 0;
      const delay = Math.floor(random.fraction() * duration);
      left.delete(step);
      const running = await this.begun(verb, step, over);
      if (running === undefined) continue;
      const lasted = await this.lasts(running, delay);
      if (lasted === delay && !over())
        return { step, fault, delay, duration, mended: fault.strike(host, running) };
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

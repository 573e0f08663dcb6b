import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type Answer, type Fleet, startFleet } from "../../stand-ins/fleetServer";

/** What a machine answers to the verbs of the agent. */
export interface Answers {
  /** Facts in the report of every step. */
  facts: Record<string, string>;
  drift: Record<"step" | "about" | "found" | "wanted" | "applied", string>[];
  /** Whether it has nothing of the installation yet. */
  isNew: boolean;
  /** Of a new machine: errors with which an `up` would end, and what is there. */
  problems: string[];
  present: Record<"about" | "found" | "wanted", string>[];
}

/**
 * A server that answers SSH as a machine with the agent does, and changes nothing: for what Pulumi and this package do
 * with an answer, whatever it is.
 */
export class AnsweringMachine {
  answers: Answers = { facts: {}, drift: [], isNew: false, problems: [], present: [] };

  private constructor(private readonly fleet: { started?: Fleet }) {}

  static async start(): Promise<AnsweringMachine> {
    const machine = new AnsweringMachine({});
    const run = async (command: string) => machine.answerTo(command);
    machine.fleet.started = await startFleet(1, { run, upload: async () => undefined });
    return machine;
  }

  close(): void {
    this.fleet.started?.close();
  }

  /** A connection to it, as a program gives it. */
  get connection() {
    if (!this.fleet.started) throw new Error("the machine has not started");
    const { host, port, user, hostKey, privateKey } = this.fleet.started.logins[0];
    return { host, port, user, hostKey, privateKey: pulumi.secret(privateKey) };
  }

  private answerTo(command: string): Answer {
    const { facts, drift, isNew, problems, present } = this.answers;
    if (command.includes("check new")) return prints({ problems, present });
    if (command.includes("check host")) return prints(isNew ? null : { drift });
    // No two runs of a step report the same.
    return prints({ step: "machine", facts, run: randomUUID() });
  }
}

const prints = (value: unknown): Answer => ({
  stdout: `${JSON.stringify(value)}\n`,
  stderr: "",
  exitCode: 0,
});

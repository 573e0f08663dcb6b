import { isUtf8 } from "node:buffer";
import type { ClientChannel } from "ssh2";
import type { Log } from "../engineLog";
import type { Operation } from "../resourceType";
import { connect } from "./connect";
import { goQuote } from "./goQuote";
import type { Inputs, Logging } from "./inputs";
import { LineSplitter } from "./lineSplitter";
import { withChannel, type Variable } from "./withChannel";

/** What a command printed. */
export interface Output {
  stdout: string;
  stderr: string;
}

/** Runs a command on the machine of the connection. Throws when its exit status is not 0. */
export async function run(
  command: string,
  inputs: Inputs,
  previous: Output,
  { log, signal, deadline }: Operation,
): Promise<Output> {
  // A cancelled update ends the dialling. A command that runs by then goes on to its end.
  const client = await connect(inputs.connection, log, signal, deadline);
  const variables = variablesOf(inputs, previous);
  const { stdout, stderr, combined, failure } = await withChannel(
    client,
    command,
    variables,
    log,
    (channel) => {
      const result = collect(channel, inputs.logging, log);
      channel.end(inputs.stdin ?? "");
      return result;
    },
  );
  if (failure !== undefined) {
    throw new Error(`${failure}: running ${goQuote(command)}:\n${combined.toString("utf8")}`);
  }
  if (!isUtf8(combined)) {
    throw new Error("grpc: error while marshaling: string field contains invalid UTF-8");
  }
  return { stdout: withoutLastNewline(stdout), stderr: withoutLastNewline(stderr) };
}

function variablesOf(inputs: Inputs, previous: Output): Variable[] {
  const own = Object.entries(inputs.environment ?? {}).map(([name, value]) => ({
    name,
    value,
    required: true,
  }));
  if (inputs.addPreviousOutputInEnv === false) {
    return own;
  }
  const earlier = [
    { name: "PULUMI_COMMAND_STDOUT", value: previous.stdout, required: false },
    { name: "PULUMI_COMMAND_STDERR", value: previous.stderr, required: false },
  ];
  return [...own, ...earlier.filter(({ value }) => value !== "")];
}

interface Result extends Output {
  /** Both streams in the order in which they came. */
  combined: Buffer;
  /** Why the command counts as failed. */
  failure: string | undefined;
}

function collect(channel: ClientChannel, logging: Logging | undefined, log: Log): Promise<Result> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const combined: Buffer[] = [];
  // One splitter for both streams: they show as they would on a terminal.
  const lines = new LineSplitter((line) => log.status(line));
  const shows = (stream: "stdout" | "stderr"): boolean =>
    logging === undefined || logging === stream || logging === "stdoutAndStderr";
  const take = (stream: "stdout" | "stderr", chunk: Buffer): void => {
    (stream === "stdout" ? stdout : stderr).push(chunk);
    combined.push(chunk);
    if (shows(stream)) {
      lines.write(chunk);
    }
  };
  channel.on("data", (chunk: Buffer) => take("stdout", chunk));
  channel.stderr.on("data", (chunk: Buffer) => take("stderr", chunk));

  return new Promise((resolve, reject) => {
    let failure: string | undefined =
      "wait: remote command exited without exit status or exit signal";
    channel.on("exit", (code: number | null, signalName?: string) => {
      failure = failureOf(code, signalName);
    });
    channel.on("error", reject);
    channel.on("close", () => {
      // Go's scanner stops at such a line, and what writes to it waits for ever.
      if (lines.tooLong) return;
      lines.end();
      const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString("utf8");
      const whole = Buffer.concat(combined);
      resolve({ stdout: text(stdout), stderr: text(stderr), combined: whole, failure });
    });
  });
}

// What a shell adds to 128 for a command that a signal ended.
const signalNumbers: Record<string, number> = {
  ABRT: 6,
  ALRM: 14,
  FPE: 8,
  HUP: 1,
  ILL: 4,
  INT: 2,
  KILL: 9,
  PIPE: 13,
  QUIT: 3,
  SEGV: 11,
  TERM: 15,
};

function failureOf(code: number | null, signalName: string | undefined): string | undefined {
  if (signalName !== undefined && code === null) {
    const name = signalName.replace(/^SIG/, "");
    return `Process exited with status ${128 + (signalNumbers[name] ?? 0)} from signal ${name}`;
  }
  return code === 0 ? undefined : `Process exited with status ${code}`;
}

function withoutLastNewline(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

import { spawn } from "node:child_process";

/** What a finished program left behind. */
export interface Finished {
  stdout: string;
  stderr: string;
  /** 124 when the time was up, as timeout(1) says it; 255 when a signal ended it. */
  exitCode: number;
}

export interface ExecOptions {
  /** Text or bytes for its stdin. Defaults to nothing (stdin is closed). */
  input?: string | Buffer;
  /** Seconds before it is killed. Defaults to no limit. */
  timeoutSeconds?: number;
  /** Added to this process's environment. Defaults to nothing. */
  env?: Record<string, string>;
}

/** Runs a program to its end. Throws only when it can't be started; a failure is in `exitCode`. */
export function exec(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: "pipe",
      env: { ...process.env, ...options.env },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let timedOut = false;
    const timer =
      options.timeoutSeconds === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill("SIGKILL");
          }, options.timeoutSeconds * 1000);
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // A program may end without reading its input; its exit code says enough.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      if (timedOut) stderr.push(Buffer.from(`timed out after ${options.timeoutSeconds} s\n`));
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        exitCode: timedOut ? 124 : (code ?? 255),
      });
    });
  });
}

/** Like `exec`, but a non-zero exit throws an error that carries both streams. Returns stdout. */
export async function execOrThrow(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<string> {
  const finished = await exec(program, args, options);
  if (finished.exitCode !== 0) throw failed([program, ...args].join(" "), finished);
  return finished.stdout;
}

/** The error for a command that ended with a non-zero exit code. */
export function failed(command: string, { exitCode, stdout, stderr }: Finished): Error {
  return new Error(`exit ${exitCode}: ${command}\n--- stderr\n${stderr}--- stdout\n${stdout}`);
}

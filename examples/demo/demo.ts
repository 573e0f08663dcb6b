/**
 * A trial (docs/trial.md) of a disposable host: `npm run demo`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { prepareMachine } from "../../stand-ins/prepare";
import { requireHostTools } from "../../stand-ins/requirements";
import { ensureToolchain } from "../../stand-ins/toolchain";

const root = join(__dirname, "../..");

let trial: ChildProcess | undefined;
let interrupted = false;

/** The trial's report stays here, when everything else that is temporary goes. */
const reports = tmpdir();

async function main(): Promise<void> {
  await requireHostTools();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      interrupted = true;
      // The trial destroys what it made, and the host goes after it.
      trial?.kill(signal);
    });
  const scratch = mkdtempSync(join(tmpdir(), "rootless-docker-demo-"));
  process.env.TMPDIR = scratch;
  try {
    console.log("What runs here (the first time on a machine takes minutes)");
    for (const line of await prepareMachine()) console.log(`     ${line}`);
    const host = await createHost({ suite: "trixie" });
    console.log(`A machine booted: Debian 13, with nothing of Docker, at ${host.address}`);
    if (!interrupted) process.exitCode = await tryHost(host);
  } finally {
    await destroyAllHosts();
    rmSync(scratch, { recursive: true, force: true });
    console.log("The machine is removed.");
  }
}

/** Runs the trial's own command, and returns its exit code. */
async function tryHost(host: TestHost): Promise<number> {
  const { env } = await ensureToolchain();
  const script = join(root, "scripts/trial/trial.ts");
  const where = ["--host", host.address, "--host-key", host.hostKey, "--key", host.privateKeyPath];
  const args = [join(root, "node_modules/tsx/dist/cli.mjs"), script, ...where, "--yes"];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env, TMPDIR: reports },
    stdio: "inherit",
  });
  trial = child;
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

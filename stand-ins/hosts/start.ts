import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { placeOf, scriptEnv, scriptPath } from "./place";

/** Starts host N, in a session of its own: a Ctrl-C in our terminal is not for it. */
export function start(number: number, tun: boolean): void {
  const { dir, machine } = placeOf(number);
  const console = openSync(join(dir, "console.log"), "a");
  const child = spawn("sh", [scriptPath("start.sh"), dir, machine, tun ? "yes" : "no"], {
    detached: true,
    stdio: ["ignore", console, console],
    env: { ...process.env, ...scriptEnv },
  });
  child.unref();
  closeSync(console);
}

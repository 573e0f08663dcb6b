import { setTimeout as sleep } from "node:timers/promises";
import { OnDestroyData } from "../../index";
import {
  createHost,
  destroyAllHosts,
  signal,
  snapshotHost,
  type HostSnapshot,
  type NspawnHost,
} from "../../testbed/hosts";
import { Stack } from "../../testkit/stack";
import { changesSince, program } from "./identity";
import { runningSteps } from "../../testkit/runningSteps";

// An `up` whose connection is cut while a step runs, and that is not run again: destroy begins while the
// step goes on, and Pulumi does not know of it.
let host: NspawnHost;
let before: HostSnapshot;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  before = await snapshotHost(host);
});
afterAll(destroyAllHosts);

/** Cuts the connection of a step some time after it has begun. */
async function cut(step: string, milliseconds: number): Promise<void> {
  for (;;) {
    const running = runningSteps(host).find((each) => each.step === step);
    if (running !== undefined) {
      await sleep(milliseconds);
      signal(running.session.pid, "SIGKILL");
      return;
    }
    await sleep(20);
  }
}

// Data are kept by default: an account that holds none goes all the same.
test.each([
  ["daemon", 300, OnDestroyData.Keep],
  ["daemon", 1500, OnDestroyData.Delete],
  ["engine", 3000, OnDestroyData.Delete],
])("%s, after %d ms, data: %s", async (step, milliseconds, data) => {
  const stack = await Stack.start(`cut-${step}-${milliseconds}`);
  const [{ failure }] = await Promise.all([
    stack.tryUp(program(host, "web", { onDestroy: { data } })),
    cut(step, milliseconds),
  ]);
  expect(failure).toContain(`web-${step}`);
  expect(stack.recorded(`web-${step}`)).toBeUndefined();
  await stack.destroy();
  expect(await changesSince(before, host)).toEqual([]);
});

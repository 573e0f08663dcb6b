import { type TestHost } from "../../../testbed/hosts";
import type { StepName } from "../../../src/agent/agentText";
import type { StepArgs } from "../../../testkit/documents";
import { Installation, revertOrder } from "../../../testkit/installation";

/** What somebody does between an `up` and a destroy, and what has to come of it. */
export interface Row {
  name: string;
  /** As root, before the first `up`: what is the administrator's own. */
  before?: string;
  /** As root, after the `up`. */
  change: string;
  /** As root, after the destroy: fails where something of theirs is gone, or something of ours is not. */
  after: string;
  /** What the destroy says of it. */
  said?: RegExp;
  /** What the destroy must not say. */
  unsaid?: RegExp;
}

/** One installation, and rows that do not disturb each other. */
export interface Life {
  name: string;
  /** Defaults to all. */
  steps?: StepName[];
  wishes: StepArgs;
  /** As root, after a first `up`, whose last step fails. */
  afterFailedUp?: string;
  /** As root, before and after a first destroy, whose first step fails. */
  failedDestroy?: { before: string; after: string };
  /** Another `up` after what somebody has changed, with these arguments. */
  upAgain?: StepArgs;
  rows: Row[];
}

let lives = 0;

/** `set -e` does not look at what follows a `!`. */
const none = 'none() { if "$@"; then exit 1; fi; }\n';

/** Lives a life on a host, then asks for each of its rows. What is left of it goes. */
export function testLife(host: () => TestHost, life: Life): void {
  describe(life.name, () => {
    const said: string[] = [];
    const steps =
      life.steps ?? (["engine", "account", "kernel", "secrets", "ports", "daemon"] as const);

    beforeAll(async () => {
      const lease = `ad${++lives}`;
      const installation = new Installation(host(), lease);
      for (const { before } of life.rows) if (before !== undefined) await root(host(), before);
      await installation.install();
      for (const step of ["preflight", ...steps] as const) {
        if (life.afterFailedUp !== undefined && step === steps.at(-1)) {
          expect((await installation.tryApply(step, life.wishes)).exitCode).not.toBe(0);
          await root(host(), life.afterFailedUp);
        }
        await installation.apply(step, life.wishes);
      }
      // Without the step daemon nobody has said it.
      await host().run(
        `cd /var/lib/rootless-docker/leases/${lease}; [ -e on-destroy-data ] || echo ${
          (life.wishes.onDestroy as { data?: string } | undefined)?.data?.toLowerCase() ?? "keep"
        } >on-destroy-data`,
      );
      for (const { change } of life.rows) await root(host(), change);
      if (life.upAgain !== undefined)
        for (const step of steps) said.push(...(await installation.apply(step, life.upAgain)).said);
      const reverted = revertOrder.filter((name) => (steps as readonly string[]).includes(name));
      if (life.failedDestroy !== undefined) {
        await root(host(), life.failedDestroy.before);
        const failed = await installation.tryRevert(reverted[0] ?? "daemon", life.wishes);
        expect(failed.exitCode).not.toBe(0);
        said.push(...failed.said);
        await root(host(), life.failedDestroy.after);
      }
      for (const step of reverted)
        said.push(...(await installation.revert(step, life.upAgain ?? life.wishes)).said);
      said.push(...(await installation.revertAgent()).said);
    });

    test.each(life.rows.map((row) => [row.name, row] as const))("%s", async (_name, row) => {
      const { exitCode, stdout, stderr } = await host().ssh("sh -eux", { input: none + row.after });
      const heard = said.join("\n");
      expect([exitCode, `${stdout}${exitCode === 0 ? "" : `${stderr}\n${heard}`}`]).toEqual([
        0,
        stdout,
      ]);
      if (row.said !== undefined) expect(heard).toMatch(row.said);
      if (row.unsaid !== undefined) expect(heard).not.toMatch(row.unsaid);
    });
  });
}

/** Runs lines as root. Anything but success throws. */
export function root(host: TestHost, lines: string): Promise<string> {
  return host.run("sh -eu", { input: lines });
}

import { documentText } from "../support/documents";
import { destroyAllHosts } from "../../stand-ins/hosts";
import { revertOrder } from "../support/installation";
import { LossyHost } from "../support/lossyHost";
import { promise } from "../support/promise";

// What holds where the agent comes to its end, and Pulumi never hears of it. everyAnswerLost.test.ts has more.

let lossy: LossyHost;

beforeAll(async () => {
  lossy = await LossyHost.create();
});
afterAll(destroyAllHosts);

test.each(["delete", "keep"] as const)(
  promise(8, "each delete comes twice, with %s"),
  async (data) => {
    const app = lossy.install();
    const wishes = lossy.wishes("ann", data);
    await app.up(wishes);
    await lossy.fill("ann");
    await lossy.destroyWithEachAnswerLost(app, wishes);
    await lossy.expectOutcome(data, "ann");
  },
);

test(
  promise(8, "each create comes twice, and a destroy as usual takes all of it back"),
  async () => {
    const app = lossy.install();
    const wishes = lossy.wishes("ben", "delete");
    await lossy.upWithEachAnswerLost(app, wishes);
    await lossy.fill("ben");
    await app.tryUp(wishes);
    await app.destroy();
    await lossy.expectAllGone("ben");
  },
);

test(
  promise(8, "--replace of all steps, and each delete of an earlier one twice: all of it stays"),
  async () => {
    const app = lossy.install();
    const wishes = lossy.wishes("cas", "delete");
    await app.up(wishes);
    await lossy.fill("cas");
    for (const step of ["machine", "secrets", "daemon"] as const)
      await lossy.runFor("a1", app, "apply", step, wishes);
    for (const step of revertOrder)
      for (const time of [1, 2])
        expect([time, await lossy.runFor("a1", app, "revert", step, wishes)]).toEqual([
          time,
          expect.stringMatching(/kept( for now)?: /),
        ]);
    await lossy.expectRunning("cas");
    await lossy.destroyWithEachAnswerLost(app, wishes);
    await lossy.expectAllGone("cas");
  },
);

test(promise(8, "a document that is cut short is refused, at an up and at a destroy"), async () => {
  const app = lossy.install();
  const wishes = lossy.wishes("dan", "delete");
  await app.up(wishes);
  await lossy.fill("dan");
  for (const step of ["machine", "daemon"] as const) {
    const whole = documentText(step, wishes).split("\n");
    for (const lines of [0, 2, Math.floor(whole.length / 2), whole.length - 2])
      for (const verb of ["update", "revert"] as const) {
        const input = whole.slice(0, lines).join("\n");
        const { exitCode, stderr } = await lossy.tryRunFor("a1", app, verb, step, { input });
        expect([lines, exitCode, stderr]).toEqual([
          lines,
          3,
          expect.stringContaining("document: it was cut short"),
        ]);
      }
  }
  await lossy.expectRunning("dan");
  await app.destroy();
  await lossy.expectAllGone("dan");
});

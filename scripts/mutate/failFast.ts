import type { Circus } from "@jest/types";
import { TestEnvironment } from "jest-environment-node";

/** Ends a file with its first failure: what follows would only take time. What it has made is removed all the same. */
export default class FailFast extends TestEnvironment {
  #failed = false;

  handleTestEvent = (event: Circus.Event): void => {
    if (event.name === "test_fn_failure" || event.name === "hook_failure") this.#failed = true;
    if (!this.#failed) return;
    // A test with an error of beforeAll does not run, and names the failure.
    if (event.name === "test_start" && !hasError(event.test)) event.test.mode = "skip";
    if (event.name === "run_describe_start" && !hasError(event.describeBlock))
      event.describeBlock.mode = "skip";
  };
}

function hasError(entry: Circus.DescribeBlock | Circus.TestEntry): boolean {
  return entry.type === "test" ? entry.errors.length > 0 : entry.children.some(hasError);
}

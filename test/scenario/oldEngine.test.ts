import * as pulumi from "@pulumi/pulumi";
import { RootlessDockerHost } from "../../index";
import { said, Stack } from "../support/stack";

// An engine that is older than this package supports, as the newest one plays it: no other is at hand. No host is asked.

// The SDK's types do not show these.
const settings = jest.requireActual<{ requirePulumiVersion: (range: string) => Promise<void> }>(
  "@pulumi/pulumi/runtime/settings",
);
const { getStore } = jest.requireActual<{ getStore: () => Record<string, boolean> }>(
  "@pulumi/pulumi/runtime/state",
);

afterEach(() => jest.restoreAllMocks());

function program(): void {
  new RootlessDockerHost("web", {
    connection: { host: "192.0.2.1", hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=" },
  });
}

test("an engine below the oldest: one error of the component, and no child is made", async () => {
  const stack = await Stack.start("old-engine");
  const { requirePulumiVersion } = settings;
  // The engine answers, about a version that does not exist.
  jest
    .spyOn(settings, "requirePulumiVersion")
    .mockImplementation(() => requirePulumiVersion(">=999.0.0"));
  const outcome = await stack.tryUp(program);
  expect(outcome.failure).toContain("nothing runs on this host: see the error of web");
  const errors = said(outcome, "web", "lasting").filter(({ severity }) => severity === "error");
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /rootless-docker: engine: the Pulumi CLI is too old \(Pulumi CLI version \S+ does not satisfy the version range ">=999\.0\.0"\): 3\.248\.0 or newer is required\. To fix: /,
    ),
  ]);
  expect(stack.recorded("web-installation")).toBeUndefined();
});

test("an engine without hooks: the constructor throws what ends a program, and nothing is made", async () => {
  const stack = await Stack.start("no-hooks");
  let thrown: unknown;
  await stack.tryUp(() => {
    getStore().supportsResourceHooks = false;
    // A RunError that leaves the program would end this process, too.
    try {
      program();
    } catch (error) {
      thrown = error;
    }
  });
  expect(pulumi.RunError.isInstance(thrown)).toBe(true);
  expect((thrown as Error).message).toContain(
    "rootless-docker: engine: the Pulumi CLI does not support resource hooks, error hooks or transforms, but 3.248.0 or newer is required.",
  );
  expect(stack.recorded("web-installation")).toBeUndefined();
});

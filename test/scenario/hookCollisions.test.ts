import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { Restarts, RootlessDockerHost } from "../../index";
import { Stack, steps } from "../support/stack";

// The engine has one list of hooks for a run. Previews alone, in which no host is asked.
const args = {
  connection: { host: "192.0.2.1", hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=" },
  operations: { recheck: pulumi.output("1"), restarts: Restarts.Refuse },
};
const daemons = (lines: string[]) => lines.filter((line) => line === "create web-daemon");

test("hooks of a program, and of hosts of one name below other components, have other names", async () => {
  const stack = await Stack.start("hook-names");
  const names = ["preview", "gate", "restarts", "stepRestarts", "error", "wait"];
  const outcome = await stack.preview(() => {
    const own = names.map((name) => new pulumi.ResourceHook(`web-${name}`, () => undefined));
    new RandomId("own", { byteLength: 4 }, { hooks: { beforeCreate: own } });
    new RootlessDockerHost("web", args);
    // A URN has the types of its ancestors, and not their names.
    for (const type of ["app:index:Site", "app:index:Rack"])
      new RootlessDockerHost("web", args, { parent: new pulumi.ComponentResource(type, "a") });
  });
  expect(daemons(steps(outcome))).toHaveLength(3);
});

test("two stacks of one process, one after the other, have the same names", async () => {
  for (const name of ["one", "two"]) {
    const stack = await Stack.start(name);
    const outcome = await stack.preview(() => {
      new RootlessDockerHost("web", args);
    });
    expect(daemons(steps(outcome))).toHaveLength(1);
  }
});

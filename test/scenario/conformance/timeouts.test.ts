import { remote } from "@pulumi/command";
import { useHost } from "./host";
import { said, Stack } from "../../support/stack";

// What `customTimeouts` bounds: how long a connection is tried. Nothing else asks for it.
const given = useHost();

test("a command that takes longer than its timeout goes on to its end", async () => {
  const stack = await Stack.start("long-command");
  await stack.up(() => {
    const args = { connection: given.connection, create: "sleep 3; echo done" };
    new remote.Command("long", args, { customTimeouts: { create: "1s" } });
  });
  expect(stack.outputs("long").stdout).toBe("done");
});

test("dialling ends when the time is up, whatever dialErrorLimit says", async () => {
  const stack = await Stack.start("no-answer");
  const outcome = await stack.tryUp(() => {
    // Nothing listens there.
    const connection = { ...given.connection, port: 23, dialErrorLimit: -1 };
    const args = { connection, create: "true" };
    new remote.Command("unreachable", args, { customTimeouts: { create: "2s" } });
  });
  const [{ message }] = said(outcome, "unreachable", "lasting");
  expect(message).toMatch(/context deadline exceeded/);
});

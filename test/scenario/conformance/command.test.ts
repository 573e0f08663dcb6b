import { remote } from "@pulumi/command";
import { useHost } from "./host";
import { said, steps, Stack } from "../../support/stack";

const given = useHost();

/** A command on the host with the arguments that a test is about. */
function command(name: string, args: Omit<remote.CommandArgs, "connection">): remote.Command {
  return new remote.Command(name, { connection: given.connection, ...args });
}

/** A shell command that leaves a word on the host. */
function leave(word: string): string {
  return `echo ${word} >> /root/left`;
}

/** The words left on the host since the last look. */
async function left(): Promise<string[]> {
  const words = await given.host.run("cat /root/left 2>/dev/null || true; rm -f /root/left");
  return words.split("\n").filter((word) => word !== "");
}

describe("create", () => {
  test("runs the command; the outputs are what it printed and all inputs", async () => {
    const stack = await Stack.start("create");
    await stack.up(() => {
      command("printing", { create: "printf 'out\\n\\n'; printf 'err\\n' >&2", delete: "true" });
      command("stdin", { create: "cat", stdin: "a line\nand one without an end" });
      command("empty-stdin", { create: "cat; echo end", stdin: "" });
      command("no-stdin", { create: "cat; echo end" });
      command("terminal", { create: "tty || true" });
      command("nothing", { update: leave("wrong"), delete: "true" });
    });
    expect(stack.outputs("printing")).toMatchObject({
      stdout: "out\n",
      stderr: "err",
      create: "printf 'out\\n\\n'; printf 'err\\n' >&2",
      delete: "true",
    });
    expect(stack.outputs("stdin").stdout).toBe("a line\nand one without an end");
    expect(stack.outputs("empty-stdin").stdout).toBe("end");
    expect(stack.outputs("no-stdin").stdout).toBe("end");
    expect(stack.outputs("terminal").stdout).toBe("not a tty");
    expect(stack.outputs("nothing")).toMatchObject({ stdout: "", stderr: "" });
    expect(await left()).toEqual([]);
  });

  test("that prints what is no UTF-8 has run, and is an error; on stderr of a failure it is not", async () => {
    const stack = await Stack.start("no-utf8");
    const printing = (create: string) => stack.tryUp(() => void command("bytes", { create }));
    const outcome = await printing(`${leave("run")}; printf 'a\\377b'`);
    expect(outcome.failure).toContain("string field contains invalid UTF-8");
    expect(stack.recorded("bytes")).toBeUndefined();
    expect(await left()).toEqual(["run"]);
    expect((await printing("printf 'a\\377b' >&2; exit 1")).failure).toContain("a\ufffdb");
  });

  test("gives an id of the name and eight hexadecimal digits", async () => {
    const stack = await Stack.start("id");
    await stack.up(() => void command("named", { create: "true" }));
    expect(stack.recorded("named")?.id).toMatch(/^named[0-9a-f]{8}$/);
  });

  test("that fails is not recorded, and runs again", async () => {
    const stack = await Stack.start("create-fails");
    const program = (): void => {
      command("failing", { create: `${leave("run")}; echo out; echo "err" >&2; exit 3` });
    };
    const first = await stack.tryUp(program);
    expect(first.failure).toContain("Process exited with status 3");
    expect(stack.recorded("failing")).toBeUndefined();
    await stack.tryUp(program);
    expect(await left()).toEqual(["run", "run"]);
  });
});

describe("a failure", () => {
  test("shows the whole command and both streams, and not its stdin", async () => {
    const stack = await Stack.start("failure");
    const text = 'echo first\nsleep 0.3; echo "second" >&2; sleep 0.3; echo third; exit 3';
    const outcome = await stack.tryUp(() => {
      command("failing", { create: text, stdin: "only the host reads this" });
    });
    const [error] = said(outcome, "failing", "lasting").map(({ message }) => message);
    const quoted = '"echo first\\nsleep 0.3; echo \\"second\\" >&2; sleep 0.3; echo third; exit 3"';
    expect(error).toContain(
      `Process exited with status 3: running ${quoted}:\nfirst\nsecond\nthird`,
    );
    expect(outcome.failure).not.toContain("only the host reads this");
  });

  test("by a signal names it", async () => {
    const stack = await Stack.start("signal");
    const outcome = await stack.tryUp(() => void command("killed", { create: "kill -TERM $$" }));
    expect(outcome.failure).toContain("Process exited with status 143 from signal TERM: running");
  });
});

describe("preview", () => {
  test("runs nothing", async () => {
    const stack = await Stack.start("preview");
    await stack.preview(() => void command("only-previewed", { create: leave("wrong") }));
    expect(await left()).toEqual([]);
  });

  test("of a create or an update leaves what is printed unknown, and inputs known", async () => {
    const stack = await Stack.start("preview-unknown");
    const program = (stdin: string) => () => {
      const first = command("first", { create: "cat", stdin });
      command("second", { create: "cat", stdin: first.stdout });
      command("third", { create: "cat", stdin: first.create.apply((text) => `${text}!`) });
    };
    const create = await stack.previewText(program("a"), { diff: true });
    expect(create).toMatch(/::second\][^]*stdin *: \[unknown\]/);
    expect(create).toMatch(/::third\][^]*stdin *: "cat!"/);
    await stack.up(program("a"));
    expect(steps(await stack.preview(program("b")))).toEqual(["update first", "update second"]);
    const update = await stack.previewText(program("b"), { diff: true });
    expect(update).toContain('~ stdin: "a" => [unknown]');
  });
});

describe("update", () => {
  test("runs for any changed input, in place, and keeps the id", async () => {
    const stack = await Stack.start("update");
    await stack.up(() => {
      command("with-update", { create: leave("create"), update: leave("update"), stdin: "a" });
      command("without", { create: "echo $LC_WORD", environment: { LC_WORD: "a" } });
      command("only-delete", { create: leave("again"), delete: "true" });
      command("nothing-to-run", { stdin: "a" });
      command("rotated", { create: leave("rotated") });
    });
    await left();
    const id = stack.recorded("with-update")?.id;
    const outcome = await stack.up(() => {
      command("with-update", { create: leave("create"), update: leave("update"), stdin: "b" });
      command("without", { create: "echo $LC_WORD", environment: { LC_WORD: "b" } });
      command("only-delete", { create: leave("again"), delete: "echo" });
      command("nothing-to-run", { stdin: "b" });
      const connection = { ...given.connection, dialErrorLimit: 11 };
      new remote.Command("rotated", { connection, create: leave("rotated") });
    });
    expect(steps(outcome).sort()).toEqual([
      "update nothing-to-run",
      "update only-delete",
      "update rotated",
      "update with-update",
      "update without",
    ]);
    expect((await left()).sort()).toEqual(["again", "rotated", "update"]);
    expect(stack.recorded("with-update")?.id).toBe(id);
    expect(stack.outputs("without").stdout).toBe("b");
  });

  test("that fails keeps the old inputs, and runs again", async () => {
    const stack = await Stack.start("update-fails");
    const program = (stdin: string) => () => {
      command("failing", { create: "true", update: `${leave("run")}; exit 1`, stdin });
    };
    await stack.up(program("a"));
    expect((await stack.tryUp(program("b"))).failure).toContain("Process exited with status 1");
    expect(stack.recorded("failing")?.inputs.stdin).toBe("a");
    await stack.tryUp(program("b"));
    expect(await left()).toEqual(["run", "run"]);
  });

  test("gets the output of the last run in its environment, unless told otherwise", async () => {
    const stack = await Stack.start("previous-output");
    const program = (stdin: string) => () => {
      const create = "echo word; env | grep -c ^PULUMI_COMMAND || true";
      command("asking", { create, stdin });
      command("not-asking", { create, stdin, addPreviousOutputInEnv: false });
    };
    await stack.up(program("a"));
    const outcome = await stack.up(program("b"));
    const [warning] = said(outcome, "asking", "lasting");
    expect(warning?.severity).toBe("warning");
    expect(warning?.message).toContain("Unable to set 'PULUMI_COMMAND_STDOUT'.");
    expect(said(outcome, "not-asking", "lasting")).toEqual([]);
    // The host's sshd accepts no such variable.
    expect(stack.outputs("asking").stdout).toBe("word\n0");
  });
});

describe("delete", () => {
  test("runs the old command with the old stdin", async () => {
    const stack = await Stack.start("delete");
    const program = (stdin: string) => () => {
      command("kept", { delete: "cat >> /root/left", stdin: `kept-${stdin}\n` });
      if (stdin === "a") {
        command("gone", { delete: "cat >> /root/left", stdin: "gone\n" });
        command("silent", { create: "true" });
      }
    };
    await stack.up(program("a"));
    expect(steps(await stack.up(program("b"))).sort()).toEqual([
      "delete gone",
      "delete silent",
      "update kept",
    ]);
    expect(await left()).toEqual(["gone"]);
    await stack.destroy();
    expect(await left()).toEqual(["kept-b"]);
  });
});

describe("triggers", () => {
  test("alone replace: create runs, then the old delete", async () => {
    const stack = await Stack.start("triggers");
    const program = (trigger: string) => () => {
      command("triggered", {
        create: leave(`create-${trigger}`),
        update: leave("wrong"),
        delete: leave(`delete-${trigger}`),
        triggers: ["fixed", trigger],
      });
    };
    await stack.up(program("a"));
    const outcome = await stack.up(program("b"));
    expect(steps(outcome)).toEqual([
      "create-replacement triggered",
      "replace triggered",
      "delete-replaced triggered",
    ]);
    expect(await left()).toEqual(["create-a", "create-b", "delete-a"]);
  });
});

describe("refresh", () => {
  test("learns nothing", async () => {
    const stack = await Stack.start("refresh");
    await stack.up(() => void command("made", { create: "echo made > /root/made" }));
    await given.host.run("rm /root/made");
    expect(steps(await stack.refresh())).toEqual(["refresh made"]);
    expect(stack.outputs("made")).toMatchObject({ create: "echo made > /root/made", stdout: "" });
  });
});

describe("environment", () => {
  test("reaches the command where the server accepts the name, and fails where not", async () => {
    const stack = await Stack.start("environment");
    const outcome = await stack.tryUp(() => {
      command("accepted", { create: "echo $LC_WORD", environment: { LC_WORD: 'it\'s "so"' } });
      command("refused", { create: leave("wrong"), environment: { FOREIGN: "a" } });
    });
    expect(stack.outputs("accepted").stdout).toBe('it\'s "so"');
    expect(outcome.failure).toContain('could not set environment variable "FOREIGN"');
    expect(await left()).toEqual([]);
  });
});

describe("logging", () => {
  test("shows the lines of the chosen streams while the command runs", async () => {
    const stack = await Stack.start("logging");
    const create = "echo out; sleep 0.3; echo err >&2";
    const outcome = await stack.up(() => {
      command("both", { create });
      command("only-stdout", { create, logging: "stdout" });
      command("only-stderr", { create, logging: "stderr" });
      command("also-both", { create, logging: "stdoutAndStderr" });
      command("none", { create, logging: "none" });
    });
    const live = (name: string): string[] =>
      said(outcome, name, "live").map(({ severity, message }) => `${severity} ${message}`);
    expect(live("both")).toEqual(["info out", "info err"]);
    expect(live("only-stdout")).toEqual(["info out"]);
    expect(live("only-stderr")).toEqual(["info err"]);
    expect(live("also-both")).toEqual(["info out", "info err"]);
    expect(live("none")).toEqual([]);
    // Nothing is lost by it.
    expect(stack.outputs("none")).toMatchObject({ stdout: "out", stderr: "err" });
  });
});

import { createHost, destroyAllHosts } from "../../stand-ins/hosts";
import { DriftDetection, type RootlessDockerHostArgs } from "../../index";
import { type ComponentArgs, HostStack } from "../support/hostStack";

// What previews say of advisories, of a host that an `up` has made. Facts are those of that `up`.

let installation: HostStack;
const wishes: ComponentArgs = {
  account: { name: "app" },
  daemon: { "log-driver": "json-file", "log-level": "info" },
  operations: { driftDetection: DriftDetection.None },
};

beforeAll(async () => {
  const host = await createHost({ suite: "trixie" });
  installation = await HostStack.on(host, "advisories");
  await installation.up(wishes);
});
afterAll(destroyAllHosts);

/** Lines at the end of a preview that are about the row: while it runs, it shows each of them, too. */
async function said(args: Partial<RootlessDockerHostArgs>): Promise<string[]> {
  const program = installation.program({ ...wishes, ...args });
  const text = await installation.stack.previewText(program, { diff: false });
  const [, diagnostics = ""] = text.split("Diagnostics:");
  return diagnostics
    .split("\n")
    .filter((line) => line.includes("logs-without-limit"))
    .map((line) => line.trim().replace(/ affects .*/, " affects"));
}

test("nothing changes: one line warns", async () => {
  expect(await said({})).toEqual(["warning: logs-without-limit affects"]);
});

test("the steps change, and what they reported before is used", async () => {
  expect(await said({ operations: { recheck: "again" } })).toEqual([
    "warning: logs-without-limit affects",
  ]);
});

test("the program has fixed it: nothing is said before the up, too", async () => {
  expect(await said({ daemon: { "log-level": "info" } })).toEqual([]);
});

test("it is accepted: one line says so", async () => {
  expect(await said({ acceptedAdvisories: ["logs-without-limit"] })).toEqual([
    expect.stringMatching(/advisories that are accepted: logs-without-limit \(/),
  ]);
});

import * as pulumi from "@pulumi/pulumi";
import { RootlessDockerHost, type RootlessDockerHostArgs } from "../../../index";
import { advisoriesInWords, expectHost } from "../../../src/changes/advisories";
import { EarlierReports } from "../../../src/changes/earlierReports";
import { runProgram, type RunOptions, valueOf } from "../mocks";
import { usual } from "./create";

const warns = { ...usual, daemon: { "live-restore": true } } satisfies RootlessDockerHostArgs;
const known: RunOptions = { preview: true, unchanged: true };

/** Components of one program, by name, and what the preview says. */
async function preview(all: Record<string, RootlessDockerHostArgs>, options = known) {
  const program = () => {
    const stack = new pulumi.ComponentResource("pulumi:pulumi:Stack", "project-stack");
    for (const [name, args] of Object.entries(all))
      new RootlessDockerHost(name, args, { parent: stack });
    return stack;
  };
  return runProgram(program, options);
}

test("a preview warns once of what affects several hosts, and names them in order", async () => {
  const { warnings, infos } = await preview({ web: warns, db: warns, ci: usual });
  expect(warnings).toEqual([
    expect.stringMatching(/^live-restore affects db, web: live-restore does not work/),
  ]);
  expect(infos).toEqual([]);
});

test("an unknown advisory does not warn, nor does a clean host", async () => {
  const { warnings, infos, value } = await preview({ web: usual });
  expect([...warnings, ...infos]).toEqual([]);
  const [host] = [
    ...(value as unknown as { __childResources: Set<RootlessDockerHost> }).__childResources,
  ];
  const listed = (await valueOf(host.advisories)) ?? [];
  expect(listed.map(({ id, status }) => [id, status])).toEqual([
    ["udp-client-addresses", "unknown"],
  ]);
});

test("an accepted advisory is not warned of: one line says which are accepted, and where", async () => {
  const accepted = { ...warns, acceptedAdvisories: ["live-restore"] };
  const { warnings, infos } = await preview({ web: accepted, db: accepted, ci: warns });
  expect(warnings).toEqual([expect.stringMatching(/^live-restore affects ci: /)]);
  expect(infos).toEqual(["advisories that are accepted: live-restore (db, web)"]);
});

test("a host that never reported says nothing, and does not keep the others waiting", async () => {
  const { warnings } = await preview({ web: warns }, { preview: true });
  expect(warnings).toEqual([]);
});

test("a report that cannot be read does not keep the others waiting, nor ends the preview", async () => {
  const { warnings } = await preview(
    { web: warns },
    { ...known, stdout: { machine: "Welcome!", daemon: "Welcome!" } },
  );
  expect(warnings.filter((line) => line.includes(" affects "))).toEqual([]);
});

test("an up says nothing: the output has it", async () => {
  const { warnings, infos } = await preview({ web: warns }, { ...known, preview: false });
  expect([...warnings, ...infos]).toEqual([]);
});

test("an input that is not known yet does not keep a preview waiting", async () => {
  const daemon = pulumi.output({ "live-restore": true });
  const later = Object.assign(daemon, { isKnown: Promise.resolve(false) });
  const { warnings } = await preview({ web: { ...usual, daemon: later }, db: warns });
  expect(warnings).toEqual([expect.stringMatching(/^live-restore affects db: /)]);
});

describe("the words", () => {
  const advisory = {
    ...{ id: "a", title: "A title", status: "affected", evidence: "e" },
    ...{ meaning: "A meaning.", fix: "a fix", source: "https://s.example", accepted: false },
  };

  test("have the same order whichever host tells first", () => {
    const one = { host: "one", advisories: [advisory, { ...advisory, id: "B" }] };
    const two = { host: "two", advisories: [{ ...advisory, id: "B" }, advisory] };
    expect(advisoriesInWords([one, two])).toEqual(advisoriesInWords([two, one]));
    expect(advisoriesInWords([one, two]).warnings).toEqual([
      expect.stringMatching(/^B affects one, two: /),
      "a affects one, two: A title. A meaning. To fix: a fix. See https://s.example. To accept it, name it in acceptedAdvisories; after a fix on the host itself, a new operations.recheck asks the host again",
    ]);
  });
});

test("two programs of one process that run at once: each says its own hosts, once", () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  const advisory = {
    ...{ id: "a", title: "A title", status: "affected", evidence: "e" },
    ...{ meaning: "A meaning.", fix: "a fix", source: "https://s.example", accepted: false },
  };
  const affects = () => warn.mock.calls.map(([line]) => line.replace(/:.*/, ""));
  const [one, two] = [{}, "127.0.0.1:1234"];
  const [first, second, other] = [expectHost(one), expectHost(one), expectHost(two)];
  first({ host: "first", advisories: [advisory] });
  expect(affects()).toEqual([]);
  other({ host: "other", advisories: [advisory] });
  second({ host: "second", advisories: [advisory] });
  expectHost(one)({ host: "late", advisories: [advisory] });
  expect(affects()).toEqual(["a affects other", "a affects first, second", "a affects late"]);
});

test("of a step that changes: what it reported before, also as a secret; of a new one nothing", async () => {
  const earlier = new EarlierReports();
  const args = { urn: "", id: "", name: "", type: "" } as unknown as pulumi.ResourceHookArgs;
  earlier.note("machine", { ...args, oldOutputs: { stdout: "a report" } });
  earlier.note("daemon", args);
  expect(await earlier.of("machine")).toBe("a report");
  expect(await earlier.of("daemon")).toBeUndefined();
});

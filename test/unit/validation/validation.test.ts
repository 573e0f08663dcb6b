import fc from "fast-check";
import { Inputs } from "../../../src/inputs";
import { cases, judge } from "../../support/fuzz/cases";
import { inputPaths } from "../../support/inputPaths";
import * as account from "./account";
import { problemsOf, type Refused, withValue } from "../../support/arguments";
import * as connection from "./connection";
import * as daemon from "./daemon";
import * as machine from "./machine";
import * as registries from "./registries";
import * as tcpSocket from "./tcpSocket";

const rooms = [connection, account, machine, daemon, registries, tcpSocket];
const options =
  "connection, account, engine, rootfulDocker, privilegedPorts, kernel, daemon, network, onDestroy, environment, registryAuth, tcpSocket, acceptedAdvisories, registryCertificates, registryCredentialHelpers, unitOverrides, prune, storageDriver, agentTransfer, operations";
const refused: Refused[] = [
  ["conection", {}, `no such option; did you mean connection? The options are ${options}`],
  [
    "storage_driver",
    "auto",
    `no such option; did you mean storageDriver? The options are ${options}`,
  ],
  ["unitOverride", {}, `no such option; did you mean unitOverrides? The options are ${options}`],
  ["memory", "4G", `no such option; use ${options}`],
  ...rooms.flatMap((room) => room.refused),
];

/** A row's title: JSON knows fewer values than there are here. */
const shown = (value: unknown): string => {
  const json = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "bigint" || typeof part === "number" ? String(part) : part,
  ) as string | undefined;
  return (json ?? String(value)).slice(0, 80);
};

describe("what is wrong, and what to do", () => {
  test.each(refused.map((row) => [row[0], shown(row[1]), row] as const))(
    "%s: %s",
    (_path, _value, [path, value, reason, where = path]) => {
      const problems = problemsOf(withValue(path, value));
      expect(problems).toContain(`${where.split(",")[0]}: ${reason}`);
      const paths = problems.map((problem) => problem.slice(0, problem.indexOf(": ")));
      expect(paths).toEqual(where.split(","));
    },
  );

  test.each(
    rooms.flatMap((room) => room.accepted).map((row) => [row[0], shown(row[1]), row] as const),
  )("%s: %s is right", (_path, _value, [path, value]) => {
    expect(problemsOf(withValue(path, value))).toEqual([]);
  });

  test("every input of the schema has a row", () => {
    const paths = new Set(refused.map(([path]) => path));
    expect(inputPaths().filter((path) => !paths.has(path))).toEqual([]);
  });
});

test("an object that holds itself is refused like any other wrong value", () => {
  const options: Record<string, unknown> = {};
  options.self = options;
  const args = { connection: { host: "h" }, daemon: { "log-opts": options } };
  expect(() => new Inputs(args)).toThrow(
    "daemon.log-opts: has a value that JSON cannot represent exactly",
  );
});

test("hostile values of every option: refused where they are, in one line each, or ready to go", () => {
  let refusals = 0;
  fc.assert(
    fc.property(cases, (one) => {
      if (judge(one).refused) refusals++;
    }),
    { numRuns: 2000 },
  );
  // Neither way may starve: a test of nothing would pass.
  expect(refusals / 2000).toBeGreaterThan(0.2);
  expect(refusals / 2000).toBeLessThan(0.8);
});

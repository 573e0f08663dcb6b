import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as account from "./account";
import { problemsOf, type Refused, withValue } from "./arguments";
import * as connection from "./connection";
import * as daemon from "./daemon";
import * as machine from "./machine";

const rooms = [connection, account, machine, daemon];
const options =
  "connection, account, subordinateIds, engine, rootfulDocker, privilegedPorts, unprivilegedPing, sysctls, kernelModuleOptions, appArmorProfile, resourceControllers, daemon, network, onDestroy, environment, storageDriver, privilegeEscalation, recheck, takeOver";
const refused: Refused[] = [
  ["conection", {}, `no such option; use ${options}`],
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

interface Properties {
  [name: string]: { $ref?: string };
}
interface Schema {
  resources: Record<string, { inputProperties: Properties }>;
  types: Record<string, { properties?: Properties }>;
}

/** Every option by its path, such as `connection.proxy.host`. */
function inputPaths(): string[] {
  const file = join(__dirname, "../../schema/schema.json");
  const { resources, types } = JSON.parse(readFileSync(file, "utf8")) as Schema;
  const pathsOf = (properties: Properties, prefix: string): string[] =>
    Object.entries(properties).flatMap(([name, { $ref = "" }]) => {
      const inside = types[$ref.replace("#/types/", "")]?.properties;
      return [prefix + name, ...(inside ? pathsOf(inside, `${prefix}${name}.`) : [])];
    });
  return Object.values(resources).flatMap((one) => pathsOf(one.inputProperties, ""));
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { correctSchema } from "../../src/plugin/correctSchema";
import manifest from "../../package.json";
import { breaks, type Schema } from "./breaks";
import { recordedFile, recordedVersions } from "./recorded";

// What programs of each earlier version say, and read, they may go on saying and reading. That the
// programs themselves compile is seen by `tsc`, which compiles `program.ts` of every version.
//
// 0.2.0 renamed the types of other languages' SDKs and made numbers whole, by one rule for all of them, and
// before the first release: earlier schemas are read by that rule. TypeScript's names stayed.
const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Schema;
const schemaOf = (version: string) =>
  correctSchema({ ...read(recordedFile(version, "schema.json")) }, manifest) as unknown as Schema;
// A unit test holds this file to what the engine gets from the sources.
const now = read(join(__dirname, "../../testkit/schema.json"));

/** Before the first release, rows of the output limitations were renamed: evidence and fix. */
const onPurpose = ["Limitation.fact", "Limitation.mend"].flatMap((name) => [
  `${name} is gone`,
  `${name} may be missing now`,
]);

test.each(recordedVersions())("programs of %s still fit the schema", (version) => {
  const found = breaks(schemaOf(version), now);
  expect(found.filter((one) => !onPurpose.includes(one))).toEqual([]);
});

const component = "rootless-docker:index:RootlessDockerHost";
const type = (name: string) => `rootless-docker:index:${name}`;

function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

test.each<[string, (schema: Schema) => void, string]>([
  [
    "an input that is gone",
    ({ resources }) => delete resources[component].inputProperties.sysctls,
    "input sysctls is gone",
  ],
  [
    "an input of another type",
    ({ resources }) => (resources[component].inputProperties.storageDriver = { type: "string" }),
    "input storageDriver was StorageDriver, is string",
  ],
  [
    "a list of something else",
    ({ resources }) =>
      (resources[component].inputProperties.resourceControllers.items = { type: "integer" }),
    "input resourceControllers was array of string, is array of integer",
  ],
  [
    "an input that is required now",
    ({ resources }) => resources[component].requiredInputs.push("account"),
    "input account is required now",
  ],
  [
    "a field that is required now",
    ({ types }) => types[type("Account")].required?.push("name"),
    "Account.name is required now",
  ],
  [
    "a field of another name",
    ({ types }) => delete types[type("SshConnection")].properties?.privateKey,
    "SshConnection.privateKey is gone",
  ],
  [
    "a value of an enum that is gone",
    ({ types }) => types[type("PrivilegedPorts")].enum?.pop(),
    "value PrivilegedPorts.Sysctl is gone",
  ],
  [
    "an output that is gone",
    ({ resources }) => delete resources[component].properties.socket,
    "output socket is gone",
  ],
  [
    "a field of an output that may be missing",
    ({ types }) => types[type("AccountInfo")].required?.splice(0, 1),
    "AccountInfo.gid may be missing now",
  ],
  [
    "a type that is gone",
    (schema) => (schema.types = without(schema.types, type("IdRange"))),
    "type IdRange is gone",
  ],
  [
    "the component under another token",
    (schema) => (schema.resources = without(schema.resources, component)),
    `${component} is gone`,
  ],
])("%s is found", (_name, change, line) => {
  const [version] = recordedVersions();
  const changed = schemaOf(version);
  change(changed);
  expect(breaks(schemaOf(version), changed)).toContain(line);
});

test("what is new and not required is no break", () => {
  const [version] = recordedVersions();
  const changed = schemaOf(version);
  changed.resources[component].inputProperties.more = { type: "string" };
  changed.resources[component].properties.more = { type: "string" };
  changed.types[type("Account")].properties = {
    ...changed.types[type("Account")].properties,
    more: { type: "string" },
  };
  changed.types[type("IdRange")].required?.push("more");
  changed.types[type("PrivilegedPorts")].enum?.push({ name: "More", value: "More" });
  expect(breaks(schemaOf(version), changed)).toEqual([]);
});

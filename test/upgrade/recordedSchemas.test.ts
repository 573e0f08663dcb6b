import { readFileSync } from "node:fs";
import { join } from "node:path";
import { breaks, type Schema } from "./breaks";
import { recordedFile, recordedVersions } from "./recorded";

// What programs of each earlier version say, and read, they may go on saying and reading. That the
// programs themselves compile is seen by `tsc`, which compiles `program.ts` of every version.

const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Schema;
// A unit test holds this file to what the engine gets from the sources.
const now = () => read(join(__dirname, "../../schema.json"));

/** The versions that CHANGELOG.md gives a date. There is none before the first release. */
const released = [
  ...readFileSync(join(__dirname, "../../CHANGELOG.md"), "utf8").matchAll(
    /^## \[(\d+\.\d+\.\d+)\] - /gm,
  ),
].map(([, version]) => `v${version}`);

test("each version that was released is recorded, and programs of it still fit the schema", () => {
  expect(recordedVersions().sort()).toEqual(released.sort());
  for (const version of released)
    expect([version, breaks(read(recordedFile(version, "schema.json")), now())]).toEqual([
      version,
      [],
    ]);
});

const component = "rootless-docker:index:RootlessDockerHost";
const type = (name: string) => `rootless-docker:index:${name}`;

function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

test.each<[string, (schema: Schema) => void, string]>([
  [
    "an input that is gone",
    ({ resources }) => delete resources[component].inputProperties.kernel,
    "input kernel is gone",
  ],
  [
    "an input of another type",
    ({ resources }) => (resources[component].inputProperties.storageDriver = { type: "boolean" }),
    "input storageDriver was string, is boolean",
  ],
  [
    "a list of something else",
    ({ resources }) =>
      (resources[component].inputProperties.registryAuth.items = { type: "integer" }),
    "input registryAuth was array of RegistryAuth, is array of integer",
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
    ({ resources }) => delete resources[component].properties.socketPath,
    "output socketPath is gone",
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
  const changed = now();
  change(changed);
  expect(breaks(now(), changed)).toContain(line);
});

test("what is new and not required is no break", () => {
  const changed = now();
  changed.resources[component].inputProperties.more = { type: "string" };
  changed.resources[component].properties.more = { type: "string" };
  changed.types[type("Account")].properties = {
    ...changed.types[type("Account")].properties,
    more: { type: "string" },
  };
  changed.types[type("IdRange")].required?.push("more");
  changed.types[type("PrivilegedPorts")].enum?.push({ name: "More", value: "More" });
  expect(breaks(now(), changed)).toEqual([]);
});

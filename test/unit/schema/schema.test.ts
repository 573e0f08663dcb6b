import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as exported from "../../../index";
import type { RootlessDockerHostArgs } from "../../../index";
import { Inputs } from "../../../src/inputs";
import { inputsPage } from "../../../scripts/inputsPage";
import { type Property, readableSchema } from "../../../scripts/readableSchema";
import { readableRegistrySchema } from "../../../scripts/registrySchema";

interface ObjectType {
  description?: string;
  properties?: Record<string, Property>;
  required?: string[];
  enum?: { name: string; value: string; description?: string }[];
}

interface Schema {
  resources: Record<
    string,
    {
      description: string;
      inputProperties: Record<string, Property>;
      properties: Record<string, Property>;
      requiredInputs: string[];
      isComponent: boolean;
    }
  >;
  types: Record<string, ObjectType>;
}

const token = "rootless-docker:index:RootlessDockerHost";
let text: string;
let schema: Schema;
beforeAll(async () => {
  text = await readableSchema();
  schema = JSON.parse(text) as Schema;
});

test.each<[string, () => string | Promise<string>]>([
  ["schema.json", readableRegistrySchema],
  ["docs/inputs.md", () => inputsPage(text)],
])("%s is what `npm run schema` writes", async (file, write) => {
  expect(await write()).toBe(readFileSync(join(__dirname, "../../..", file), "utf8"));
});

test("has the one component, and the connection as its only required input", () => {
  expect(Object.keys(schema.resources)).toEqual([token]);
  expect(schema.resources[token].isComponent).toBe(true);
  expect(schema.resources[token].requiredInputs).toEqual(["connection"]);
});

test("only the Registry's copy has a logo and the plugin's address", async () => {
  expect(schema).not.toHaveProperty("logoUrl");
  expect(schema).not.toHaveProperty("pluginDownloadURL");
  expect(JSON.parse(await readableRegistrySchema())).toMatchObject({
    logoUrl: expect.any(String) as string,
    pluginDownloadURL: expect.any(String) as string,
  });
});

/** Every property of every type, inputs and outputs alike, by its path. */
function properties(): [path: string, property: Property][] {
  const { inputProperties, properties: outputs } = schema.resources[token];
  return [
    ...Object.entries(inputProperties).map(([name, p]): [string, Property] => [`in ${name}`, p]),
    ...Object.entries(outputs).map(([name, p]): [string, Property] => [`out ${name}`, p]),
    ...Object.entries(schema.types).flatMap(([type, { properties: fields = {} }]) =>
      Object.entries(fields).map(([name, p]): [string, Property] => [`${type}.${name}`, p]),
    ),
  ];
}

// The SDK's inference leaves out what the documentation of a type itself says.
test("every property and every value of an enum says what it is", () => {
  const silent = properties().filter(([, { description }]) => !description);
  expect(silent.map(([path]) => path)).toEqual([]);
  const values = Object.entries(schema.types).flatMap(([name, type]) =>
    (type.enum ?? []).filter(({ description }) => !description).map((v) => `${name}.${v.name}`),
  );
  expect(values).toEqual([]);
});

test("descriptions are for every language: no arrow functions, and no spread", () => {
  const odd = properties().filter(([, { description }]) =>
    /=> ?\(|\.\.\.\w+,|\.apply\(/.test(description ?? ""),
  );
  expect(odd.map(([path]) => path)).toEqual([]);
});

test("every optional property of an input says its default, and no other does", () => {
  const outputs = JSON.stringify(schema.resources[token].properties);
  const isOutput = (path: string) =>
    path.startsWith("out ") || outputs.includes(`#/types/${path.replace(/\.\w+$/, "")}"`);
  const wrong = properties().filter(
    ([path, { optional, description }]) =>
      !isOutput(path) && Boolean(optional) !== /\bDefaults\s+to\b/.test(description ?? ""),
  );
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test("every input may be an Output, but one that decides on a child's type", () => {
  const plain = properties().filter(([, property]) => property.plain);
  expect(plain.map(([path]) => path)).toEqual(["in agentTransfer"]);
});

test("no type ends in Args, which the SDKs put there themselves; every number but processors is whole", () => {
  expect(Object.keys(schema.types).filter((name) => name.endsWith("Args"))).toEqual([]);
  expect(text.match(/"(\w+)": \{\s+"type": "number"/g)).toEqual([
    expect.stringMatching(/^"cpus"/) as string,
  ]);
  expect(text.match(/"number"/g)).toHaveLength(1);
});

test("only values of daemon.json and of the unit's directives may be anything", () => {
  const anything = properties().filter(([, property]) =>
    JSON.stringify(property).includes("#/Any"),
  );
  expect(anything.map(([path]) => path)).toEqual(["in daemon", "in unitOverrides"]);
});

test("every value of a fixed list may be a text, in every language", () => {
  const enums = Object.entries(schema.types).filter(([, type]) => type.enum);
  const isEnum = ({ $ref }: Property) => enums.some(([name]) => $ref === `#/types/${name}`);
  const given = properties().map(([path, { items, ...p }]) => [path, items ?? p] as const);
  expect(given.filter(([, property]) => isEnum(property))).toEqual([]);
  const either = given.filter(([, { oneOf }]) => oneOf?.some(isEnum));
  expect(new Set(either.map(([, { oneOf }]) => oneOf?.find(isEnum)?.$ref)).size).toBe(enums.length);
  for (const [, { oneOf }] of either) expect(oneOf?.[0]).toEqual({ type: "string" });
});

test("a TypeScript program writes the text, or the constant", () => {
  const args: RootlessDockerHostArgs = {
    connection: { host: "machine.example" },
    engine: { source: "docker-repository", plugins: ["buildx", exported.EnginePlugin.Compose] },
    rootfulDocker: pulumi.output("keep" as const),
    storageDriver: exported.StorageDriver.Vfs,
  };
  expect(new Inputs(args).atOnce(["engine", "storageDriver"])).toMatchObject({
    engine: { source: "docker-repository", plugins: ["buildx", "compose"] },
    storageDriver: "vfs",
  });
});

test("enums are those that TypeScript programs see, each value's name in Docker's spelling", () => {
  for (const [name, { enum: values }] of Object.entries(schema.types)) {
    if (!values) continue;
    const short = name.slice(name.lastIndexOf(":") + 1);
    const members = Object.fromEntries(values.map((member) => [member.name, member.value]));
    expect(exported[short as keyof typeof exported]).toEqual(members);
    for (const { name, value } of values)
      expect(name.replace(/(?<=[a-z\d])(?=[A-Z])/g, "-").toLowerCase()).toBe(value);
  }
});

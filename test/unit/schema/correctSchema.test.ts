import { correctSchema, type Manifest, type SchemaPart } from "../../../src/plugin/correctSchema";

const manifest: Manifest = {
  author: "Somebody",
  license: "MIT",
  homepage: "https://a.example/home",
  repository: { url: "git+https://b.example/some/repository.git" },
  keywords: ["one", "two"],
};
const token = (name: string) => `rootless-docker:index:${name}`;
const ref = (name: string) => ({ $ref: `#/types/${token(name)}` });

/** As inference writes it, with everything in it that is corrected. */
const inferred = (): SchemaPart => ({
  name: "rootless-docker",
  version: "1.2.3",
  resources: {
    [token("RootlessDockerHost")]: {
      inputProperties: { ids: ref("IdsArgs"), list: { type: "array", items: ref("EngineArgs") } },
      properties: { ids: ref("Ids"), info: ref("AccountInfo") },
    },
  },
  types: {
    [token("EngineArgs")]: {
      properties: {
        source: { ...ref("EngineSource"), description: "Where." },
        plugins: { type: "array", items: ref("EngineSource") },
      },
    },
    [token("EngineSource")]: { type: "string", enum: [{ name: "One", value: "One" }] },
    [token("IdsArgs")]: {
      properties: { count: { type: "number", optional: true }, cpus: { type: "number" } },
    },
    [token("Ids")]: { properties: { uids: { type: "array", items: { type: "number" } } } },
    [token("AccountInfo")]: { properties: { "number of it": { type: "string" } } },
  },
  language: { nodejs: { respectSchemaVersion: true }, go: { respectSchemaVersion: true } },
});
const corrected = () => correctSchema(inferred(), manifest);

test("types that a program writes lose Args; an output of that name becomes Info", () => {
  const { resources, types } = corrected() as { resources: SchemaPart; types: SchemaPart };
  expect(resources[token("RootlessDockerHost")]).toEqual({
    inputProperties: { ids: ref("Ids"), list: { type: "array", items: ref("Engine") } },
    properties: { ids: ref("IdsInfo"), info: ref("AccountInfo") },
  });
  expect(Object.keys(types)).toEqual(
    ["Engine", "EngineSource", "Ids", "IdsInfo", "AccountInfo"].map(token),
  );
});

test("numbers are whole, at any depth, except for processors", () => {
  const { types } = corrected() as { types: SchemaPart };
  expect(types).toMatchObject({
    [token("Ids")]: {
      properties: { count: { type: "integer", optional: true }, cpus: { type: "number" } },
    },
    [token("IdsInfo")]: { properties: { uids: { type: "array", items: { type: "integer" } } } },
  });
});

test("a value of a fixed list is a text or an enum's", () => {
  const { types } = corrected() as { types: SchemaPart };
  const either = { type: "string", oneOf: [{ type: "string" }, ref("EngineSource")] };
  expect(types[token("Engine")]).toEqual({
    properties: {
      source: { ...either, description: "Where." },
      plugins: { type: "array", items: either },
    },
  });
});

test("what package.json says of the package stands in it, and how each SDK is laid out", () => {
  expect(corrected()).toMatchObject({
    version: "1.2.3",
    publisher: "Somebody",
    license: "MIT",
    homepage: "https://a.example/home",
    repository: "https://b.example/some/repository",
    keywords: ["one", "two"],
    language: {
      nodejs: { respectSchemaVersion: true, packageName: "rootless-docker-sdk" },
      python: { pyproject: { enabled: true } },
      go: {
        respectSchemaVersion: true,
        importBasePath: "b.example/some/repository/sdk/go/rootlessdocker",
      },
    },
  });
  expect(corrected()).not.toHaveProperty("logoUrl");
});

test("a corrected schema stays as it is, and the inferred one is not changed", () => {
  const before = inferred();
  const once = correctSchema(before, manifest);
  expect(before).toEqual(inferred());
  expect(correctSchema(once, manifest)).toEqual(once);
});

import { EngineSource } from "../steps/engine/args";

/** What a package's schema takes from its package.json. */
export interface Manifest {
  author: string;
  license: string;
  homepage: string;
  repository: { url: string };
  keywords: string[];
}

/** A part of a schema: a mapping by name. */
export interface SchemaPart {
  [name: string]: unknown;
}

const prefix = "#/types/rootless-docker:index:";

/**
 * The schema as other languages are to see it, from the one that Pulumi infers from the TypeScript sources.
 * Inference takes type names and numbers as TypeScript has them, and knows nothing about the package.
 *
 * - `AccountArgs` becomes `Account`: the SDKs put `Args` behind the names of what a program writes. An output
 *   that has such a name already becomes `SubordinateIdsInfo`, like `AccountInfo`.
 * - Every number of this package is a whole one.
 * - `engine.source` is a text of any kind in TypeScript, as it always was; elsewhere it may be an EngineSource, too.
 *
 * Pure; a schema that is corrected already stays as it is.
 */
export function correctSchema(inferred: SchemaPart, manifest: Manifest): SchemaPart {
  const types = inferred.types as Record<string, SchemaPart>;
  const names = new Map(Object.keys(types).map((token) => [nameOf(token), token]));
  const corrected = withNames(inferred, (name) => {
    if (name.endsWith("Args")) return name.slice(0, -"Args".length);
    return names.has(`${name}Args`) ? `${name}Info` : name;
  }) as SchemaPart;
  const { types: correctedTypes, language, ...rest } = corrected;
  return {
    ...aboutPackage(manifest),
    ...rest,
    types: withEngineSource(correctedTypes as Record<string, SchemaPart>),
    language: withLanguages(language as Record<string, SchemaPart>, manifest),
  };
}

const nameOf = (token: string) => token.slice(token.lastIndexOf(":") + 1);

/** Renames types where they are defined and where they are used, and makes numbers whole. */
function withNames(part: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(part)) return part.map((one) => withNames(one, rename));
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (key === "$ref" && typeof value === "string" && value.startsWith(prefix))
        return [key, prefix + rename(value.slice(prefix.length))];
      if (key === "type" && value === "number") return [key, "integer"];
      if (key === "types") return [key, renamedTypes(value as SchemaPart, rename)];
      return [key, withNames(value, rename)];
    }),
  );
}

function renamedTypes(types: SchemaPart, rename: (name: string) => string): SchemaPart {
  return Object.fromEntries(
    Object.entries(types).map(([token, type]) => {
      const name = nameOf(token);
      return [token.slice(0, token.length - name.length) + rename(name), withNames(type, rename)];
    }),
  );
}

/** One line on each value: TypeScript's documentation of them is not inferred, since no input has this type. */
const engineSources: Record<EngineSource, string> = {
  [EngineSource.Distribution]: "The distribution's packages: docker.io and what it needs.",
  [EngineSource.DockerRepository]: "Docker's own packages, from its repository or a mirror of it.",
  [EngineSource.StaticArchive]: "Docker's static archives, a version for each account.",
  [EngineSource.Preinstalled]: "What is on the machine already; nothing is installed.",
};

function withEngineSource(types: Record<string, SchemaPart>): Record<string, SchemaPart> {
  const token = "rootless-docker:index:EngineSource";
  const engine = types["rootless-docker:index:Engine"];
  const properties = engine.properties as Record<string, SchemaPart>;
  const source = {
    ...properties.source,
    type: "string",
    oneOf: [{ type: "string" }, { $ref: `#/types/${token}` }],
  };
  const values = Object.entries(engineSources).map(([value, description]) => {
    return { name: value, value, description };
  });
  return {
    ...types,
    "rootless-docker:index:Engine": { ...engine, properties: { ...properties, source } },
    [token]: { type: "string", enum: values },
  };
}

function aboutPackage({ author, license, homepage, repository, keywords }: Manifest): SchemaPart {
  return {
    displayName: "Rootless Docker",
    publisher: author,
    license,
    homepage,
    repository: webAddress(repository),
    keywords,
  };
}

/** Beside what is inferred for all of them: that the SDK has the package's version. */
function withLanguages(
  inferred: Record<string, SchemaPart>,
  { repository }: Manifest,
): Record<string, SchemaPart> {
  const module = webAddress(repository).replace(/^https?:\/\//, "");
  const more: Record<string, SchemaPart> = {
    // `rootless-docker` is the package itself, which a TypeScript program can use as a library.
    nodejs: { packageName: "rootless-docker-sdk" },
    python: { pyproject: { enabled: true } },
    go: { importBasePath: `${module}/sdk/go/rootlessdocker`, generateResourceContainerTypes: true },
    csharp: { packageReferences: { Pulumi: "3.*" } },
    java: { buildFiles: "gradle" },
  };
  return Object.fromEntries(
    Object.entries(more).map(([name, section]) => [name, { ...inferred[name], ...section }]),
  );
}

/** The address of the repository's web page, from what package.json has of it. */
export const webAddress = ({ url }: Manifest["repository"]) =>
  url.replace(/^git\+/, "").replace(/\.git$/, "");

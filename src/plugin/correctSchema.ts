/** Fields that a package's schema takes from its package.json. */
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
 * - Every number of this package is a whole one, except for those in `fractions`.
 * - A value of a fixed list is a text or an enum's: else Python's and Go's types refuse the text.
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
  const enums = Object.entries(corrected.types as Record<string, SchemaPart>)
    .filter(([, type]) => type.enum)
    .map(([token]) => `#/types/${token}`);
  const { language, ...rest } = withTexts(corrected, new Set(enums)) as SchemaPart;
  return {
    ...aboutPackage(manifest),
    ...rest,
    language: withLanguages(language as Record<string, SchemaPart>, manifest),
  };
}

const nameOf = (token: string) => token.slice(token.lastIndexOf(":") + 1);

/** Inputs whose number may have a fraction. */
const fractions = new Set(["cpus"]);

/** Renames types where they are defined and where they are used, and makes numbers whole. */
function withNames(part: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(part)) return part.map((one) => withNames(one, rename));
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (key === "$ref" && typeof value === "string" && value.startsWith(prefix))
        return [key, prefix + rename(value.slice(prefix.length))];
      if (fractions.has(key)) return [key, value];
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

/** Lets a text stand wherever an enum's value may. Outputs have no enums. */
function withTexts(part: unknown, enums: ReadonlySet<unknown>): unknown {
  if (Array.isArray(part)) return part.map((one) => withTexts(one, enums));
  if (typeof part !== "object" || part === null) return part;
  const { $ref, ...rest } = part as SchemaPart;
  if (enums.has($ref)) return { ...rest, type: "string", oneOf: [{ type: "string" }, { $ref }] };
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key === "oneOf" ? value : withTexts(value, enums),
    ]),
  );
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

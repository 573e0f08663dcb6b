import { parse } from "yaml";
import type { Property } from "../readableSchema";
import type { Language } from "./page";
import type { ObjectType, Schema } from "./read";

// Holds the names in a program of another language against the schema, without that language's tools. It finds
// a name that does not exist, a value of another type, and a required input that is missing; no compiler's errors.

/** How a language writes what the SDK's generator makes of the schema's names. */
interface Syntax {
  /** What begins a value of one of the package's types. Its group is the type's name. */
  value: RegExp;
  /** What begins an argument. Its groups are the name and, of a value of the package, the type's name. */
  argument: RegExp;
  /** Where the program keeps the host. Its group is the variable. */
  host: RegExp;
  /** Names that only the package can have. The group is what follows the package. */
  member: RegExp;
  /** A property's name as the schema has it. */
  inSchema: (name: string) => string;
  /** Names of the package, beside those of its types. */
  members: (schema: Schema) => string[];
}

const camel = (name: string) =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const snake = (name: string) =>
  name.replace(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

const syntaxes: Partial<Record<Language, Syntax>> = {
  python: {
    value: /\brootless_docker\.(RootlessDockerHost|\w+Args)\(/g,
    argument: /(\w+)\s*=(?!=)\s*(?:rootless_docker\.(\w+)\()?/g,
    host: /^(\w+) = rootless_docker\.RootlessDockerHost\(/m,
    member: /\brootless_docker\.(\w+(?:\.[A-Z_]+)?)/g,
    inSchema: camel,
    members: (schema) => [
      "RootlessDockerHost",
      ...enumMembers(schema, (t, v) => `${t}.${upper(v)}`),
    ],
  },
  go: {
    value: /\brootlessdocker\.(\w+Args)\{/g,
    argument: /(\w+):\s*(?:rootlessdocker\.(\w+)\{)?/g,
    host: /(\w+), err := rootlessdocker\.NewRootlessDockerHost\(/,
    member: /\brootlessdocker\.(\w+)/g,
    inSchema: lowerFirst,
    members: (schema) => ["NewRootlessDockerHost", ...enumMembers(schema, (t, v) => t + v)],
  },
  csharp: {
    value: /\bnew (\w+Args)\s*\{/g,
    argument: /(\w+)\s*=(?![=>])\s*(?:new (\w+)\s*\{)?/g,
    host: /\bvar (\w+) = new RootlessDockerHost\(/,
    member: /\bnew (\w+Args)\b/g,
    inSchema: lowerFirst,
    members: () => [],
  },
  java: {
    value: /\b(\w+Args)\.builder\(\)/g,
    argument: /\.(\w+)\((?:(\w+)\.builder\(\))?/g,
    host: /\bvar (\w+) = new RootlessDockerHost\(/,
    member: /\bcom\.pulumi\.rootlessdocker\.(?:inputs\.)?(\w+)/g,
    inSchema: (name) => name,
    members: () => ["RootlessDockerHost"],
  },
};

const upper = (name: string) => snake(name).toUpperCase();

function enumMembers(
  { types }: Schema,
  written: (type: string, value: string) => string,
): string[] {
  return Object.entries(types).flatMap(([token, type]) =>
    (type.enum ?? []).map(({ name }) => written(shortName(token), name)),
  );
}

const shortName = (token: string) => token.slice(token.lastIndexOf(":") + 1);

/** What is wrong with the names in a program, a line each. */
export function nameProblems(language: Language, program: string, schema: Schema): string[] {
  if (language === "yaml") return yamlProblems(program, schema);
  if (language === "hcl") return hclProblems(program, schema);
  const syntax = syntaxes[language];
  return syntax ? callProblems(syntax, program, schema) : [];
}

function callProblems(syntax: Syntax, program: string, schema: Schema): string[] {
  const text = withoutTexts(program);
  const known = [...typeNames(schema).map((name) => `${name}Args`), ...syntax.members(schema)];
  const values = [...text.matchAll(syntax.value)];
  return [
    ...[...text.matchAll(syntax.member)]
      .map(([, member = ""]) => member)
      .filter((member) => !known.includes(member))
      .map((member) => `the package has no '${member}'`),
    ...values.flatMap((match) => {
      const [whole, type = ""] = match;
      return argumentProblems(syntax, type, bodyAt(text, match.index + whole.length), schema);
    }),
    ...hostProblems(syntax, text, schema),
  ];
}

function argumentProblems(syntax: Syntax, type: string, body: string, schema: Schema): string[] {
  const shape = shapeOf(type, schema);
  // Reported as a name that the package does not have.
  if (!shape) return [];
  const given = argumentsIn(syntax.argument, body).filter(({ name }) => name !== "build");
  const names = given.map(({ name }) => syntax.inSchema(name));
  return [
    ...unknownNames(type, names, shape),
    ...missingNames(type, names, shape),
    ...given.flatMap(({ name, type: valueType }) => {
      const property = shape.properties?.[syntax.inSchema(name)];
      if (!property || valueType === undefined) return [];
      const wanted = shortName(property.$ref ?? "");
      return `${wanted}Args` === valueType
        ? []
        : [`${type}: '${name}' is ${wanted || String(property.type)}, not ${valueType}`];
    }),
  ];
}

/** The arguments of a call or an object, without those of the values in it. */
function argumentsIn(
  argument: RegExp,
  body: string,
): { name: string; type?: string; at: number }[] {
  const depths = depthsOf(body);
  return [...body.matchAll(argument)]
    .filter((match) => depths[match.index] === 0)
    .map((match) => ({
      name: match[1] ?? "",
      type: match[2],
      at: match.index + match[0].length,
    }));
}

/** Finds where the program keeps the host, and holds what it reads of it against the outputs. */
function hostProblems(syntax: Syntax, text: string, schema: Schema): string[] {
  const [, variable] = syntax.host.exec(text) ?? [];
  if (variable === undefined) return ["it creates no RootlessDockerHost"];
  const reads = text.matchAll(new RegExp(`\\b${variable}\\.(\\w+)`, "g"));
  return outputProblems(
    [...reads].map(([, name = ""]) => syntax.inSchema(name)),
    schema,
  );
}

function outputProblems(names: string[], { resources }: Schema): string[] {
  const { properties } = Object.values(resources)[0];
  if (names.length === 0) return ["it exports no output of the host"];
  return names
    .filter((name) => !(name in properties))
    .map((name) => `the host has no output '${name}'`);
}

/** The parts that a value of this type has: those of the component's arguments, or of a type. */
function shapeOf(type: string, { resources, types }: Schema): ObjectType | undefined {
  const name = type.replace(/Args$/, "");
  const [resource] = Object.entries(resources).filter(([token]) => shortName(token) === name);
  if (resource) {
    const [, { inputProperties, requiredInputs }] = resource;
    return { properties: inputProperties, required: requiredInputs };
  }
  return Object.entries(types).find(([token]) => shortName(token) === name)?.[1];
}

const typeNames = ({ resources, types }: Schema) =>
  [...Object.keys(resources), ...Object.keys(types)].map(shortName);

function unknownNames(type: string, names: string[], { properties = {} }: ObjectType): string[] {
  return names.filter((name) => !(name in properties)).map((name) => `${type} has no '${name}'`);
}

function missingNames(type: string, names: string[], { required = [] }: ObjectType): string[] {
  return required
    .filter((name) => !names.includes(name))
    .map((name) => `${type} requires '${name}'`);
}

interface YamlProgram {
  resources?: Record<string, { type?: string; properties?: unknown }>;
  outputs?: Record<string, unknown>;
}

function yamlProblems(program: string, schema: Schema): string[] {
  const { resources = {}, outputs = {} } = (parse(program) ?? {}) as YamlProgram;
  const [token] = Object.keys(schema.resources);
  const hosts = Object.entries(resources).filter(([, { type }]) => type === token);
  if (hosts.length === 0) return [`it creates no ${token}`];
  return hosts.flatMap(([name, { properties }]) => {
    const reads = JSON.stringify(outputs).matchAll(new RegExp(`\\$\\{${name}\\.(\\w+)`, "g"));
    return [
      ...objectProblems(shortName(token), properties, schema),
      ...outputProblems(
        [...reads].map(([, output = ""]) => output),
        schema,
      ),
    ];
  });
}

/** An object of a parsed program, and the objects in it. */
function objectProblems(type: string, value: unknown, schema: Schema): string[] {
  const shape = shapeOf(type, schema) ?? {};
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  const names = entries.map(([name]) => name);
  return [
    ...unknownNames(type, names, shape),
    ...missingNames(type, names, shape),
    ...entries.flatMap(([name, part]) => {
      const ref = referenceOf(shape.properties?.[name]);
      return ref ? objectProblems(ref, part, schema) : [];
    }),
  ];
}

/** The name of the object type that a property has; undefined for texts, lists, maps and fixed values. */
function referenceOf(property: Property | undefined): string | undefined {
  return property?.$ref?.startsWith("#/types/") ? shortName(property.$ref) : undefined;
}

function hclProblems(program: string, schema: Schema): string[] {
  const [token] = Object.keys(schema.resources);
  const label = `${schema.name}_${snake(shortName(token))}`;
  const resource = new RegExp(`^resource "${label}" "(\\w+)" \\{`, "m");
  const found = resource.exec(program);
  if (!found) return [`it creates no resource '${label}'`];
  const [whole, name = ""] = found;
  const text = withoutTexts(program);
  const reads = text.matchAll(new RegExp(`\\b${label}\\.${name}\\.(\\w+)`, "g"));
  return [
    ...blockProblems(shortName(token), bodyAt(text, found.index + whole.length), schema),
    ...outputProblems(
      [...reads].map(([, output = ""]) => camel(output)),
      schema,
    ),
  ];
}

/** An HCL block or object, and the objects in it. */
function blockProblems(type: string, body: string, schema: Schema): string[] {
  const shape = shapeOf(type, schema) ?? {};
  const given = argumentsIn(/(\w+)\s*=(?!=)\s*(\{)?/g, body);
  const names = given.map(({ name }) => camel(name));
  return [
    ...unknownNames(type, names, shape),
    ...missingNames(type, names, shape),
    ...given.flatMap(({ name, type: brace, at }) => {
      const ref = referenceOf(shape.properties?.[camel(name)]);
      return ref && brace ? blockProblems(ref, bodyAt(body, at), schema) : [];
    }),
  ];
}

/** The program with empty texts and comments, as long as before. */
function withoutTexts(program: string): string {
  return program.replace(/"(?:[^"\\\n]|\\.)*"|\/\/.*|#.*/g, (part) =>
    part.startsWith('"') ? `"${" ".repeat(part.length - 2)}"` : " ".repeat(part.length),
  );
}

/** What stands from a place to the bracket that closes what is open there. */
function bodyAt(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if ("([{".includes(char)) depth++;
    if (")]}".includes(char)) depth--;
    if (depth < 0) return text.slice(start, at);
  }
  return text.slice(start);
}

/** How many brackets are open at each place. */
function depthsOf(text: string): number[] {
  let depth = 0;
  return text.split("").map((char) => {
    if (")]}".includes(char)) depth--;
    const here = depth;
    if ("([{".includes(char)) depth++;
    return here;
  });
}

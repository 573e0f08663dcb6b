/** A package's schema, of which only what programs say or read is looked at. */
export interface Schema {
  resources: Record<
    string,
    {
      inputProperties: Record<string, Property>;
      requiredInputs: string[];
      properties: Record<string, Property>;
      required?: string[];
    }
  >;
  types: Record<string, ObjectType>;
}

interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
  plain?: boolean;
}

interface ObjectType {
  properties?: Record<string, Property>;
  required?: string[];
  enum?: { name: string; value: string }[];
}

/** Everything in a newer schema that a program of the earlier version falls over, a line each. */
export function breaks(earlier: Schema, now: Schema): string[] {
  const lines: string[] = [];
  for (const [token, before] of Object.entries(earlier.resources)) {
    const after = now.resources[token];
    if (!after) {
      lines.push(`${token} is gone`);
      continue;
    }
    lines.push(
      ...propertyBreaks("input ", before.inputProperties, after.inputProperties),
      ...newIn(before.requiredInputs, after.requiredInputs).map(isRequired("input ")),
      ...propertyBreaks("output ", before.properties, after.properties),
      ...newIn(after.required, before.required).map(mayBeMissing("output ")),
    );
  }
  const written = typesWritten(earlier);
  for (const [token, before] of Object.entries(earlier.types)) {
    const after = now.types[token];
    const name = token.slice(token.lastIndexOf(":") + 1);
    const lost = after ? typeBreaks(name, written.has(token), before, after) : undefined;
    lines.push(...(lost ?? [`type ${name} is gone`]));
  }
  return lines;
}

/** The types of what a program writes; the others are of what it reads. */
function typesWritten({ resources, types }: Schema): Set<string> {
  const written = new Set<string>();
  const visit = ({ $ref = "", items, additionalProperties }: Property): void => {
    const token = $ref.replace("#/types/", "");
    for (const part of [items, additionalProperties]) if (part) visit(part);
    if (written.has(token) || !types[token]) return;
    written.add(token);
    Object.values(types[token].properties ?? {}).forEach(visit);
  };
  for (const { inputProperties } of Object.values(resources))
    Object.values(inputProperties).forEach(visit);
  return written;
}

function typeBreaks(
  name: string,
  written: boolean,
  before: ObjectType,
  after: ObjectType,
): string[] {
  const values = before.enum?.filter(({ name: member, value }) => {
    return !after.enum?.some((other) => other.name === member && other.value === value);
  });
  const required = written
    ? newIn(before.required, after.required).map(isRequired(`${name}.`))
    : newIn(after.required, before.required).map(mayBeMissing(`${name}.`));
  return [
    ...(values ?? []).map((value) => `value ${name}.${value.name} is gone`),
    ...propertyBreaks(`${name}.`, before.properties ?? {}, after.properties ?? {}),
    ...required,
  ];
}

function propertyBreaks(
  path: string,
  before: Record<string, Property>,
  after: Record<string, Property>,
): string[] {
  return Object.entries(before).flatMap(([name, property]) => {
    if (!(name in after)) return [`${path}${name} is gone`];
    const types = [typeOf(property), typeOf(after[name])];
    return types[0] === types[1] ? [] : [`${path}${name} was ${types[0]}, is ${types[1]}`];
  });
}

function typeOf({ type, $ref, items, additionalProperties, plain }: Property): string {
  const of = $ref ?? type ?? "nothing";
  const parts = [items, additionalProperties].flatMap((part) => (part ? [typeOf(part)] : []));
  const name = of.slice(of.lastIndexOf(":") + 1);
  return [...(plain ? ["plain"] : []), [name, ...parts].join(" of ")].join(" ");
}

function newIn(before: string[] = [], after: string[] = []): string[] {
  return after.filter((name) => !before.includes(name));
}

const isRequired = (path: string) => (name: string) => `${path}${name} is required now`;
const mayBeMissing = (path: string) => (name: string) => `${path}${name} may be missing now`;

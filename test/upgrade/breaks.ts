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
  for (const [token, before] of Object.entries(earlier.types)) {
    const after = now.types[token];
    const name = token.slice(token.lastIndexOf(":") + 1);
    lines.push(...(after ? typeBreaks(name, before, after) : [`type ${name} is gone`]));
  }
  return lines;
}

function typeBreaks(name: string, before: ObjectType, after: ObjectType): string[] {
  const values = before.enum?.filter(({ name: member, value }) => {
    return !after.enum?.some((other) => other.name === member && other.value === value);
  });
  // What a program writes ends in Args; the others are what it reads.
  const required = name.endsWith("Args")
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

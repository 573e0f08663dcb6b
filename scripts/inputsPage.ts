import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Property } from "./readableSchema";

interface Type {
  properties?: Record<string, Property>;
  required?: string[];
  enum?: { value: string; description: string }[];
}
interface Schema {
  resources: Record<string, { inputProperties: Record<string, Property> }>;
  types: Record<string, Type>;
}
interface Example {
  input: string;
  /** The options that it has, by their paths. */
  paths: string[];
  text: string;
}

/** The inputs that most programs decide on. The others follow in the schema's order. */
const first =
  "connection account engine daemon registryAuth privilegedPorts onDestroy storageDriver operations rootfulDocker";

const head = `# Inputs

<!-- Written by \`npm run schema\` from the docstrings in src and from examples/inputs.ts. -->

Only \`connection.host\` is required. If no default is listed, the input is unset. Enums accept strings in every language, such as
\`"keep"\`; TypeScript also exports constants, such as \`RootfulDocker.Keep\`. Python writes names as \`rootful_docker\`, and the
keys of \`daemon\` as they are. [Changes](changes.md#what-a-change-does) says which inputs restart the daemon.

Most programs need only these ten:
`;

/** docs/inputs.md, from the texts of the schema and the examples. */
export function inputsPage(schemaText: string): string {
  const { resources, types } = JSON.parse(schemaText) as Schema;
  const { inputProperties } = Object.values(resources)[0];
  const examples = readExamples();
  const known = new Set(examples.flatMap(({ paths }) => paths));
  const names = [...new Set([...first.split(" "), ...Object.keys(inputProperties)])];
  const typeOf = (ref = "") => types[ref.replace("#/types/", "")];

  const typeName = ({ type, $ref, items, additionalProperties, oneOf }: Property): string => {
    const ref = $ref ?? oneOf?.find((one) => one.$ref)?.$ref;
    if (ref) return ref.includes("Any") ? "any" : ref.slice(ref.lastIndexOf(":") + 1);
    if (items) return `${typeName(items)}[]`;
    return additionalProperties ? `map of ${typeName(additionalProperties)}` : String(type);
  };
  const kind = (field: Property): string => {
    const words = [
      ...(field.$ref ? [] : [typeName(field)]),
      ...(field.optional ? [] : ["required"]),
    ];
    return words.length > 0 ? ` (${words.join(", ")})` : "";
  };
  const valuesOf = ({ items, oneOf }: Property, indent: string): string[] => {
    const list = typeOf((oneOf ?? items?.oneOf)?.find((one) => one.$ref)?.$ref)?.enum ?? [];
    return list.map((value) => `${indent}- \`${value.value}\`: ${oneLine(value.description)}`);
  };
  const fieldsOf = (property: Property, path: string, prefix: string, said: Set<string>) => {
    const lines: string[] = [];
    const same: string[] = [];
    const type = typeOf(property.$ref ?? property.items?.$ref);
    for (const [name, field] of Object.entries(type?.properties ?? {})) {
      if (!known.has(`${path}.${name}`))
        throw new Error(`examples/inputs.ts: found no example with ${path}.${name}; add one`);
      const text = oneLine(field.description);
      if (said.has(text)) same.push(`\`${prefix}${name}\``);
      else lines.push(`- \`${prefix}${name}\`${kind(field)}: ${text}`);
      said.add(text);
      lines.push(...valuesOf(field, "  "));
      lines.push(...fieldsOf(field, `${path}.${name}`, `${prefix}${name}.`, said));
    }
    if (same.length > 0) lines.push(`- ${same.join(", ")}: as above.`);
    return lines;
  };

  const sections = names.map((name) => {
    const property = inputProperties[name];
    const own = examples.filter(({ input }) => input === name);
    if (own.length === 0) throw new Error(`examples/inputs.ts: found none of ${name}; add one`);
    const list = [...valuesOf(property, ""), ...fieldsOf(property, name, "", new Set())];
    return [
      `## \`${name}\``,
      `${property.$ref ? "" : `${typeName(property)}: `}${oneLine(property.description)}`,
      ...(list.length > 0 ? [list.join("\n")] : []),
      `\`\`\`ts\n${own.map(({ text }) => text).join("\n")}\n\`\`\``,
    ].join("\n\n");
  });
  const rows = first.split(" ").map((name) => {
    const text = oneLine(inputProperties[name].description);
    const [what] = /^.*?\.(?= |$)/.exec(text) ?? [text];
    const [, value = "none"] = /Defaults to (.*)\.$/.exec(text) ?? [];
    return [`[\`${name}\`](#${name.toLowerCase()})`, what, value];
  });
  return `${[`${head}\n${table([["input", "meaning", "default"], ...rows])}`, ...sections].join("\n\n")}\n`;
}

const secret = " Always kept as a secret.";

/** Without what the page says of all inputs, or in brackets. */
const oneLine = (text = ""): string =>
  text
    .replace(/\s+/g, " ")
    .replace(secret, "")
    .replace(/ Defaults to none\.$/, "");

/** As prettier pads it. */
function table(rows: string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [
    line(rows[0]),
    line(widths.map((width) => "-".repeat(width))),
    ...rows.slice(1).map(line),
  ].join("\n");
}

/** The list of examples/inputs.ts, by its syntax: the program is type-checked, and never run. */
function readExamples(): Example[] {
  const file = join(__dirname, "../examples/inputs.ts");
  const source = ts.createSourceFile(
    file,
    readFileSync(file, "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  const found: Example[] = [];
  const visit = (node: ts.Node): void => {
    if (!ts.isArrayLiteralExpression(node)) return ts.forEachChild(node, visit);
    for (const { properties } of node.elements.filter(ts.isObjectLiteralExpression)) {
      const [property] = properties;
      const { character } = source.getLineAndCharacterOfPosition(property.getStart());
      const indent = new RegExp(`^ {${properties.pos === property.pos ? character : 0}}`, "gm");
      const [input, ...others] = pathsOf(property, "");
      found.push({
        input,
        paths: [input, ...others],
        text: `${property.getText()},`.replace(indent, ""),
      });
    }
  };
  visit(source);
  return found;
}

function pathsOf(node: ts.Node, prefix: string): string[] {
  if (!ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node))
    return ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)
      ? node
          .getChildren()
          .flatMap((child) => child.getChildren().flatMap((each) => pathsOf(each, prefix)))
      : [];
  const path = prefix + node.name.getText();
  return [path, ...(ts.isPropertyAssignment(node) ? pathsOf(node.initializer, `${path}.`) : [])];
}

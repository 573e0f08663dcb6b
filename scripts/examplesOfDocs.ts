import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parse } from "yaml";

// Type-checks every example of docs in TypeScript or YAML, as a part of a program that has these names.
// docs/inputs.md is made of examples/inputs.ts, README's example is run by test/first, and
// test/unit/registryListing.test.ts compares programs in other languages.
const names = `import * as pulumi from "@pulumi/pulumi";
import * as command from "@pulumi/command";
import { readFileSync } from "node:fs";
import { DriftDetection, EngineSource, RootlessDockerHost, RootlessDockerHostArgs, StorageDriver } from "./index";
declare const config: pulumi.Config, host: RootlessDockerHost, args: RootlessDockerHostArgs;
declare const privateKey: string, publicKey: string, ca: string, cert: string, key: string;
declare const server: pulumi.Resource, serverAddress: pulumi.Output<string>, serverKey: pulumi.Output<string>;
declare const docker: {
  Provider: new (name: string, args: object) => pulumi.ProviderResource;
  Container: new (name: string, args: object, options: pulumi.CustomResourceOptions) => object;
};
void [pulumi, command, readFileSync, DriftDetection, EngineSource, RootlessDockerHost, StorageDriver];
`;

const root = join(__dirname, "..");
const virtual = join(root, "examplesOfDocs.ts");

/** An example by itself: options become an object, and anything else a block of statements, without imports and exports. */
function checked(language: string, text: string): string {
  if (language === "yaml") return `void (${JSON.stringify(parse(text))} satisfies Some);`;
  return /^(\/\/.*\n)*\w+:/.test(text)
    ? `void ({\n${text}} satisfies Some);`
    : `{\n${text.replace(/^import .*$|^export /gm, "")}}`;
}

const fence = /^```(ts|typescript|yaml)\n([^]*?)^```/gm;
const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".md") && name !== "inputs.md",
);
const examples = pages.flatMap((page) =>
  [...readFileSync(join(root, "docs", page), "utf8").matchAll(fence)]
    .filter(([, language]) => page !== "_index.md" || language === "typescript")
    .map(([, language, text]) => `// docs/${page}\n${checked(language, text)}\n`),
);
const program = `${names}type Some = Partial<RootlessDockerHostArgs>;\n${examples.join("")}`;

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)).config,
  ts.sys,
  root,
);
const host = ts.createCompilerHost({ ...options, noEmit: true, noUnusedLocals: false });
const readFile = host.readFile.bind(host);
host.readFile = (path) => (path === virtual ? program : readFile(path));
host.fileExists = (path) => path === virtual || ts.sys.fileExists(path);
const built = ts.createProgram(
  [virtual],
  { ...options, noEmit: true, noUnusedLocals: false },
  host,
);
for (const { start = 0, messageText } of ts.getPreEmitDiagnostics(
  built,
  built.getSourceFile(virtual),
)) {
  const page =
    program
      .slice(0, start)
      .match(/^\/\/ docs\/.*$/gm)
      ?.pop() ?? "";
  const line = program.slice(start, program.indexOf("\n", start));
  console.log(`${page}: ${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  process.exitCode = 1;
}

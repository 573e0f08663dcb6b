import { join } from "node:path";
import ts from "typescript";

const root = join(__dirname, "../..");
const virtual = join(root, "registryExample.ts");

/** What the compiler says of a TypeScript program that imports this package by its name. */
export function compileProblems(program: string): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) =>
    ts.sys.readFile(path),
  ) as { config: unknown };
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const options: ts.CompilerOptions = {
    ...parsed.options,
    noEmit: true,
    // Not the built package: its sources.
    paths: { "rootless-docker": ["./index.ts"] },
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  host.readFile = (path) => (path === virtual ? program : readFile(path));
  host.fileExists = (path) => path === virtual || ts.sys.fileExists(path);
  const built = ts.createProgram([virtual], options, host);
  return ts
    .getPreEmitDiagnostics(built, built.getSourceFile(virtual))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "bin/",
      "site/",
      "node_modules/",
      "**/*.js",
      "**/*.mjs",
      "**/recorded/",
      "test/scenario/pack/consumer/",
      "examples/clouds/",
      "examples/docker-provider/",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { "@pulumi": pulumi },
    languageOptions: {
      parserOptions: {
        // One program for all files: projectService, which is for editors, needs a third more time.
        project: "./tsconfig.json",
        tsconfigRootDir: dirname(fileURLToPath(import.meta.url)),
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // An element of a list or of a match may be undefined, and its type does not say so.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // What another interface wants to be a promise need not wait for anything.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    // The pure core: plain values in, plain values out. Everything here runs without Pulumi.
    files: ["src/ssh/settings.ts", "src/steps/**/*.ts", "src/validation/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["@pulumi/*"],
              allowTypeImports: true,
              message: "The pure core has no run-time import of Pulumi: take plain values.",
            },
          ],
        },
      ],
    },
  },
  {
    // One mouth: what is logged is plain text, whoever has chosen a part of it.
    files: ["src/**/*.ts"],
    ignores: ["src/log.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='pulumi'][property.name='log']",
          message: "Use log.ts, which shows as text what is not plain text.",
        },
      ],
    },
  },
  // Imports go one way: from tests to what they are written with, from there to hosts and tools, and from
  // all of them to the package.
  ...[
    ["src", ["stand-ins", "test", "scripts", "examples", "bench"]],
    ["scripts", ["stand-ins", "test", "examples", "bench"]],
    ["stand-ins", ["test", "scripts", "examples", "bench"]],
    [
      "test/support",
      ["unit", "first", "host", "scenario", "kernel", "upgrade", "examples", "bench"],
    ],
    ["{examples,bench}", ["test", "scripts"]],
    ["test/unit", ["first", "host", "scenario", "kernel", "upgrade"]],
    ["test/first", ["unit", "host", "scenario", "kernel", "upgrade"]],
    ["test/host", ["unit", "first", "scenario", "kernel", "upgrade"]],
    ["test/scenario", ["unit", "first", "host", "kernel", "upgrade"]],
    ["test/kernel", ["unit", "first", "host", "scenario", "upgrade"]],
    ["test/upgrade", ["unit", "first", "host", "scenario", "kernel"]],
  ].map(([folder, others]) => ({
    files: [`${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${others.join("|")})/`,
              message: `${folder} imports nothing of ${others.join(", ")}.`,
            },
          ],
        },
      ],
    },
  })),
);

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../../package.json";
import { registrySchema } from "../../../scripts/registrySchema";
import { agentParts } from "../../../src/agent/agentText";
import {
  compile,
  compilers,
  copyCheckout,
  linkModules,
  npm,
  pack,
  temporaryFolder,
  unpack,
} from "../../support/checkout";
import { startPlugin } from "./plugin";

const recorded: unknown = JSON.parse(readFileSync(join(__dirname, "../../../schema.json"), "utf8"));

const readme = join(__dirname, "../../../README.md");
const folder = temporaryFolder();
let packed: ReturnType<typeof pack>;
beforeAll(() => {
  packed = pack(folder);
});

describe("the tarball", () => {
  test("has the compiled package with its schema, and nothing else", () => {
    const others = packed.files.filter((file) => !/^bin\/(index|src\/)/.test(file)).sort();
    expect(others.filter((file) => !/^(README|CHANGELOG)\.md$|^LICENSE$/.test(file))).toEqual([
      "PulumiPlugin.yaml",
      "bin/schema.json",
      "package.json",
      "plugin.js",
    ]);
    expect(packed.files).toEqual(expect.arrayContaining(["bin/index.js", "bin/index.d.ts"]));
    const sources = packed.files.filter((file) =>
      /(?<!\.d)\.ts$|(^|\/)(test|stand-ins)/.test(file),
    );
    expect(sources).toEqual([]);
  });

  test("has the agent joined, and nothing that joins it", () => {
    const unpacked = join(folder, "agent");
    unpack(packed.tarball, unpacked);
    expect(readFileSync(join(unpacked, "bin/src/agent/builtAgent.js"), "utf8")).not.toMatch(
      /require/,
    );
  });
});

/** The versions of Pulumi's packages that a program has already. */
const peers = Object.fromEntries(
  Object.keys(manifest.peerDependencies).map((name) => [
    name,
    manifest.devDependencies[name as keyof typeof manifest.peerDependencies],
  ]),
);

describe("installed in a program's folder", () => {
  const consumer = join(folder, "consumer");
  beforeAll(() => {
    mkdirSync(consumer);
    cpSync(join(__dirname, "consumer"), consumer, { recursive: true });
    const program = { name: "consumer", private: true, dependencies: peers };
    writeFileSync(join(consumer, "package.json"), JSON.stringify(program));
    npm(consumer, "install", "--prefer-offline", "--no-audit", "--no-fund", packed.tarball);
  });

  test("with it come no second copies of Pulumi's packages, and no tool", () => {
    const installed = join(consumer, "node_modules");
    expect(existsSync(join(installed, "rootless-docker/node_modules"))).toBe(false);
    expect(existsSync(join(installed, "fflate"))).toBe(true);
    expect(existsSync(join(installed, "esbuild"))).toBe(false);
  });

  test.each([
    ["by require", "create.cjs"],
    ["by import, as an ES module", "create.mjs"],
  ])("the component is created under mocks, with the agent's text: %s", (_how, program) => {
    const output = execFileSync(process.execPath, [program], {
      cwd: consumer,
      encoding: "utf8",
    });
    const { dockerHost, registered } = JSON.parse(output) as {
      dockerHost: string;
      registered: { type: string; name: string; inputs: { stdin?: string } }[];
    };
    expect(dockerHost).toBe("ssh://docker-rootless@machine.example:22");
    expect(registered.map(({ name }) => name).sort()).toEqual(
      ["web", "web-agent", "web-copy", "web-daemon", "web-drift"].concat([
        "web-installation",
        "web-machine",
        "web-secrets",
      ]),
    );
    // Built and unbuilt join the same text, to the byte.
    const [, text] =
      /^program: "(.*)"$/m.exec(
        registered.find(({ name }) => name === "web-machine")?.inputs.stdin ?? "",
      ) ?? [];
    expect(text).toBe(agentParts().program);
  });

  // With README's own example beside it.
  describe.each(compilers)("by %s", (compiler) => {
    const silent = ["--ignoreDeprecations", compiler === "typescript" ? "5.0" : "6.0"];
    test.each([
      [
        "as pulumi's templates do",
        ["--module", "commonjs", "--moduleResolution", "node10", ...silent],
      ],
      ["as new projects do", ["--module", "nodenext", "--moduleResolution", "nodenext"]],
    ])("a program compiles against its types, %s", (_how, options) => {
      const strict = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022"];
      const [, example = ""] = /```ts\n([^]*?)```/.exec(readFileSync(readme, "utf8")) ?? [];
      expect(example).toContain("new RootlessDockerHost(");
      writeFileSync(join(consumer, "readme.ts"), example);
      compile(compiler, consumer, ...strict, ...options, "program.ts", "readme.ts");
    });
  });
});

describe("as a component plugin", () => {
  const elsewhere = join(folder, "elsewhere");
  const plain = join(folder, "plain");
  const unpacked = join(folder, "unpacked");
  beforeAll(() => {
    mkdirSync(elsewhere);
    copyCheckout(plain);
    unpack(packed.tarball, unpacked);
    linkModules(unpacked);
  });

  test.each([
    ["unbuilt, for a program elsewhere", plain, elsewhere],
    ["unbuilt, in its own folder", plain, plain],
    ["unpacked, for a program elsewhere", unpacked, elsewhere],
  ])("%s: it starts and serves the recorded schema", async (_how, pluginFolder, cwd) => {
    const plugin = await startPlugin(pluginFolder, cwd);
    try {
      expect(registrySchema(await plugin.getSchema())).toEqual(recorded);
      expect(plugin.stderr()).toBe("");
    } finally {
      await plugin.stop();
    }
  });
});

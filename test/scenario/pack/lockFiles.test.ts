import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { compile, compilers, npm, pack, temporaryFolder } from "../../support/checkout";

const folder = temporaryFolder();
const program = join(folder, "program");
const example = join(__dirname, "../../../examples/docker-provider");

beforeAll(() => {
  const { tarball } = pack(folder);
  const ofOthers = ["node_modules", "vendor"].map((name) => join(example, name));
  cpSync(example, program, { recursive: true, filter: (path) => !ofOthers.includes(path) });
  mkdirSync(join(program, "vendor"));
  cpSync(tarball, join(program, "vendor", tarball.slice(folder.length + 1)));
  // What the lock file has; npm fails where package.json wants anything else.
  npm(program, "ci", "--prefer-offline", "--no-audit", "--no-fund");
});

// No Docker provider is to be had from the package registries: it is compiled, and not run.
test.each(compilers)(
  "examples/docker-provider compiles as its lock file installs it, by %s",
  (compiler) => {
    compile(compiler, program, "--noEmit", "--project", ".");
  },
);

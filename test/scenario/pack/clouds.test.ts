import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../../package.json";
import { npm, pack, temporaryFolder, tsc } from "../../support/checkout";

const folder = temporaryFolder();
let tarball: string;
beforeAll(() => {
  ({ tarball } = pack(folder));
});

// What no machine here can run: that the examples' types are those of the clouds' own packages.
test.each(["hetzner", "digitalocean", "aws"])("examples/clouds/%s.ts", (cloud) => {
  const program = join(folder, cloud);
  mkdirSync(program);
  for (const file of ["newMachine.ts", `${cloud}.ts`])
    cpSync(join(__dirname, "../../../examples/clouds", file), join(program, file));
  const { "@pulumi/pulumi": pulumi, "@pulumi/command": command } = manifest.devDependencies;
  writeFileSync(join(program, "package.json"), '{ "private": true }');
  npm(
    program,
    ...["install", "--prefer-offline", "--no-audit", "--no-fund", tarball],
    ...[`@pulumi/pulumi@${pulumi}`, `@pulumi/command@${command}`, "@pulumi/random", "@pulumi/tls"],
    `@pulumi/${{ hetzner: "hcloud" }[cloud] ?? cloud}`,
  );
  tsc(program, `${cloud}.ts`);
});

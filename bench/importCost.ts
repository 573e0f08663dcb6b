import { existsSync } from "node:fs";
import { join } from "node:path";
import { execOrThrow } from "../testbed/hosts/exec";
import { median } from "./figures";

const root = join(__dirname, "..");

const program = `
require("@pulumi/pulumi");
const start = process.hrtime.bigint();
require(${JSON.stringify(join(root, "bin"))});
process.stdout.write(String(Number(process.hrtime.bigint() - start) / 1e6));
`;

/**
 * Milliseconds that importing the built package takes beyond @pulumi/pulumi: the median of several
 * fresh processes. Undefined where it is not built.
 */
export async function importCost(times = 9): Promise<number | undefined> {
  if (!existsSync(join(root, "bin/index.js"))) return undefined;
  const costs: number[] = [];
  for (let i = 0; i < times; i++)
    costs.push(
      Number(
        await execOrThrow("node", ["-e", `process.chdir(${JSON.stringify(root)});${program}`]),
      ),
    );
  return median(costs);
}

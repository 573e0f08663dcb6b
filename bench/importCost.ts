import { join } from "node:path";
import { execOrThrow } from "../stand-ins/hosts/exec";
import { median } from "./figures";

const root = join(__dirname, "..");

// Resolved from here, whatever the working directory is.
const program = `
const load = require("node:module").createRequire(${JSON.stringify(join(root, "package.json"))});
load("@pulumi/pulumi");
const start = process.hrtime.bigint();
load("./bin");
process.stdout.write(String(Number(process.hrtime.bigint() - start) / 1e6));
`;

/** Milliseconds that importing the built package takes beyond @pulumi/pulumi: the median of several fresh processes. */
export async function importCost(times = 9): Promise<number> {
  await execOrThrow("npm", ["--prefix", root, "run", "--silent", "build"]);
  const costs: number[] = [];
  for (let i = 0; i < times; i++)
    costs.push(Number(await execOrThrow(process.execPath, ["-e", program])));
  return median(costs);
}

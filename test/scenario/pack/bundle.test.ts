import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { agentSum, agentText } from "../../../src/agent/agentText";
import { createHost, destroyAllHosts } from "../../../stand-ins/hosts";
import { execOrThrow } from "../../../stand-ins/hosts/exec";
import { ensureToolchain } from "../../../stand-ins/toolchain";
import { linkModules, pack, temporaryFolder, unpack } from "../../support/checkout";
import { connectionTo } from "../../support/hostStack";

const modules = join(__dirname, "../../../node_modules");
const folder = temporaryFolder();
afterAll(destroyAllHosts);

/** One file of a program of the Automation API, with the packed package and Pulumi's in it, in a folder of its own. */
async function bundledProgram(): Promise<string> {
  const consumer = join(folder, "consumer");
  mkdirSync(join(consumer, "node_modules"), { recursive: true });
  cpSync(join(__dirname, "consumer/automation.ts"), join(consumer, "automation.ts"));
  unpack(pack(folder).tarball, join(consumer, "node_modules/rootless-docker"));
  linkModules(join(consumer, "node_modules/rootless-docker"));
  symlinkSync(join(modules, "@pulumi"), join(consumer, "node_modules/@pulumi"));
  const program = join(folder, "bundle/program.js");
  await execOrThrow(join(modules, ".bin/esbuild"), [
    join(consumer, "automation.ts"),
    "--bundle",
    "--platform=node",
    "--external:*.node",
    "--log-level=error",
    `--outfile=${program}`,
  ]);
  return program;
}

test("a program that esbuild has made one file of makes a host, and asks it in a preview", async () => {
  const host = await createHost({ suite: "trixie" });
  const toolchain = await ensureToolchain();
  const program = await bundledProgram();
  const home = join(folder, "home");
  const state = join(folder, "state");
  mkdirSync(state);
  cpSync(join(toolchain.env.PULUMI_HOME, "plugins"), join(home, "plugins"), { recursive: true });
  const { host: address, port, user, hostKey, privateKey } = connectionTo(host);
  const args = [address, String(port), user, hostKey, privateKey, `file://${state}`];
  const printed = await execOrThrow(process.execPath, [program, ...args], {
    env: { ...toolchain.env, PULUMI_HOME: home },
  });
  expect(JSON.parse(printed)).toEqual({
    up: `ssh://app@${address}:22`,
    preview: { same: expect.any(Number) as number },
  });
  // The file that was sent, for this user alone.
  const file = join(home, "rootless-docker", `agent-${agentSum()}.sh`);
  expect(readdirSync(join(home, "rootless-docker"))).toHaveLength(1);
  expect(readFileSync(file, "utf8")).toBe(agentText());
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

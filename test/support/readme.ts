import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { busyboxImageTar, ensureDockerCli } from "../../stand-ins/dockerCli";
import type { Repository } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { ensureToolchain } from "../../stand-ins/toolchain";
import { pack } from "./checkout";

const readme = readFileSync(join(__dirname, "../../README.md"), "utf8");

/** The code of README that holds this. */
function block(language: string, holds: string): string {
  const blocks = [...readme.matchAll(/```(\w+)\n([^]*?)```/g)];
  const [, , code] =
    blocks.find(([, name, text]) => name === language && text?.includes(holds)) ?? [];
  if (!code) throw new Error(`README.md has no ${language} with ${holds}`);
  return code;
}

/** A user's shell in the project's folder, whose ~/.ssh is one of the test's own. */
async function runIn(folder: string, lines: string): Promise<string> {
  const { env, pulumiPath } = await ensureToolchain();
  const path = [
    join(folder, "bin"),
    dirname(await ensureDockerCli()),
    dirname(pulumiPath),
    env.PATH,
  ];
  const script = `mount --bind '${join(folder, "ssh")}' ~/.ssh; cd '${join(folder, "project")}'; set -e\n${lines}`;
  return execOrThrow("unshare", ["-m", "sh", "-ec", `mkdir -p ~/.ssh\n${script}`], {
    env: {
      ...env,
      PATH: path.join(delimiter),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    },
  });
}

/** The program with its line for Docker's repository. */
function withRepository(program: string, { url, key }: Pick<Repository, "url" | "key">): string {
  const line = /^  \/\/ engine: \{ source: "docker-repository" \}, .*$/m;
  if (!line.test(program)) throw new Error("README's program has no line for Docker's repository");
  const engine = { source: "docker-repository", mirror: url, mirrorKey: key };
  return program.replace(line, () => `  engine: ${JSON.stringify(engine)},`);
}

const start = `const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const run = async () => {
  const program = async () => require("./index.js");
  const inline = { stackName: "dev", projectName: "web", program };
  const stack = await LocalWorkspace.selectStack(inline, { workDir: __dirname });
  await stack[process.argv[2]]({ onOutput: (text) => process.stdout.write(text) });
};
void run();
`;

/**
 * Lines that install the package, from another file: what a clone makes, or npm's package once it is published.
 *
 * @throws Error where they install neither.
 */
export function installFrom(tarball: string, lines: string): string {
  const published = /(npm install) rootless-docker(?=\s)/;
  if (published.test(lines)) return lines.replace(published, `$1 ${tarball}`);
  const made = /PATH\/rootless-docker\S+/;
  if (!made.test(lines)) throw new Error(`no line installs rootless-docker:\n${lines}`);
  return lines.replace(made, tarball);
}

/**
 * README's example, line by line from an empty folder, with what `npm pack` makes: a host, a container on it by the docker
 * CLI, and destroy. Three things differ: the Automation API starts the program, since package registries have no language
 * host; the image is not pulled; and it is removed, since destroy would keep it and its account.
 *
 * @param folder an empty folder.
 * @param downloads where Docker's packages are served. With it, the line for systems that need Docker's repository is
 *   uncommented, and names that mirror.
 * @returns what is different on the host from before, when it had the program's key already.
 */
export async function followReadme(
  host: TestHost,
  folder: string,
  downloads?: Pick<Repository, "url" | "key">,
): Promise<string[]> {
  const project = join(folder, "project");
  const shell = (lines: string) => runIn(folder, lines);
  for (const name of ["project", "state", "bin"]) mkdirSync(join(folder, name));
  mkdirSync(join(folder, "ssh"), { mode: 0o700 });
  writeFileSync(join(folder, "ssh/id_ed25519"), host.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "ssh/config"), "StrictHostKeyChecking accept-new\n", { mode: 0o600 });
  await shell("ssh-keygen -y -f ~/.ssh/id_ed25519 >~/.ssh/id_ed25519.pub");
  const { tarball } = pack(folder);

  await shell(installFrom(tarball, block("sh", "npm init")));
  const program = block("ts", "new RootlessDockerHost(");
  writeFileSync(
    join(project, "index.ts"),
    downloads ? withRepository(program, downloads) : program,
  );
  writeFileSync(join(project, "start.js"), start);
  await shell(
    // As Pulumi's Node.js language host compiles a program without a tsconfig.json.
    "npx tsc --module nodenext --moduleResolution nodenext --target es2020 --strict index.ts",
  );

  const lines = block("sh", "pulumi up").replaceAll("203.0.113.7", host.address);
  const [, keys, settings, docker] =
    /^([^]*ssh-copy-id .*\n)([^]*)pulumi up\n([^]*)pulumi destroy\n$/.exec(lines) ?? [];
  if (!keys || !settings || !docker)
    throw new Error("README's example does not have the key, pulumi up and pulumi destroy in turn");
  await shell(keys);
  const before = await snapshotHost(host);
  await shell(`${settings}node start.js up`);
  const image = await busyboxImageTar();
  const imported = `DOCKER_HOST=$(pulumi stack output dockerHost) docker import -c 'CMD ["echo","hello"]' ${image} hello-world`;
  expect(await shell(`${imported} >/dev/null\n${docker}`)).toBe("hello\n");
  await shell(
    `DOCKER_HOST=$(pulumi stack output dockerHost) docker rmi hello-world\nnode start.js destroy`,
  );
  return diffSnapshots(before, await snapshotHost(host));
}

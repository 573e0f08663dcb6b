import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateSdk } from "../../../scripts/generateSdks";
import { ensureSdkLanguages } from "../../../testbed/toolchain";
import { pack, pluginExecutable, temporaryFolder } from "../../../testkit/checkout";

// The example in Python with the generated SDK and Pulumi's own: its types, and what it asks the engine for. The
// engine is a mock, since no language host of Python's is to be had from the package registries.
const folder = temporaryFolder();
const example = join(__dirname, "../../../examples/python");
const python = join(folder, "venv/bin/python");

beforeAll(async () => {
  const { env, pulumiPath, version } = await ensureSdkLanguages();
  const plugin = pluginExecutable(folder, pack(folder).tarball);
  const withEnv = { pulumi: pulumiPath, plugin, env: { ...process.env, ...env } };
  const sdk = generateSdk("python", join(folder, "sdk"), withEnv);
  execFileSync("python3", ["-m", "venv", join(folder, "venv")]);
  const wanted = readFileSync(join(example, "requirements.txt"), "utf8").trim();
  const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check"];
  execFileSync(python, [...pip, wanted, `pulumi==${version}`, "mypy==2.4.1", sdk]);
  cpSync(join(example, "__main__.py"), join(folder, "__main__.py"));
});

const run = (...args: string[]) =>
  execFileSync(python, args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });

test("its types are those of the SDK", () => {
  expect(run("-m", "mypy", "--strict", "__main__.py")).toMatch(/^Success/);
});

test("its types take texts for values of a fixed list", () => {
  const text = readFileSync(join(folder, "__main__.py"), "utf8");
  const texts = text.replace("rootless_docker.RootfulDocker.KEEP", '"Keep"');
  expect(texts).not.toBe(text);
  writeFileSync(join(folder, "texts.py"), texts);
  expect(run("-m", "mypy", "--strict", "texts.py")).toMatch(/^Success/);
});

test("it asks for one host, with the names that the component has", () => {
  const config = { address: "a.example", privateKey: "k", hostKey: "h", authorizedKey: "a" };
  writeFileSync(
    join(folder, "run.py"),
    `import json, runpy, pulumi

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        print(json.dumps([args.typ, args.name, args.inputs]))
        return "id", {"dockerHost": "ssh://app@a.example:22"}

    def call(self, args):
        return {}

pulumi.runtime.set_mocks(Mocks(), project="web", preview=False)
pulumi.runtime.set_all_config({f"web:{key}": value for key, value in json.loads('''${JSON.stringify(config)}''').items()})

@pulumi.runtime.test
def run():
    return runpy.run_path("__main__.py")["web"].docker_host.apply(print)

run()
`,
  );
  const [host, dockerHost] = run("run.py").trim().split("\n");
  expect(dockerHost).toBe("ssh://app@a.example:22");
  expect(JSON.parse(host)).toMatchObject([
    "rootless-docker:index:RootlessDockerHost",
    "web",
    {
      // A secret as a whole.
      connection: { value: { host: "a.example", privateKey: "k", hostKey: "h" } },
      account: { name: "app", authorizedKeys: ["a"] },
      rootfulDocker: "Keep",
      daemon: { "log-driver": "local" },
    },
  ]);
});

import { destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import type { StepArgs } from "../support/documents";
import { examplesUnder } from "../support/docsExamples";
import { asAccount, bootHost, importImage, root, tryAsAccount } from "../support/host";
import { Installation } from "../support/installation";

// What the page says of jobs of a CI runner that runs as the account.
const page = "docs/how-to/ci.md";
const jobs = "### Jobs that expect /var/run/docker.sock";

let host: TestHost;
let app: Installation;
let socket: string;
const wishes: StepArgs = { account: { name: "app" }, onDestroy: { data: "delete" } };

beforeAll(async () => {
  host = await bootHost({ engine: true });
  app = new Installation(host, "a1");
  await app.up(wishes);
  await importImage(host, "app");
  socket = `/run/user/${(await host.run("id -u app")).trim()}/docker.sock`;
});
afterAll(destroyAllHosts);

const job = (command: string) => asAccount(host, "app", `cd\n${command}`);

/** What a job says, with its exit code. */
async function tried(command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await tryAsAccount(host, "app", `cd\n${command}`);
  return `exit ${exitCode}: ${stdout}${stderr}`;
}

/** A container that has the host's docker CLI, and asks the daemon at the usual path. */
const nested = (source: string, options = "") =>
  `docker run --rm -v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro ${options} -v ${source}:/var/run/docker.sock busybox docker images --format '{{.Repository}}' busybox`;
const usual = "/var/run/docker.sock";

/** A service of the machine with `User=app`, as runners install one: it has no session, and HOME alone. */
const service = (command: string) =>
  host.run("systemd-run --quiet --wait --pipe --property User=app /bin/sh -e", {
    input: `cd\n${command}`,
  });

const build = `mkdir -p work; printf 'FROM busybox\\nRUN echo built >/said\\n' >work/Dockerfile
  docker build --quiet --tag built work >/dev/null 2>&1
  docker run --rm built cat /said`;

test("a service of the machine that runs as the account builds and runs, by the context and by DOCKER_HOST", async () => {
  expect(await service(build)).toBe("built\n");
  const [line] = examplesUnder("## Run the CI runner on the host", page);
  const variable = line.trim().replace("/run/user/1000/docker.sock", socket);
  expect(await service(`rm -r work; export ${variable} DOCKER_CONFIG=/nowhere\n${build}`)).toBe(
    "built\n",
  );
  // Without either, there is none.
  expect(
    await tried("DOCKER_CONFIG=/nowhere docker ps").then((said) => said.replace(/\n[^]*/, "")),
  ).toMatch(/exit 1: .*Cannot connect to the Docker daemon at unix:\/\/\/var\/run\/docker\.sock/);
});

test("a user unit of the account is there after a boot, and so is its daemon", async () => {
  await job(`mkdir -p .config/systemd/user
    printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=default.target\\n' >.config/systemd/user/runner.service
    systemctl --user daemon-reload; systemctl --user enable --quiet runner`);
  await host.reboot();
  await host.run(`until [ -S ${socket} ]; do sleep 0.2; done`);
  expect(await job("systemctl --user is-active runner")).toBe("active\n");
  await job("docker ps");
});

test("the account's socket, mounted at the usual path: root of the container may connect, others may not", async () => {
  expect(await job(nested(socket))).toBe("busybox\n");
  expect(await tried(nested(socket, "--user 1000"))).toMatch(/^exit 1: permission denied/);
});

test("/var/run/docker.sock, as container actions mount it, is an empty directory", async () => {
  expect(await tried(nested(usual))).toMatch(/^exit 1: Cannot connect to the Docker daemon/);
  const list = "ls -ld /var/run/docker.sock; ls -A /var/run/docker.sock";
  const said = await job(`docker run --rm -v ${usual}:${usual} busybox sh -c '${list}'`);
  expect(said).toMatch(/^d.*\n$/);
  expect(await tried(`docker -H unix://${usual} ps`)).toMatch(/^exit 1: Cannot connect/);
});

test("files in the workspace: those of a container's root belong to the account, another user may not write", async () => {
  const write = (options: string, command: string) =>
    tried(`docker run --rm ${options} -v ~/space:/space busybox sh -c '${command}'`);
  await job("mkdir space");
  expect(await write("", "mkdir /space/dir; touch /space/dir/file")).toBe("exit 0: ");
  expect(await job("stat -c %U space/dir/file; rm -r space/dir")).toBe("app\n");
  expect(await write("--user 1000", "touch /space/file")).toMatch(/^exit 1: .*Permission denied/);
  await job("chmod 777 space");
  expect(await write("--user 1000", "mkdir /space/dir; touch /space/dir/file")).toBe("exit 0: ");
  expect(await tried("rm -r space/dir")).toMatch(/^exit 1: .*Permission denied/);
  expect(await write("", "rm -r /space/dir")).toBe("exit 0: ");
  expect(await job("ls space")).toBe("");
});

test("the first cure: a link in the daemon's own /run, for containers alone", async () => {
  const [text] = examplesUnder(jobs, page, "ts");
  const [, ExecStartPost] = /ExecStartPost:\s+"(.*)"/.exec(text) ?? [];
  const cure = { unitOverrides: { Service: { ExecStartPost } } };
  await app.up({ ...wishes, ...cure });
  expect(await job(nested(usual))).toBe("busybox\n");
  expect(await tried(`docker -H unix://${usual} ps`)).toMatch(/^exit 1: Cannot connect/);
  await job("systemctl --user restart docker");
  expect(await job(nested(usual))).toBe("busybox\n");
  expect((await app.up({ ...wishes, ...cure })).changed).toEqual([]);
  await app.up(wishes);
  expect(await tried(nested(usual))).toMatch(/^exit 1: Cannot connect/);
});

test("the second cure: a link on the machine, for its programs too, and after a boot", async () => {
  const [link] = examplesUnder(jobs, page);
  await root(host, link.replace("/run/user/1000/docker.sock", socket));
  const both = async () => {
    expect(await job(nested(usual))).toBe("busybox\n");
    expect(await job("DOCKER_CONFIG=/nowhere docker ps --quiet")).toBe("");
  };
  await both();
  // A run of this package does not take it for root's Docker.
  expect((await app.up(wishes)).changed).toEqual([]);
  // It gives nobody else the right.
  await host.run("useradd stranger");
  const other = await host.ssh(
    `runuser -u stranger -- docker -H unix://${usual} ps 2>&1; userdel stranger`,
  );
  expect(other.stdout).toMatch(/permission denied/i);
  await host.reboot();
  await host.run(`until [ -S ${socket} ]; do sleep 0.2; done`);
  await both();
});

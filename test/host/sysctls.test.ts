import { checkNewCommand } from "../../src/agent/commands";
import { packedAgent } from "../../src/agent/agentText";
import { readNewMachine } from "../../src/drift/answer";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { bootHost } from "../support/host";
import { documentText, type StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

afterAll(destroyAllHosts);

// Settings of the network are the host's own here; all others are the shared kernel's, and files are
// mounted over them where they are written.

let host: TestHost;
let ada: Installation;
let bob: Installation;
const adas: StepArgs = {
  owner: "infra/prod/ada",
  account: { name: "ada" },
  onDestroy: { data: "delete" },
};
const bobs: StepArgs = { ...adas, owner: "infra/test/bob", account: { name: "bob" } };

beforeAll(async () => {
  host = await bootHost({ engine: true });
  ada = new Installation(host, "aa");
  bob = new Installation(host, "bb");
  await ada.install();
  await bob.install();
});

describe("the least number of user namespaces, 1024", () => {
  const setting = "/proc/sys/user/max_user_namespaces";
  const with20000: StepArgs = {
    ...adas,
    kernel: { sysctls: { "user.max_user_namespaces": "20000" } },
  };
  const value = async () => Number(await host.run(`cat ${setting}`));
  const hostHas = (number: number) =>
    host.run(`echo ${number} >/run/namespaces; mount --bind /run/namespaces ${setting}`);

  afterEach(async () => {
    await ada.revert("machine", adas);
    await bob.revert("machine", bobs);
    await host.run(`umount ${setting}`);
  });

  test("a smaller number of one's own, dropped: the host's own larger one is back", async () => {
    await hostHas(63000);
    await ada.apply("machine", with20000);
    expect(await value()).toBe(20000);
    await ada.apply("machine", adas);
    expect(await value()).toBe(63000);
    expect((await ada.apply("machine", adas)).changed).toEqual([]);
  });

  test("a host's own smaller one: raised, and back in the end", async () => {
    await hostHas(500);
    await ada.apply("machine", with20000);
    await ada.apply("machine", adas);
    expect(await value()).toBe(1024);
    expect((await ada.apply("machine", adas)).changed).toEqual([]);
    await ada.revert("machine", adas);
    expect(await value()).toBe(500);
  });

  test("what another installation asks for is enough, and stays when that installation goes", async () => {
    await hostHas(500);
    await ada.apply("machine", with20000);
    await bob.apply("machine", bobs);
    expect(await value()).toBe(20000);
    await ada.revert("machine", with20000);
    expect(await value()).toBe(20000);
    await bob.apply("machine", bobs);
    expect(await value()).toBe(1024);
    await bob.revert("machine", bobs);
    expect(await value()).toBe(500);
  });

  test("where the host has enough, the other installation may change its value, and drop it", async () => {
    await hostHas(63000);
    await ada.apply("machine", with20000);
    await bob.apply("machine", bobs);
    await ada.apply("machine", {
      ...adas,
      kernel: { sysctls: { "user.max_user_namespaces": "30000" } },
    });
    expect(await value()).toBe(30000);
    expect((await bob.apply("machine", bobs)).changed).toEqual([]);
    await ada.apply("machine", adas);
    expect(await value()).toBe(63000);
  });

  test("too few for another installation: an error that names both", async () => {
    await hostHas(63000);
    await ada.apply("machine", {
      ...adas,
      kernel: { sysctls: { "user.max_user_namespaces": "20" } },
    });
    const { exitCode, said } = await bob.tryApply("machine", bobs);
    expect([exitCode, said.join("\n")]).toEqual([
      1,
      expect.stringMatching(/user\.max_user_namespaces.*infra\/prod\/ada.*infra\/test\/bob/),
    ]);
  });
});

test("a value in another spelling than the kernel's is a change once", async () => {
  const wishes: StepArgs = { ...adas, kernel: { sysctls: { "net.core.somaxconn": "0x1001" } } };
  const { changed } = await ada.apply("machine", wishes);
  expect(changed).toContainEqual("net.core.somaxconn: 0x1001");
  expect(await host.run("cat /proc/sys/net/core/somaxconn")).toBe("4097\n");
  expect((await ada.apply("machine", wishes)).changed).toEqual([]);
  await ada.apply("machine", adas);
});

test("a value that another stack wants otherwise, and a setting that is not there: one error, before anything is changed", async () => {
  const somaxconn = (value: string): StepArgs => ({
    kernel: { sysctls: { "net.core.somaxconn": value } },
  });
  await ada.apply("machine", { ...adas, ...somaxconn("4096") });
  const before = await snapshotHost(host);
  const wishes: StepArgs = {
    ...bobs,
    kernel: { sysctls: { "net.core.somaxconn": "8192", "net.core.somaxcon": "1" } },
  };
  const problems = [
    "preflight: net.core.somaxcon: kernel ",
    "preflight: net.core.somaxconn: infra/prod/ada sets it to '4096', and infra/test/bob to '8192'",
  ];
  const { stdout } = await host.ssh(checkNewCommand(documentText("machine", wishes), "auto"), {
    input: packedAgent(),
  });
  const asked = readNewMachine(stdout).problems;
  const { exitCode, said } = await bob.tryApply("machine", wishes);
  expect(exitCode).toBe(1);
  for (const found of [asked, said])
    expect(found).toEqual(problems.map((problem) => expect.stringContaining(problem) as string));
  const changed = diffSnapshots(before, await snapshotHost(host));
  expect(changed.filter((line) => !line.includes("/var/lib/rootless-docker/"))).toEqual([]);
  // The same value is no conflict.
  await bob.apply("machine", { ...bobs, ...somaxconn("4096") });
  await bob.revert("machine", bobs);
  await ada.apply("machine", adas);
});

test("an option of a module that another stack wants otherwise: one error, before anything is changed", async () => {
  const metacopy = (value: string): StepArgs => ({
    kernel: { moduleOptions: { "overlay.metacopy": value } },
  });
  await ada.apply("machine", { ...adas, ...metacopy("Y") });
  const { exitCode, said } = await bob.tryApply("machine", { ...bobs, ...metacopy("N") });
  expect([exitCode, ...said]).toEqual([
    1,
    expect.stringMatching(
      /^preflight: kernel\.moduleOptions overlay\.metacopy: infra\/prod\/ada sets it to 'Y', and infra\/test\/bob to 'N'\. To fix/,
    ),
  ]);
  await bob.apply("machine", { ...bobs, ...metacopy("Y") });
  await ada.revert("machine", adas);
  await bob.apply("machine", { ...bobs, ...metacopy("N") });
  await bob.revert("machine", bobs);
});

test("a file of which another version of this package has another text: the last up writes it for both", async () => {
  const somaxconn: StepArgs = { kernel: { sysctls: { "net.core.somaxconn": "4096" } } };
  const file = "/etc/sysctl.d/99-zz-rootless-docker-net.core.somaxconn.conf";
  const before = await host.run("cat /proc/sys/net/core/somaxconn");
  await bob.apply("machine", { ...bobs, ...somaxconn });
  const text = await host.run(`cat ${file}`);
  // As an up of another version would have left it.
  await host.run(`old=$(sha256sum ${file} | cut -c -64)
    echo '# In other words.' >>${file}
    new=$(sha256sum ${file} | cut -c -64)
    record=$(grep -l "^path.*$(basename ${file})" /var/lib/rootless-docker/records/[0-9]*)
    sed -i "s/$old/$new/" "$record"`);
  const { changed } = await ada.apply("machine", { ...adas, ...somaxconn });
  expect(changed).toContainEqual(`${file}: written`);
  expect(await host.run(`cat ${file}`)).toBe(text);
  // To bob this is no difference, and nothing to do.
  expect((await bob.apply("machine", { ...bobs, ...somaxconn })).changed).toEqual([]);
  await ada.revert("machine", adas);
  expect(await host.run(`cat ${file}`)).toBe(text);
  expect((await bob.revert("machine", bobs)).changed).toContainEqual(`${file}: removed`);
  expect(await host.run("cat /proc/sys/net/core/somaxconn")).toBe(before);
});

test("a new installation of the same account may want another value: it takes the place of the earlier one", async () => {
  await ada.apply("machine", { ...adas, kernel: { sysctls: { "net.core.somaxconn": "4096" } } });
  const next = new Installation(host, "cc");
  await next.install();
  await next.apply("machine", { ...adas, kernel: { sysctls: { "net.core.somaxconn": "8192" } } });
  expect(await host.run("cat /proc/sys/net/core/somaxconn")).toBe("8192\n");
  await next.revert("machine", adas);
  await next.revertAgent();
});

import { StorageDriver } from "../../index";
import { packedAgent } from "../../src/agent/agentText";
import { checkNewCommand } from "../../src/remote/commands";
import { createHost, destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { documentText } from "../../testkit/documents";

// What previews ask has no lock, and any number of them, and an "up", are at work at the same time.

let host: TestHost;
beforeAll(async () => {
  host = await createHost({ suite: "trixie", engine: true });
});
afterAll(destroyAllHosts);

const wishes = { account: { name: "app" }, storageDriver: StorageDriver.Overlay2 };
const ask = () =>
  host.ssh(checkNewCommand(documentText("preflight", wishes), ""), { input: packedAgent() });

/** The number of one that lives, and of none. */
const [alive, gone] = ["1", "4194305"];

test("what others are at work on stays, and what was killed goes", async () => {
  await host.run(
    `mkdir /home/.rootless-docker-trial.worked /home/.rootless-docker-trial.killed
    mkdir /run/rootless-docker.check.${alive} /run/rootless-docker.check.${gone}`,
  );
  const held = host.run(
    "flock /home/.rootless-docker-trial.worked sh -c 'until [ -e /run/asked ]; do sleep 0.1; done'",
  );
  expect((await ask()).stdout).toBe('{"problems":[]}\n');
  await host.run("touch /run/asked");
  await held;
  const left =
    "ls -d /home/.rootless-docker-trial.* /run/rootless-docker.check.* 2>/dev/null; true";
  expect(await host.run(left)).toBe(
    `/home/.rootless-docker-trial.worked\n/run/rootless-docker.check.${alive}\n`,
  );
  await ask();
  expect(await host.run(left)).toBe(`/run/rootless-docker.check.${alive}\n`);
});

test("many at the same time", async () => {
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(Array.from({ length: 5 }, ask));
    expect(new Set(answers.map(({ stdout }) => stdout))).toEqual(new Set(['{"problems":[]}\n']));
  }
});

import { type TestHost } from "../../stand-ins/hosts";
import type { StepArgs } from "./documents";
import { Installation } from "./installation";

let installations = 0;

/** A new installation for an account: the step machine only, on a host that has an engine. */
export async function give(host: TestHost, name: string, wishes: StepArgs = {}) {
  const installation = new Installation(host, `b${++installations}`);
  const all: StepArgs = {
    owner: `project/dev/${name}`,
    ...wishes,
    // Control groups are another matter.
    account: { name, cgroupControllers: [], ...wishes.account },
  };
  await installation.install();
  const apply = () => installation.apply("machine", all);
  const back = async () => {
    const answer = await installation.revert("machine", all);
    await installation.revertAgent();
    return answer;
  };
  return { apply, back, installation, all };
}

/** After the last one has been given back: nothing of the agent is left but the lock's empty file, until the next boot. */
export async function expectNoAgent(host: TestHost): Promise<void> {
  expect(
    await host.run(
      "find /var/lib/rootless-docker /run/rootless-docker* -not -path /run/rootless-docker.lock 2>/dev/null || true",
    ),
  ).toBe("");
  expect(await host.run("find /run/rootless-docker.lock -type f -size 0 2>/dev/null || true")).toBe(
    "/run/rootless-docker.lock\n",
  );
}

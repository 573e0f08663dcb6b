import type * as pulumi from "@pulumi/pulumi";
import { RootlessDockerHost, type RootlessDockerHostArgs } from "../../../index";
import { stepCodeHash, type StepName } from "../../../src/agent/agentText";
import { type Registration, runProgram, step } from "../mocks";

// What the tests of the component share.

afterEach(() => jest.restoreAllMocks());

export const modes = [
  { mode: "up", preview: false },
  { mode: "preview", preview: true },
];

export const usual: RootlessDockerHostArgs = {
  connection: {
    host: "machine.example",
    privateKey: "key",
    hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
  },
  account: { name: "app" },
};

/** The component named "web", and what it registered. */
export function create(
  args: RootlessDockerHostArgs,
  preview: boolean,
  options?: pulumi.ComponentResourceOptions,
) {
  return runProgram(() => new RootlessDockerHost("web", args, options), { preview });
}

/** The document of a step, as an object of its lines; without the hash of the step's code. */
export function documentOf(outcome: { registrations: Registration[] }, name: StepName): string {
  const { stdin } = step(outcome, name).inputs;
  return withoutCode(stdin, name);
}

export function withoutCode(stdin: unknown, name: StepName): string {
  const line = `agent: "${stepCodeHash(name)}"\n`;
  const text = String(stdin);
  expect(text).toContain(line);
  expect(text).toMatch(/\n# end\n$/);
  // The machine's begins with the parts of the agent.
  return text.replace(line, "").replace(/^# end\n|^# \S+ [0-9a-f]{8}\n|^program: .*\n/gm, "");
}

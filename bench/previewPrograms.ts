import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { RootlessDockerHost } from "../index";
import { packedAgent, stepCodeHash } from "../src/agent/agentText";
import { AgentTransfer } from "../src/remote/args";
import {
  applyCommand,
  copyCommand,
  type Invocation,
  revertCommand,
  uninstallCommand,
  wordOfId,
} from "../src/remote/commands";
import { readSettings } from "../src/settings";
import { documentsOf, stepNames } from "../src/steps";
import { renderDocument } from "../src/steps/document";

export const contestants = ["package", "bare"] as const;
export type PreviewContestant = (typeof contestants)[number];

const connectionOf = (index: number) => ({
  host: `machine-${index}.example`,
  user: "admin",
  privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----",
  hostKey: "ssh-ed25519 AAAA",
});

/** Programs of a number of hosts. */
export const programs: Record<PreviewContestant, (hosts: number) => pulumi.automation.PulumiFn> = {
  package: (hosts) => async () => {
    for (let i = 0; i < hosts; i++)
      new RootlessDockerHost(`host-${i}`, { connection: connectionOf(i) });
  },
  bare: (hosts) => async () => {
    const { settings } = readSettings({ connection: connectionOf(0) });
    const documents = documentsOf(settings, "testbed/bench/host");
    const texts = stepNames.map((name) => ({
      name,
      stdin: renderDocument({ ...documents[name], agent: stepCodeHash(name) }),
    }));
    const agent = packedAgent();
    for (let i = 0; i < hosts; i++) new Bare(`host-${i}`, connectionOf(i), agent, texts);
  },
};

/** The resources of one host as somebody would write them down by hand. */
class Bare extends pulumi.ComponentResource {
  constructor(
    name: string,
    { privateKey, ...open }: ReturnType<typeof connectionOf>,
    agentText: string,
    texts: { name: string; stdin: string }[],
  ) {
    const connection = { ...open, privateKey: pulumi.secret(privateKey) };
    super("bench:index:Bare", name, { connection });
    const keepers = { host: open.host, account: "docker-rootless" };
    const lease = new random.RandomId(`${name}-lease`, { byteLength: 8, keepers }, { parent: this })
      .hex;
    const command = (
      step: string,
      stdin: string,
      text: (verb: "create" | "update" | "delete", who: Invocation) => string,
      dependsOn: pulumi.Resource[],
    ) => {
      const said = (verb: "create" | "update" | "delete") =>
        lease.apply((hex) =>
          text(verb, { lease: hex, transfer: AgentTransfer.Stdin, escalation: "auto" }),
        );
      return new remote.Command(
        `${name}-${step}`,
        {
          connection,
          create: said("create"),
          update: said("update"),
          delete: step === "preflight" ? undefined : said("delete"),
          stdin,
          triggers: [lease],
          logging: "stderr",
          addPreviousOutputInEnv: false,
        },
        { parent: this, dependsOn },
      );
    };
    const agent = command("agent", agentText, agentCommand, []);
    const made: Record<string, remote.Command> = {};
    for (const { name: step, stdin } of texts) {
      const before = beforeOf(step).map((one) => made[one]);
      made[step] = command(
        step,
        stdin,
        (verb, who) => stepCommand(step, verb, who),
        before.length > 0 ? before : [agent],
      );
    }
    this.registerOutputs({ report: made.daemon.stdout });
  }
}

function agentCommand(verb: "create" | "update" | "delete", who: Invocation): string {
  if (verb === "delete") return uninstallCommand(who);
  return copyCommand(who);
}

function stepCommand(
  step: string,
  verb: "create" | "update" | "delete",
  { lease }: Invocation,
): string {
  const who = { lease, agentId: wordOfId("agent") };
  if (verb === "delete") return revertCommand(step, who);
  return applyCommand(verb === "create" ? "apply" : "update", step, who);
}

function beforeOf(step: string): string[] {
  switch (step) {
    case "preflight":
      return [];
    case "daemon":
      return ["engine", "account", "kernel", "secrets"];
    default:
      return ["preflight"];
  }
}

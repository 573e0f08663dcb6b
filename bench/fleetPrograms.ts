import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { DriftDetection, OnDestroyData, RootlessDockerHost } from "../index";
import type { Login } from "../stand-ins/fleetServer";

export const contestants = ["package", "bare"] as const;
export type FleetContestant = (typeof contestants)[number];

/** One child of a host, as the package's state has it. */
export interface Child {
  name: string;
  isRandom: boolean;
  /** Whether its create, and its delete, log in. */
  creates: boolean;
  deletes: boolean;
  /** Whether the one setting changes it. */
  changes: boolean;
  /** Names of the children before it. */
  needs: string[];
}

/** What a program of a fleet is made of. */
export interface FleetArgs {
  logins: Login[];
  /** The value of the one setting. */
  setting: string;
  asksForDrift: boolean;
  /** For the bare program. */
  children: Child[];
}

/** Programs of a number of hosts. */
export const programs: Record<FleetContestant, (args: FleetArgs) => pulumi.automation.PulumiFn> = {
  package:
    ({ logins, setting, asksForDrift }) =>
    async () => {
      for (const [i, connection] of logins.entries())
        new RootlessDockerHost(`host-${i}`, {
          connection,
          daemon: { "log-driver": "local", "log-opts": { "max-size": setting } },
          operations: {
            driftDetection: asksForDrift ? DriftDetection.Preview : DriftDetection.None,
          },
          onDestroy: { data: OnDestroyData.Delete },
        });
    },
  bare: (args) => async () => {
    for (const [i, login] of args.logins.entries()) new Bare(`host-${i}`, login, args);
  },
};

/** As many children as the package's host has, after each other in the same way, with next to nothing in each. */
class Bare extends pulumi.ComponentResource {
  constructor(name: string, login: Login, { children, setting }: FleetArgs) {
    const connection = { ...login, privateKey: pulumi.secret(login.privateKey) };
    // As a component does that hands its arguments on.
    super("bench:index:Bare", name, { connection, setting });
    const made: Record<string, pulumi.CustomResource> = {};
    for (const { name: child, isRandom, creates, deletes, changes, needs } of children) {
      const options = { parent: this, dependsOn: needs.map((need) => made[need]) };
      made[child] = isRandom
        ? new random.RandomId(`${name}-${child}`, { byteLength: 8 }, options)
        : new remote.Command(
            `${name}-${child}`,
            {
              connection,
              create: creates ? "true" : undefined,
              update: "true",
              delete: deletes ? "true" : undefined,
              stdin: changes ? setting : "0",
            },
            options,
          );
    }
    this.registerOutputs();
  }
}

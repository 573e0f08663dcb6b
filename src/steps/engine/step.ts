import { optional, text } from "../facts";
import { preflight } from "../preflight";
import { defineStep } from "../step";
import type { Versions } from "./args";
import { engineDocument, rootfulDockerEffect } from "./settings";

const otherEngine = { restarts: "daemons whose engine becomes another one restart" };

/** The engine's packages, and what becomes of a Docker daemon that root runs. */
export const engine = defineStep({
  name: "engine",
  needs: [preflight],
  inputs: ["engine", "rootfulDocker"],
  effects: {
    source: otherEngine,
    version: otherEngine,
    "archive.*": otherEngine,
    "rootful-docker": rootfulDockerEffect,
  },
  document: ({ engine, rootfulDocker }) => engineDocument(engine, rootfulDocker),
  facts: {
    "versions.engine": text,
    "versions.rootlesskit": text,
    "versions.kernel": text,
    "versions.os": text,
    "versions.buildx": optional(text),
    "versions.compose": optional(text),
  },
  outputs: {
    versions: (facts): Versions => ({
      engine: facts["versions.engine"],
      rootlesskit: facts["versions.rootlesskit"],
      kernel: facts["versions.kernel"],
      os: facts["versions.os"],
      buildx: facts["versions.buildx"],
      compose: facts["versions.compose"],
    }),
  },
});

import type { Document } from "../document";
import type { Reader, Rule } from "../../validation/reader";
import { EngineSource, RootfulDocker } from "./args";

export interface EngineSettings {
  source: EngineSource;
  version?: string;
}

// Debian policy 5.6.12, without the epoch's colon, which docker.io does not use.
const debianVersion: Rule<string> = (value) =>
  /^[0-9][A-Za-z0-9.+~-]{0,127}$/.test(value)
    ? undefined
    : "is not a version of docker.io; write one such as 26.1.5 or 26.1.5+dfsg1-9";

export function engineSettings(read: Reader): EngineSettings {
  const settings = {
    source: read.oneOf("source", EngineSource) ?? EngineSource.Distribution,
    version: read.string("version", { rule: debianVersion }),
  };
  if (settings.source === EngineSource.Preinstalled && settings.version !== undefined)
    read.refuse(
      "version",
      "pins what is installed, and Preinstalled installs nothing; leave it out",
    );
  read.refuseOthers();
  return settings;
}

/** What preflight looks for: another source than the distribution's packages. */
export function otherSourceDocument({ source }: Pick<EngineSettings, "source">): Document {
  return source === EngineSource.Distribution ? {} : { source: source.toLowerCase() };
}

export function rootfulDockerSettings(read: Reader): RootfulDocker {
  return read.oneOf("rootfulDocker", RootfulDocker) ?? RootfulDocker.Refuse;
}

/** What the two cannot be together. */
export function refusePurgeOfPreinstalled(
  read: Reader,
  { engine, rootfulDocker }: { engine: EngineSettings; rootfulDocker: RootfulDocker },
): void {
  if (rootfulDocker === RootfulDocker.Purge && engine.source === EngineSource.Preinstalled)
    read.refuse(
      "rootfulDocker",
      "Purge removes the engine that engine.source Preinstalled uses; choose Keep or Disable",
    );
}

/** What preflight looks for too: a daemon of root that runs. */
export function rootfulDockerDocument(rootfulDocker: RootfulDocker): Document {
  return { "rootful-docker": rootfulDocker.toLowerCase() };
}

export function engineDocument(engine: EngineSettings, rootfulDocker: RootfulDocker): Document {
  return {
    source: engine.source.toLowerCase(),
    version: engine.version,
    ...rootfulDockerDocument(rootfulDocker),
    ...(rootfulDocker === RootfulDocker.Purge ? purgeDocument : {}),
  };
}

/** The one list of what Purge removes: a reviewer reads it, and the agent purges what it names. */
const purgeDocument: Document = {
  // The distribution's rootful Docker, then the vendor's.
  "rootful-docker.purge":
    "docker.io docker-ce docker-ce-cli docker-ce-rootless-extras containerd.io docker-buildx-plugin docker-compose-plugin",
  "rootful-docker.purge.data": "/var/lib/docker, by docker.io's own purge",
};

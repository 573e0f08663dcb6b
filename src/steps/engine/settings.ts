import type { Document } from "../document";
import type { Reader, Rule } from "../../validation/reader";
import { EngineSource, RootfulDocker } from "./args";

export interface EngineSettings {
  source: EngineSource;
  version?: string;
  repository?: Repository;
}

/** Where DockerRepository gets its packages, and the fingerprint of the key that signs them. */
interface Repository {
  url: string;
  key: string;
}

// https://docs.docker.com/engine/install/debian/ names both.
const dockerRepository: Repository = {
  url: "https://download.docker.com/linux",
  key: "9DC858229FC7DD38854AE2D88D81803C0EBFCD88",
};

// Debian policy 5.6.12.
const debianVersion: Rule<string> = (value) =>
  /^([0-9]{1,9}:)?[0-9][A-Za-z0-9.+~-]{0,127}$/.test(value)
    ? undefined
    : "is not a version of an engine's package; write one such as 26.1.5 or 26.1.5+dfsg1-9";

const mirrorUrl: Rule<string> = (value) =>
  /^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9._~%+-]+)*\/?$/.test(value)
    ? undefined
    : "is not the URL of a folder; write one such as https://mirror.example/docker/linux, without a login or a query";

const fingerprint: Rule<string> = (value) =>
  /^([0-9A-Fa-f] *){40}$/.test(value)
    ? undefined
    : "is not a fingerprint; write the 40 hexadecimal digits that gpg --show-keys shows";

export function engineSettings(read: Reader): EngineSettings {
  const source = read.oneOf("source", EngineSource) ?? EngineSource.Distribution;
  const settings = {
    source,
    version: read.string("version", { rule: debianVersion }),
    repository: repositorySettings(read, source),
  };
  if (settings.source === EngineSource.Preinstalled && settings.version !== undefined)
    read.refuse(
      "version",
      "pins what is installed, and Preinstalled installs nothing; leave it out",
    );
  read.refuseOthers();
  return settings;
}

function repositorySettings(read: Reader, source: EngineSource): Repository | undefined {
  const mirror = read.string("mirror", { rule: mirrorUrl });
  const key = read.string("mirrorKey", { rule: fingerprint });
  if (source === EngineSource.DockerRepository)
    return {
      url: mirror?.replace(/\/$/, "") ?? dockerRepository.url,
      key: key?.replaceAll(" ", "").toUpperCase() ?? dockerRepository.key,
    };
  for (const [name, value] of Object.entries({ mirror, mirrorKey: key }))
    if (value !== undefined)
      read.refuse(name, "is DockerRepository's; leave it out, or set engine.source to it");
  return undefined;
}

/** As the host's document has it, such as docker-repository. */
function sourceKey(source: EngineSource): string {
  return source.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

/** What preflight looks for: another source than the distribution's packages. */
export function otherSourceDocument({ source }: Pick<EngineSettings, "source">): Document {
  return source === EngineSource.Distribution ? {} : { source: sourceKey(source) };
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
    source: sourceKey(engine.source),
    version: engine.version,
    repository: engine.repository?.url,
    "repository-key": engine.repository?.key,
    ...rootfulDockerDocument(rootfulDocker),
    ...(rootfulDocker === RootfulDocker.Purge ? purgeDocument(engine.source) : {}),
  };
}

/** The one list of what Purge removes: a reviewer reads it, and the agent purges what it names. */
function purgeDocument(source: EngineSource): Document {
  const packages = [
    "docker.io",
    // What docker.io leaves behind, and Docker's packages would take the place of.
    ...(source === EngineSource.DockerRepository
      ? ["docker-cli", "containerd", "runc", "rootlesskit"]
      : []),
    ...["docker-ce", "docker-ce-cli", "docker-ce-rootless-extras", "containerd.io"],
    ...["docker-buildx-plugin", "docker-compose-plugin"],
  ];
  return {
    "rootful-docker.purge": packages.join(" "),
    "rootful-docker.purge.data": "/var/lib/docker, by docker.io's own purge",
  };
}

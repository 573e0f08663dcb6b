import type { Document } from "../document";
import type { Reader, Rule } from "../../validation/reader";
import { quote } from "../../validation/quote";
import { EnginePlugin, EngineSource, RootfulDocker } from "./args";

export interface EngineSettings {
  source: EngineSource;
  version?: string;
  repository?: Repository;
  archives?: Archives;
  plugins: EnginePlugin[];
}

/** Where packages or archives come from; of packages the key that signs them, where it is not Docker's own. */
interface Repository {
  url: string;
  key?: string;
}

/** SHA-256 of each. */
interface Archives {
  engine: string;
  rootlessExtras: string;
}

// Its keys, one for apt and one for dnf, are in src/host/platform/packages.
const dockerDownloads = "https://download.docker.com/linux";

// Debian policy 5.6.12.
const debianVersion: Rule<string> = (value) =>
  /^([0-9]{1,9}:)?[0-9][A-Za-z0-9.+~-]{0,127}$/.test(value)
    ? undefined
    : "is not a version of an engine's package; write one such as 26.1.5 or 26.1.5+dfsg1-9, or leave it out for the newest package";

const mirrorUrl: Rule<string> = (value) =>
  /^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9._~%+-]+)*\/?$/.test(value)
    ? undefined
    : "is not the URL of a folder; write one such as https://mirror.example/docker/linux, without a login or a query";

const publicKey: Rule<string> = (value) =>
  /^-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n[^-]*\r?\n-----END PGP PUBLIC KEY BLOCK-----$/.test(
    value.trim(),
  )
    ? undefined
    : "is not a public key; write the text of the mirror's file gpg, one block -----BEGIN PGP PUBLIC KEY BLOCK-----";

const sha256: Rule<string> = (value) =>
  /^[0-9a-f]{64}$/.test(value)
    ? undefined
    : "is not a SHA-256; write the 64 lower-case hexadecimal digits that sha256sum prints";

const wholeVersion = /^[0-9]+(\.[0-9]+){1,3}(-[0-9]+)?$/;

export function engineSettings(read: Reader): EngineSettings {
  const source = read.oneOf("source", EngineSource) ?? EngineSource.Distribution;
  const isKnown = !read.isPending("source");
  const version = read.string("version", { rule: debianVersion });
  const settings = {
    source,
    version,
    repository: repositorySettings(read, source, isKnown),
    archives: archiveSettings(read, source, version, isKnown),
    plugins: read.someOf("plugins", EnginePlugin),
  };
  if (source === EngineSource.Preinstalled && version !== undefined)
    read.refuse(
      "version",
      "pins what is installed, but the source 'preinstalled' installs nothing; leave it out",
    );
  if (source === EngineSource.StaticArchive && settings.plugins.length > 0)
    read.refuse(
      "plugins",
      "are not in static archives; leave the option out, or set engine.source to docker-repository or distribution",
    );
  read.refuseOthers();
  return settings;
}

/** @param isKnown false where another source may turn out, of which nothing is refused yet. */
function repositorySettings(
  read: Reader,
  source: EngineSource,
  isKnown: boolean,
): Repository | undefined {
  const mirror = read.string("mirror", { rule: mirrorUrl });
  const key = read.string("mirrorKey", { rule: publicKey });
  const signed = source === EngineSource.DockerRepository;
  if (isKnown && !signed && key !== undefined)
    read.refuse(
      "mirrorKey",
      "requires the source docker-repository; leave it out, or set engine.source to that",
    );
  if (signed || source === EngineSource.StaticArchive)
    return {
      url: mirror?.replace(/\/$/, "") ?? dockerDownloads,
      key: signed && key !== undefined ? `${key.trim().replace(/\r/g, "")}\n` : undefined,
    };
  if (isKnown && mirror !== undefined)
    read.refuse(
      "mirror",
      "requires the source docker-repository or static-archive; leave it out, or set engine.source to one of them",
    );
  return undefined;
}

function archiveSettings(
  read: Reader,
  source: EngineSource,
  version: string | undefined,
  isKnown: boolean,
): Archives | undefined {
  const engine = read.string("sha256", { rule: sha256 });
  const rootlessExtras = read.string("rootlessExtrasSha256", { rule: sha256 });
  if (source !== EngineSource.StaticArchive) {
    for (const [name, value] of Object.entries({
      sha256: engine,
      rootlessExtrasSha256: rootlessExtras,
    }))
      if (isKnown && value !== undefined)
        read.refuse(
          name,
          "requires the source static-archive; leave it out, or set engine.source to that",
        );
    return undefined;
  }
  read.require("version", "write one such as 29.8.1");
  read.require("sha256", "write what sha256sum prints for docker-VERSION.tgz");
  read.require("rootlessExtrasSha256", "write it for docker-rootless-extras-VERSION.tgz");
  if (version !== undefined && !wholeVersion.test(version))
    read.refuse("version", `${quote(version)} is not a whole version; write one such as 29.8.1`);
  return engine && rootlessExtras ? { engine, rootlessExtras } : undefined;
}

/** Preflight looks for another source than the distribution's packages. */
export function otherSourceDocument({ source }: Pick<EngineSettings, "source">): Document {
  return source === EngineSource.Distribution ? {} : { source };
}

/** Preflight also checks whether this machine can have the plugins. */
export function pluginsDocument({ plugins }: Pick<EngineSettings, "plugins">): Document {
  return { plugins: plugins.length > 0 ? plugins.join(" ") : undefined };
}

export function rootfulDockerSettings(read: Reader): RootfulDocker {
  return read.oneOf("rootfulDocker", RootfulDocker) ?? RootfulDocker.Refuse;
}

export function refusePurgeOfPreinstalled(
  read: Reader,
  { engine, rootfulDocker }: { engine: EngineSettings; rootfulDocker: RootfulDocker },
): void {
  if (rootfulDocker === RootfulDocker.Purge && engine.source === EngineSource.Preinstalled)
    read.refuse(
      "rootfulDocker",
      "'purge' removes the engine that engine.source 'preinstalled' uses; choose 'keep' or 'disable'",
    );
}

/** Preflight also looks for a daemon of root that runs. */
export function rootfulDockerDocument(rootfulDocker: RootfulDocker): Document {
  return { "rootful-docker": rootfulDocker };
}

export function engineDocument(engine: EngineSettings, rootfulDocker: RootfulDocker): Document {
  return {
    source: engine.source,
    version: engine.version,
    repository: engine.repository?.url,
    "repository-key": engine.repository?.key,
    "archive.engine": engine.archives?.engine,
    "archive.rootless-extras": engine.archives?.rootlessExtras,
    ...pluginsDocument(engine),
    ...rootfulDockerDocument(rootfulDocker),
    ...(rootfulDocker === RootfulDocker.Purge ? purgeDocument(engine.source) : {}),
  };
}

/** The one list of what `purge` removes: a reviewer reads it, and the agent purges what it names. */
function purgeDocument(source: EngineSource): Document {
  const packages = [
    "docker.io",
    // Packages that docker.io leaves behind, and whose place Docker's packages would take.
    ...(source === EngineSource.DockerRepository
      ? ["docker-cli", "containerd", "runc", "rootlesskit"]
      : []),
    "docker-ce",
    "docker-ce-cli",
    "docker-ce-rootless-extras",
    "containerd.io",
    "docker-buildx-plugin",
    "docker-compose-plugin",
  ];
  return {
    "rootful-docker.purge": packages.join(" "),
    "rootful-docker.purge.data": "/var/lib/docker, by docker.io's own purge",
  };
}

/** The fate of root's data by `purge`, for people. */
export const purgedData =
  "docker.io's own purge permanently DELETES its images, containers and volumes in /var/lib/docker; " +
  "docker-ce keeps them there";

/** The values are those of the document. */
export function rootfulDockerEffect(_before: unknown, after: unknown): string {
  if (after === RootfulDocker.Purge) return `REMOVES the packages of root's Docker: ${purgedData}`;
  if (after === RootfulDocker.Disable)
    return "root's Docker stops with its containers and does not start again before destroy, and its data are kept";
  return "";
}

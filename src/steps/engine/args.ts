import type * as pulumi from "@pulumi/pulumi";

/** Where the engine comes from. */
export const EngineSource = {
  /**
   * The distribution's packages, such as docker.io, rootlesskit, slirp4netns and uidmap. Fails on a distribution
   * without a rootless engine: Ubuntu before 26.04, Fedora, the RHEL family, Arch.
   */
  Distribution: "distribution",
  /**
   * Docker's packages for apt or dnf, such as docker-ce, from Docker's repository or a mirror. Not available for
   * openSUSE, SLES and Arch.
   */
  DockerRepository: "docker-repository",
  /**
   * Docker's two static archives, checked by their SHA-256, below `/usr/local/lib/rootless-docker`. Each account can
   * have its own version.
   */
  StaticArchive: "static-archive",
  /** The engine that is already on the machine; nothing is installed. If a program is missing, preflight fails. */
  Preinstalled: "preinstalled",
} as const;
export type EngineSource = (typeof EngineSource)[keyof typeof EngineSource];

/** A plugin of Docker's CLI. */
export const EnginePlugin = {
  /** `docker buildx`, and `docker build` with BuildKit. */
  Buildx: "buildx",
  /** `docker compose`. */
  Compose: "compose",
} as const;
export type EnginePlugin = (typeof EnginePlugin)[keyof typeof EnginePlugin];

/** The engine that is installed. */
export interface EngineArgs {
  /** Where the engine comes from. Defaults to "distribution". */
  source?: pulumi.Input<EngineSource>;
  /**
   * Version of the package: complete (`5:29.8.1-1~debian.13~trixie`) or its first components (`29.8.1`, `29`). A
   * different version is installed in place, and the daemon restarts. Required by `static-archive`, and not supported
   * by `preinstalled`. Defaults to the newest at the first `up`; later ones do not upgrade it.
   */
  version?: pulumi.Input<string>;
  /**
   * URL of a mirror of Docker's downloads, for docker-repository and static-archive. A login in the URL fails; for
   * apt, write it into the machine's `apt_auth.conf`. Defaults to https://download.docker.com/linux.
   */
  mirror?: pulumi.Input<string>;
  /** Public key that signs the mirror's packages, as ASCII text. Defaults to Docker's own key. */
  mirrorKey?: pulumi.Input<string>;
  /**
   * SHA-256 of docker-VERSION.tgz for the machine's architecture. Required by `static-archive`, and not supported by
   * other sources. Defaults to none.
   */
  sha256?: pulumi.Input<string>;
  /**
   * SHA-256 of docker-rootless-extras-VERSION.tgz for the machine's architecture. Required by `static-archive`.
   * Defaults to none.
   */
  rootlessExtrasSha256?: pulumi.Input<string>;
  /**
   * Plugins of the docker CLI, for every account of the machine. Fails if the source has no package of the plugin. A
   * plugin that you remove from the list stays installed until destroy. Defaults to none.
   */
  plugins?: pulumi.Input<pulumi.Input<EnginePlugin>[]>;
}

/** What happens to a Docker daemon that root runs on the machine. */
export const RootfulDocker = {
  /** If root's daemon runs, `up` fails before it changes anything, and the error names its containers. */
  Refuse: "refuse",
  /** Root's daemon keeps running beside the rootless one. */
  Keep: "keep",
  /** Root's daemon and its containers are stopped, and its units masked. Its data are kept. Destroy starts it again. */
  Disable: "disable",
  /**
   * The packages of docker.io or docker-ce are purged. The purge of docker.io deletes all images, containers and
   * volumes in `/var/lib/docker`. Destroy does not restore anything.
   */
  Purge: "purge",
} as const;
export type RootfulDocker = (typeof RootfulDocker)[keyof typeof RootfulDocker];

/** Versions of the software that runs on the host. */
export interface Versions {
  /** Version of dockerd. */
  engine: string;
  /** Version of RootlessKit. */
  rootlesskit: string;
  /** Release of the running kernel (`uname -r`). */
  kernel: string;
  /** Name of the operating system (`PRETTY_NAME` of os-release). */
  os: string;
  /**
   * Version of Docker's CLI plugin Buildx, as `docker buildx version` prints it on the host; missing if it is not
   * installed.
   */
  buildx?: string;
  /** Version of the plugin Compose, likewise. */
  compose?: string;
}

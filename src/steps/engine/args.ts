import type * as pulumi from "@pulumi/pulumi";

/** Where the engine comes from. */
export const EngineSource = {
  /**
   * The distribution's packages, such as docker.io, rootlesskit, slirp4netns and uidmap. A distribution without a
   * rootless engine is an error: Ubuntu before 26.04, Fedora, the RHEL family, Arch.
   */
  Distribution: "distribution",
  /**
   * Docker's packages for apt or dnf, such as docker-ce, from Docker's repository or a mirror. openSUSE, SLES and
   * Arch have no such packages.
   */
  DockerRepository: "docker-repository",
  /**
   * Docker's two static archives by their SHA-256, below `/usr/local/lib/rootless-docker`. Each account has a
   * version of its own.
   */
  StaticArchive: "static-archive",
  /**
   * The engine that is on the machine already; nothing is installed. A missing program is an error before anything
   * is changed.
   */
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
   * Version of the package, whole (`5:29.8.1-1~debian.13~trixie`) or its first components (`29.8.1`, `29`).
   * Another version is installed in place, and the daemon restarts. `static-archive` needs one; `preinstalled`
   * takes none. Defaults to the newest at the first `up`.
   */
  version?: pulumi.Input<string>;
  /**
   * URL of a mirror of Docker's downloads, for docker-repository and static-archive. A login in the URL is an error:
   * it belongs into the machine's `apt_auth.conf`. Defaults to https://download.docker.com/linux.
   */
  mirror?: pulumi.Input<string>;
  /** Public key that signs the mirror's packages, as ASCII text. Defaults to Docker's own key. */
  mirrorKey?: pulumi.Input<string>;
  /**
   * SHA-256 of docker-VERSION.tgz for the machine's architecture. `static-archive` needs it, and no other
   * source takes it. Defaults to none.
   */
  sha256?: pulumi.Input<string>;
  /** SHA-256 of docker-rootless-extras-VERSION.tgz. Defaults to none. */
  rootlessExtrasSha256?: pulumi.Input<string>;
  /**
   * Plugins of the docker CLI, for every account of the machine. A plugin for which the source has no package is
   * an error. A plugin that is taken out of the list stays until destroy. Defaults to none.
   */
  plugins?: pulumi.Input<pulumi.Input<EnginePlugin>[]>;
}

/** The fate of a Docker daemon that the machine's root runs. */
export const RootfulDocker = {
  /** A daemon that runs is an error that names its containers. */
  Refuse: "refuse",
  /** The daemon goes on running beside the rootless one. */
  Keep: "keep",
  /** The daemon stops with its containers, and is masked. Destroy starts it again. */
  Disable: "disable",
  /**
   * The packages of docker.io or docker-ce are purged. docker.io's purge deletes all images, containers and
   * volumes in `/var/lib/docker`. Destroy brings nothing back.
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
   * Version of Docker's CLI plugin Buildx, as `docker buildx version` says on the host; left out
   * where it is not there.
   */
  buildx?: string;
  /** Version of the plugin Compose, likewise. */
  compose?: string;
}

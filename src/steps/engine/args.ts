import type * as pulumi from "@pulumi/pulumi";

/** Where the engine comes from. */
export const EngineSource = {
  /**
   * The distribution's packages, such as docker.io, rootlesskit, slirp4netns and uidmap. A distribution without a
   * rootless engine is an error: Ubuntu before 26.04, Fedora, the RHEL family, Arch.
   */
  Distribution: "Distribution",
  /**
   * Docker's packages for apt or dnf, such as docker-ce, from Docker's repository or a mirror. openSUSE, SLES and
   * Arch have no such packages.
   */
  DockerRepository: "DockerRepository",
  /**
   * Docker's two static archives by their SHA-256, below `/usr/local/lib/rootless-docker`. Each account has a
   * version of its own.
   */
  StaticArchive: "StaticArchive",
  /**
   * The engine that is on the machine already; nothing is installed. A missing program is an error before anything
   * is changed.
   */
  Preinstalled: "Preinstalled",
} as const;
export type EngineSource = (typeof EngineSource)[keyof typeof EngineSource];

/** A plugin of Docker's CLI. */
export const EnginePlugin = {
  /** `docker buildx`, and `docker build` with BuildKit. */
  Buildx: "Buildx",
  /** `docker compose`. */
  Compose: "Compose",
} as const;
export type EnginePlugin = (typeof EnginePlugin)[keyof typeof EnginePlugin];

/** The engine that is installed. */
export interface EngineArgs {
  /** Where the engine comes from. Defaults to Distribution. */
  source?: pulumi.Input<EngineSource>;
  /**
   * Version of the package, whole (`5:29.8.1-1~debian.13~trixie`) or its first components (`29.8.1`, `29`).
   * Another version is installed in place, and the daemon restarts. StaticArchive needs one; Preinstalled takes
   * none. Defaults to the newest at the first `up`.
   */
  version?: pulumi.Input<string>;
  /**
   * URL of a mirror of Docker's downloads, for DockerRepository and StaticArchive. A login in the URL is an error:
   * it belongs into the machine's `apt_auth.conf`. Defaults to https://download.docker.com/linux.
   */
  mirror?: pulumi.Input<string>;
  /** Public key that signs the mirror's packages, as ASCII text. Defaults to Docker's own key. */
  mirrorKey?: pulumi.Input<string>;
  /**
   * SHA-256 of docker-VERSION.tgz for the machine's architecture. StaticArchive needs it, and no other source
   * takes it. Defaults to none.
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
  Refuse: "Refuse",
  /** The daemon goes on running beside the rootless one. */
  Keep: "Keep",
  /** The daemon stops with its containers, and is masked. Destroy starts it again. */
  Disable: "Disable",
  /**
   * The packages of docker.io or docker-ce are purged. docker.io's purge deletes all images, containers and
   * volumes in `/var/lib/docker`. Destroy brings nothing back.
   */
  Purge: "Purge",
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

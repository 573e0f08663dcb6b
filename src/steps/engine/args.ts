import type * as pulumi from "@pulumi/pulumi";

/** Where the engine comes from. */
export const EngineSource = {
  /**
   * The distribution's packages: docker.io, rootlesskit, slirp4netns, uidmap and what they need; on openSUSE and SLES
   * docker and docker-rootless-extras. An error where it has none that is rootless (Ubuntu before 26.04, Fedora, the RHEL
   * family, Arch), before anything is changed.
   */
  Distribution: "Distribution",
  /**
   * Docker's own packages, from its repository for apt or dnf, or a mirror of it: docker-ce, docker-ce-cli,
   * docker-ce-rootless-extras, containerd.io, and what they leave out of a rootless daemon's needs (uidmap,
   * slirp4netns). The only packages of an engine for Fedora and the RHEL family, whose own is not rootless; there are none for
   * openSUSE, SLES and Arch. The repository is added with Docker's key, which is part of this package; one that the machine names
   * already is used as it is. Packages that these would take the place of are an error, unless Distribution has
   * brought them here. https://docs.docker.com/engine/install/
   */
  DockerRepository: "DockerRepository",
  /**
   * Docker's static archives docker-VERSION.tgz and docker-rootless-extras-VERSION.tgz, whose sums are given, in a
   * directory of root's for each version below `/usr/local/lib/rootless-docker`; of packages only what a rootless
   * daemon needs beside them. Another version takes the place of the old one, which goes. Where AppArmor restricts user namespaces (Ubuntu 24.04), appArmorProfile brings one
   * profile for all of them. https://docs.docker.com/engine/install/binaries/
   */
  StaticArchive: "StaticArchive",
  /**
   * What is on the machine already, from whichever source: docker-ce, docker.io, or programs that somebody has put
   * on PATH. Nothing is installed; what is missing is an error before anything is changed. What Distribution
   * has brought before stays, and goes on destroy.
   */
  Preinstalled: "Preinstalled",
} as const;
export type EngineSource = (typeof EngineSource)[keyof typeof EngineSource];

/** A plugin of Docker's CLI. */
export const EnginePlugin = {
  /** `docker buildx`, and so `docker build` with BuildKit. */
  Buildx: "Buildx",
  /** `docker compose`. */
  Compose: "Compose",
} as const;
export type EnginePlugin = (typeof EnginePlugin)[keyof typeof EnginePlugin];

/** The engine that is installed. */
export interface EngineArgs {
  /** Where it comes from. Defaults to Distribution. */
  source?: pulumi.Input<EngineSource>;
  /**
   * Version of docker.io, docker or docker-ce, whole (`26.1.5+dfsg1-9`, `5:29.8.1-1~debian.13~trixie`, `3:29.8.1-1.fc44`) or its first
   * components (`26.1`, `29`). Another version is installed in place and the daemon restarts. Defaults to the source's newest when first
   * installed. A version that the package lists do not have is an error that names those they have, and
   * so is one together with Preinstalled. StaticArchive must have one, such as
   * `29.8.1`.
   */
  version?: pulumi.Input<string>;
  /**
   * URL of a mirror of Docker's downloads, for DockerRepository and StaticArchive: the folder that has `debian/dists`,
   * or `ubuntu`'s, or `fedora/44`, or `rhel`'s or `centos`'s, or `static/stable`. Defaults to https://download.docker.com/linux. A login to it belongs into the
   * machine's `apt_auth.conf`: one in the URL is an error.
   */
  mirror?: pulumi.Input<string>;
  /**
   * The public key that the mirror is signed with: the text of its file `gpg`, one block of ASCII. Defaults to Docker's own
   * key for apt or for dnf. Packages that another key has signed are an error, and are not installed.
   */
  mirrorKey?: pulumi.Input<string>;
  /**
   * SHA-256 of docker-VERSION.tgz for the machine's architecture, 64 hexadecimal digits. Must be given with
   * StaticArchive, and with no other source. Defaults to none. Another
   * sum is an error, and nothing is unpacked.
   */
  sha256?: pulumi.Input<string>;
  /** The same of docker-rootless-extras-VERSION.tgz. Defaults to none. */
  rootlessExtrasSha256?: pulumi.Input<string>;
  /**
   * Plugins of Docker's CLI. They are for every account of the machine, and no daemon restarts
   * for them. From DockerRepository they are the packages docker-buildx-plugin and docker-compose-plugin; from Distribution
   * docker-buildx and docker-compose (docker-compose-v2 on Ubuntu), where the distribution has them as plugins: Debian 13,
   * Ubuntu 26.04 and openSUSE, not Debian 11 and 12, nor SLES. With Preinstalled nothing is installed, and one that is
   * not in the CLI's folders is an error that names its package. Where a system has no package, or somebody else's file or
   * package is in its place, that is an error before anything is changed. An error together with StaticArchive,
   * whose archives have none. One that is taken out of the list goes, where it came by this, and so it does on
   * destroy. Their versions are the newest when first installed; engine.version leaves them as they are. Defaults to
   * none: what is on the machine already stays, and is used.
   * https://docs.docker.com/engine/install/debian/
   */
  plugins?: pulumi.Input<pulumi.Input<EnginePlugin>[]>;
}

/** What happens to a Docker daemon that the machine's root runs. */
export const RootfulDocker = {
  /** One that runs is an error that names it and its containers; nothing is changed. */
  Refuse: "Refuse",
  /** It goes on running beside the rootless one. */
  Keep: "Keep",
  /** Stopped with its containers, and masked; its data untouched; started again on destroy. */
  Disable: "Disable",
  /**
   * Its packages purged: docker.io and the vendor's docker-ce with its companions. Purging docker.io
   * removes, by Debian's own rule, all images, containers and volumes in `/var/lib/docker`; the
   * vendor's packages leave theirs there. Nothing of it comes back on destroy.
   * `/etc/docker` and `/var/lib/containerd` are never touched.
   */
  Purge: "Purge",
} as const;
export type RootfulDocker = (typeof RootfulDocker)[keyof typeof RootfulDocker];

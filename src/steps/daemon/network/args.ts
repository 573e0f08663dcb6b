import type * as pulumi from "@pulumi/pulumi";

/** How RootlessKit connects the containers' network namespace with the machine's. */
export enum NetworkDriver {
  /** The start script's own choice, which is slirp4netns. */
  Auto = "Auto",
  /** TCP and UDP in user space, by slirp4netns. */
  Slirp4netns = "Slirp4netns",
  /** passt's pasta, which is faster; its package is installed. Needs RootlessKit 2 (Debian 13). */
  Pasta = "Pasta",
}

/** Who forwards published ports into RootlessKit's network namespace. */
export enum PortDriver {
  /** Implicit with Pasta, else Builtin. */
  Auto = "Auto",
  /** RootlessKit itself: fast; containers see connections as coming from inside the namespace. */
  Builtin = "Builtin",
  /** slirp4netns: slower; containers see the client's address. Only with Slirp4netns. */
  Slirp4netns = "Slirp4netns",
  /** The network driver itself: fast; containers see the client's address. Only with Pasta. */
  Implicit = "Implicit",
}

/** The network that RootlessKit makes for the containers. */
export interface NetworkArgs {
  /** How it is connected. Defaults to Auto. */
  driver?: pulumi.Input<NetworkDriver>;
  /** Who forwards published ports. Defaults to Auto. */
  portDriver?: pulumi.Input<PortDriver>;
  /** Bytes of a packet at most, 1280 to 65520. Defaults to the start script's: 65520. */
  mtu?: pulumi.Input<number>;
  /**
   * Whether containers reach what listens on the machine's loopback addresses, by 10.0.2.2
   * (slirp4netns). Defaults to false.
   */
  hostLoopback?: pulumi.Input<boolean>;
}

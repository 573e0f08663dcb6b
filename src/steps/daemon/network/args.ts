import type * as pulumi from "@pulumi/pulumi";

/** How RootlessKit connects the containers' network namespace with the machine's. */
export const NetworkDriver = {
  /** The start script's own choice, which is slirp4netns. */
  Auto: "Auto",
  /** TCP, UDP and ping in user space, by slirp4netns. */
  Slirp4netns: "Slirp4netns",
  /** The same by passt's pasta; its package is installed. Needs RootlessKit 2 (Debian 13). */
  Pasta: "Pasta",
  /** The same in RootlessKit itself, without another program. Needs RootlessKit 3 (Docker 29). */
  GvisorTapVsock: "GvisorTapVsock",
} as const;
export type NetworkDriver = (typeof NetworkDriver)[keyof typeof NetworkDriver];

/** Who forwards published ports into RootlessKit's network namespace. */
export const PortDriver = {
  /** Implicit with Pasta, else Builtin. */
  Auto: "Auto",
  /** RootlessKit itself: fast; containers see every client as their own gateway. Not with Pasta. */
  Builtin: "Builtin",
  /**
   * slirp4netns: slower; containers see the address of a client that is not the machine itself. Only
   * with Auto and Slirp4netns.
   */
  Slirp4netns: "Slirp4netns",
  /**
   * pasta, which looks for new ports once a second; containers see the address of a client that is not
   * the machine itself. Only with Pasta.
   */
  Implicit: "Implicit",
} as const;
export type PortDriver = (typeof PortDriver)[keyof typeof PortDriver];

/** The network that RootlessKit makes for the containers. */
export interface NetworkArgs {
  /** How it is connected. Defaults to Auto. */
  driver?: pulumi.Input<NetworkDriver>;
  /** Who forwards published ports. Defaults to Auto. */
  portDriver?: pulumi.Input<PortDriver>;
  /**
   * Bytes of a packet at most on RootlessKit's interface, 1280 to 65520. The default bridge follows it, unless
   * daemon.mtu says otherwise; user-defined ones follow that, from engine 24 on, unless default-network-opts in
   * daemon does. Defaults to 65520.
   */
  mtu?: pulumi.Input<number>;
  /**
   * Whether containers reach what listens on the machine's 127.0.0.1, under the address 10.0.2.2, or
   * 10.0.2.1 with GvisorTapVsock. Defaults to false.
   */
  hostLoopback?: pulumi.Input<boolean>;
  /**
   * Whether containers reach IPv6 addresses beyond the machine, by slirp4netns, from Docker's networks that have IPv6: the
   * default one by `ipv6` and `fixed-cidr-v6` in daemon. Engines before 27 need `experimental` for that, which
   * daemon.json gets. Only with Auto and Slirp4netns. Defaults to false; published ports are reached by the machine's IPv6 addresses
   * without it.
   */
  ipv6?: pulumi.Input<boolean>;
  /**
   * Whether dockerd itself stays in the machine's network, and containers alone are in RootlessKit's: pulls are as fast
   * as the machine's, and `docker run --net=host` is the machine's network. True needs Docker 29.5. Defaults to the
   * start script's own choice, which is true from then on.
   */
  detached?: pulumi.Input<boolean>;
  /**
   * Whether slirp4netns shuts itself into a mount namespace of its own, and the daemon does not start
   * where it cannot; false turns that off. Only with Auto and Slirp4netns. Defaults to the start script's own choice: where
   * it can.
   */
  slirp4netnsSandbox?: pulumi.Input<boolean>;
}

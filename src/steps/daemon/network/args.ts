import type * as pulumi from "@pulumi/pulumi";

/** How RootlessKit connects the containers' network namespace with the machine's. */
export const NetworkDriver = {
  /** The start script's own choice, which is slirp4netns. */
  Auto: "Auto",
  /** slirp4netns forwards TCP, UDP and ping in user space. */
  Slirp4netns: "Slirp4netns",
  /** pasta does the same; its package is installed. It needs RootlessKit 2 (Debian 13). */
  Pasta: "Pasta",
  /** RootlessKit does the same itself. It needs RootlessKit 3 (Docker 29). */
  GvisorTapVsock: "GvisorTapVsock",
} as const;
export type NetworkDriver = (typeof NetworkDriver)[keyof typeof NetworkDriver];

/** Who forwards published ports into RootlessKit's network namespace. */
export const PortDriver = {
  /** Implicit with Pasta, else Builtin. */
  Auto: "Auto",
  /**
   * RootlessKit itself, which is fast. Containers see their own gateway as the client's address. Not with Pasta.
   */
  Builtin: "Builtin",
  /** slirp4netns, which is slower. Containers see clients' addresses. Only with Auto and Slirp4netns. */
  Slirp4netns: "Slirp4netns",
  /** pasta, which looks for new ports once a second. Containers see clients' addresses. Only with Pasta. */
  Implicit: "Implicit",
} as const;
export type PortDriver = (typeof PortDriver)[keyof typeof PortDriver];

/** The network that RootlessKit makes for the containers. */
export interface NetworkArgs {
  /** The connection of containers to the machine's network. Defaults to Auto. */
  driver?: pulumi.Input<NetworkDriver>;
  /** The program that forwards published ports. Defaults to Auto. */
  portDriver?: pulumi.Input<PortDriver>;
  /**
   * Bytes of a packet on RootlessKit's interface, 1280 to 65520, and of Docker's bridges if daemon.json does not
   * say otherwise. Defaults to 65520.
   */
  mtu?: pulumi.Input<number>;
  /**
   * Whether containers reach the machine's 127.0.0.1 as 10.0.2.2, or as 10.0.2.1 with GvisorTapVsock. Defaults to
   * false.
   */
  hostLoopback?: pulumi.Input<boolean>;
  /**
   * Whether containers reach IPv6 addresses beyond the machine. Only with Auto and Slirp4netns. Defaults to false.
   */
  ipv6?: pulumi.Input<boolean>;
  /**
   * Whether dockerd stays in the machine's network, and containers alone are in RootlessKit's. True needs Docker
   * 29.5. Defaults to the start script's own choice: true from 29.5 on.
   */
  detached?: pulumi.Input<boolean>;
  /**
   * Whether slirp4netns has to be in a mount namespace of its own; with false it may not. Only with Auto and
   * Slirp4netns. Defaults to the start script's own choice.
   */
  slirp4netnsSandbox?: pulumi.Input<boolean>;
}

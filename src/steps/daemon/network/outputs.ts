/** The network that RootlessKit makes for the containers. */
export interface NetworkInfo {
  /** Such as slirp4netns. */
  driver: string;
  /** Who forwards published ports: builtin, slirp4netns or implicit. */
  portDriver: string;
  /** Bytes of a packet at most. */
  mtu: number;
  /** The same on the default bridge. Defaults to none, where daemon.mtu is a secret. */
  bridgeMtu?: number;
  /**
   * The same on user-defined bridges that are made from now on. Defaults to none, where default-network-opts of daemon
   * is a secret.
   */
  userDefinedBridgeMtu?: number;
}

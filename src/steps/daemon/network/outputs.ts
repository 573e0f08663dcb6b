/** The network that RootlessKit makes for the containers. */
export interface NetworkInfo {
  /** Such as slirp4netns. */
  driver: string;
  /** Who forwards published ports: builtin, slirp4netns or implicit. */
  portDriver: string;
  /** Bytes of a packet at most. */
  mtu: number;
}

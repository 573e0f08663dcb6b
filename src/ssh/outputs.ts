/** How to reach the account over SSH: everything that a `command.remote.Command` needs, except for a key. */
export interface AccountConnection {
  /** Name or address of the machine. */
  host: string;
  /** TCP port of its SSH server. */
  port: number;
  /** The account's name. */
  user: string;
  /** The server's public key, without a comment. Defaults to none, if `connection.hostKey` is not set. */
  hostKey?: string;
  /** The host to jump over. Defaults to none. */
  proxy?: AccountConnectionProxy;
}

/** The host that a connection to the account jumps over. */
export interface AccountConnectionProxy {
  /** Name or address of the proxy. */
  host: string;
  /** TCP port of its SSH server. */
  port: number;
  /** The user that logs in there. */
  user: string;
  /** Its public key, without a comment. Defaults to none, if `connection.proxy.hostKey` is not set. */
  hostKey?: string;
}

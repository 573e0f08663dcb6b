/** How to reach the account over SSH: what a `command.remote.Command` needs beside a login. */
export interface AccountConnection {
  /** Name or address of the machine. */
  host: string;
  /** TCP port of its SSH server. */
  port: number;
  /** The account's name. */
  user: string;
  /** The server's public key, without a comment. Defaults to none, where `connection.hostKey` is not given. */
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
  /** Who logs in there. */
  user: string;
  /** Its public key, without a comment. Defaults to none, where `connection.proxy.hostKey` is not given. */
  hostKey?: string;
}

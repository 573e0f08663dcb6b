import type * as pulumi from "@pulumi/pulumi";

/** The daemon's API over TCP, for callers whose certificate an authority of yours has signed, and nobody else. */
export interface TcpSocketArgs {
  /**
   * The machine's address that it listens on. With Pasta only 0.0.0.0, with the port driver Slirp4netns an IPv4
   * address. Not a secret. Defaults to 0.0.0.0, all of them.
   */
  address?: pulumi.Input<string>;
  /** The port, 1024 to 65535. Not a secret. Defaults to 2376. */
  port?: pulumi.Input<number>;
  /**
   * Certificates of the authorities that sign those of callers, as PEM. Whoever has such a certificate may do all that
   * the account may: use an authority that signs nothing else.
   */
  caCertificate: pulumi.Input<string>;
  /** The daemon's certificate, as PEM, for the names or addresses that callers know it by; others of its chain after it. */
  certificate: pulumi.Input<string>;
  /** The private key of `certificate`, as PEM without a passphrase. Always kept as a secret. */
  privateKey: pulumi.Input<string>;
}

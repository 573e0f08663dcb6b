import type * as pulumi from "@pulumi/pulumi";

/** The daemon's API over TCP, for callers whose certificate an authority of yours has signed, and nobody else. */
export interface TcpSocketArgs {
  /**
   * The address to listen on. Pasta takes 0.0.0.0 alone, and the port driver Slirp4netns an IPv4 address. Not a
   * secret. Defaults to 0.0.0.0.
   */
  address?: pulumi.Input<string>;
  /** The port to listen on, 1024 to 65535. Not a secret. Defaults to 2376. */
  port?: pulumi.Input<number>;
  /**
   * Authorities of callers' certificates, as PEM. A caller may do all that the account may: use an authority that
   * signs nothing else.
   */
  caCertificate: pulumi.Input<string>;
  /** The daemon's certificate as PEM, for the names that callers know it by; its chain after it. */
  certificate: pulumi.Input<string>;
  /** The private key of `certificate`, as PEM without a passphrase. Always kept as a secret. */
  privateKey: pulumi.Input<string>;
}

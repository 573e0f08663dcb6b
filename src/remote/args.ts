import type * as pulumi from "@pulumi/pulumi";

/** How the commands become root on the host. */
export const PrivilegeEscalation = {
  /** Nothing where the SSH user is root; else sudo where the host has it, else doas. */
  Auto: "Auto",
  /** `sudo -n`. */
  Sudo: "Sudo",
  /** `doas -n`. */
  Doas: "Doas",
  /** The SSH user is root. */
  None: "None",
} as const;
export type PrivilegeEscalation = (typeof PrivilegeEscalation)[keyof typeof PrivilegeEscalation];

/** How the program that runs as root gets to the machine. */
export const AgentTransfer = {
  /** As a file, over SFTP, into the home of `connection.user`, for as long as it takes to install it. */
  Sftp: "Sftp",
  /**
   * On stdin of a command, for a machine without SFTP, a user without a home, or a login that prints text. The stack's
   * state then holds the program: some 150 KB more a host.
   */
  Stdin: "Stdin",
} as const;
export type AgentTransfer = (typeof AgentTransfer)[keyof typeof AgentTransfer];

/** How to reach the machine over SSH. */
export interface SshConnectionArgs {
  /** Name or address of the machine. Another host moves the whole installation there. */
  host: pulumi.Input<string>;
  /** TCP port of the SSH server, 1 to 65535. Defaults to 22. */
  port?: pulumi.Input<number>;
  /** Who logs in: root, or a user who becomes root by `privilegeEscalation`. Defaults to root. */
  user?: pulumi.Input<string>;
  /** Private key, PEM or OpenSSH text. Always kept as a secret. Defaults to none. */
  privateKey?: pulumi.Input<string>;
  /** Passphrase of the private key. Always kept as a secret. Defaults to none. */
  privateKeyPassword?: pulumi.Input<string>;
  /** Password of the user, where no key is used. Always kept as a secret. Defaults to none. */
  password?: pulumi.Input<string>;
  /** Path of an SSH agent's socket. Defaults to the environment's SSH_AUTH_SOCK. */
  agentSocketPath?: pulumi.Input<string>;
  /**
   * The server's public key, as in known_hosts without the name (`ssh-ed25519 AAAA...`). Defaults
   * to none: then the host is not verified, and a warning says so.
   */
  hostKey?: pulumi.Input<string>;
  /** A host to jump over. Defaults to none. */
  proxy?: pulumi.Input<SshProxyArgs>;
  /**
   * Seconds in which a new machine's SSH server is waited for, before the first login: a server that refuses, or no
   * answer at all. 0 does not wait. Defaults to 300.
   */
  connectTimeout?: pulumi.Input<number>;
  /** How often a connection that fails is tried again, -1 for no end. Defaults to 10. */
  dialErrorLimit?: pulumi.Input<number>;
  /** Seconds that one try may take. Defaults to 15. */
  perDialTimeout?: pulumi.Input<number>;
}

/** The host that an SSH connection jumps over. */
export interface SshProxyArgs {
  /** Name or address of the proxy. */
  host: pulumi.Input<string>;
  /** TCP port of its SSH server, 1 to 65535. Defaults to 22. */
  port?: pulumi.Input<number>;
  /** Who logs in there. Defaults to root. */
  user?: pulumi.Input<string>;
  /** Private key, PEM or OpenSSH text. Always kept as a secret. Defaults to none. */
  privateKey?: pulumi.Input<string>;
  /** Passphrase of the private key. Always kept as a secret. Defaults to none. */
  privateKeyPassword?: pulumi.Input<string>;
  /** Password of the user, where no key is used. Always kept as a secret. Defaults to none. */
  password?: pulumi.Input<string>;
  /** Path of an SSH agent's socket. Defaults to the environment's SSH_AUTH_SOCK. */
  agentSocketPath?: pulumi.Input<string>;
  /** The proxy's public key. Defaults to none: then the proxy is not verified. */
  hostKey?: pulumi.Input<string>;
  /** How often a connection that fails is tried again, -1 for no end. Defaults to 10. */
  dialErrorLimit?: pulumi.Input<number>;
  /** Seconds that one try may take. Defaults to 15. */
  perDialTimeout?: pulumi.Input<number>;
}

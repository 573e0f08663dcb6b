import type * as pulumi from "@pulumi/pulumi";

/** How the commands become root on the host. */
export const PrivilegeEscalation = {
  /** Nothing if the SSH user is root. Otherwise sudo if the host has it, or else doas. */
  Auto: "auto",
  /** `sudo -n`, or `sudo -S` with `connection.sudoPassword`. */
  Sudo: "sudo",
  /** `doas -n`. */
  Doas: "doas",
  /** The SSH user is root, so nothing is needed. */
  None: "none",
} as const;
export type PrivilegeEscalation = (typeof PrivilegeEscalation)[keyof typeof PrivilegeEscalation];

/** How the program that runs as root gets to the machine. */
export const AgentTransfer = {
  /** As a file over SFTP, into the home of `connection.user`. */
  Sftp: "sftp",
  /**
   * On the stdin of a command. Use it for a machine without SFTP, a user without a home, or a login that prints text.
   * It adds some 150 KB for each host to the stack's state.
   */
  Stdin: "stdin",
} as const;
export type AgentTransfer = (typeof AgentTransfer)[keyof typeof AgentTransfer];

/** How to reach the machine over SSH. */
export interface SshConnectionArgs {
  /** Name or address of the machine. A different host moves the installation there. */
  host: pulumi.Input<string>;
  /** TCP port of the SSH server, 1 to 65535. Defaults to 22. */
  port?: pulumi.Input<number>;
  /** The user that logs in: root, or a user who becomes root by `privilegeEscalation`. Defaults to root. */
  user?: pulumi.Input<string>;
  /** Private key, as PEM or OpenSSH text. Always kept as a secret. Defaults to none. */
  privateKey?: pulumi.Input<string>;
  /** Passphrase of the private key. Always kept as a secret. Defaults to none. */
  privateKeyPassword?: pulumi.Input<string>;
  /** Password of the user, if you do not use a key. Always kept as a secret. Defaults to none. */
  password?: pulumi.Input<string>;
  /** How commands become root on the machine. Defaults to "auto". */
  privilegeEscalation?: pulumi.Input<PrivilegeEscalation>;
  /**
   * Password that sudo asks for: the user's, or on openSUSE and SLES root's. Always a secret, and passed to sudo only on
   * stdin. Side effect: previews show `[secret]` instead of the settings of each step, and a summary in words. Defaults
   * to none.
   */
  sudoPassword?: pulumi.Input<string>;
  /**
   * Path of an SSH agent's socket, to log in with its keys. Defaults to SSH_AUTH_SOCK of the environment in which
   * Pulumi runs.
   */
  agentSocketPath?: pulumi.Input<string>;
  /**
   * The server's public key, such as `ssh-ed25519 AAAA...`. If the machine has a different one, the connection fails.
   * Defaults to none: then a warning says that the machine is not verified.
   */
  hostKey?: pulumi.Input<string>;
  /** A host to jump over (a bastion). Defaults to none. */
  proxy?: pulumi.Input<SshProxyArgs>;
  /** Seconds to wait for the SSH server of a new machine; 0 does not wait. Defaults to 300. */
  connectTimeout?: pulumi.Input<number>;
  /** How often a failed connection is retried; -1 means without limit. Defaults to 10. */
  dialErrorLimit?: pulumi.Input<number>;
  /** Seconds that one attempt may take. Defaults to 15. */
  perDialTimeout?: pulumi.Input<number>;
}

/** The host that an SSH connection jumps over. */
export interface SshProxyArgs {
  /** Name or address of the proxy. */
  host: pulumi.Input<string>;
  /** TCP port of the SSH server, 1 to 65535. Defaults to 22. */
  port?: pulumi.Input<number>;
  /** The user that logs in there. Defaults to root. */
  user?: pulumi.Input<string>;
  /** Private key, as PEM or OpenSSH text. Always kept as a secret. Defaults to none. */
  privateKey?: pulumi.Input<string>;
  /** Passphrase of the private key. Always kept as a secret. Defaults to none. */
  privateKeyPassword?: pulumi.Input<string>;
  /** Password of the user, if you do not use a key. Always kept as a secret. Defaults to none. */
  password?: pulumi.Input<string>;
  /**
   * Path of an SSH agent's socket, to log in with its keys. Defaults to SSH_AUTH_SOCK of the environment in which
   * Pulumi runs.
   */
  agentSocketPath?: pulumi.Input<string>;
  /** The proxy's public key. Defaults to none: then the proxy is not verified. */
  hostKey?: pulumi.Input<string>;
  /** How often a failed connection is retried; -1 means without limit. Defaults to 10. */
  dialErrorLimit?: pulumi.Input<number>;
  /** Seconds that one attempt may take. Defaults to 15. */
  perDialTimeout?: pulumi.Input<number>;
}

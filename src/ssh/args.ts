import type * as pulumi from "@pulumi/pulumi";

/** How the commands become root on the host. */
export const PrivilegeEscalation = {
  /** Nothing if the SSH user is root; else sudo if the host has it, else doas. */
  Auto: "auto",
  /** `sudo -n`, or `sudo -S` with `connection.sudoPassword`. */
  Sudo: "sudo",
  /** `doas -n`. */
  Doas: "doas",
  /** The SSH user is root. */
  None: "none",
} as const;
export type PrivilegeEscalation = (typeof PrivilegeEscalation)[keyof typeof PrivilegeEscalation];

/** How the program that runs as root gets to the machine. */
export const AgentTransfer = {
  /** As a file over SFTP, into the home of `connection.user`. */
  Sftp: "sftp",
  /**
   * On a command's stdin, for a machine without SFTP, a user without a home, or a login that prints text. It adds
   * some 150 KB a host to the stack's state.
   */
  Stdin: "stdin",
} as const;
export type AgentTransfer = (typeof AgentTransfer)[keyof typeof AgentTransfer];

/** How to reach the machine over SSH. */
export interface SshConnectionArgs {
  /** Name or address of the machine. Another host moves the installation there. */
  host: pulumi.Input<string>;
  /** TCP port of the SSH server, 1 to 65535. Defaults to 22. */
  port?: pulumi.Input<number>;
  /** Who logs in: root, or a user who becomes root by `privilegeEscalation`. Defaults to root. */
  user?: pulumi.Input<string>;
  /** Private key, PEM or OpenSSH text. Always kept as a secret. Defaults to none. */
  privateKey?: pulumi.Input<string>;
  /** Passphrase of the private key. Always kept as a secret. Defaults to none. */
  privateKeyPassword?: pulumi.Input<string>;
  /** Password of the user, if no key is used. Always kept as a secret. Defaults to none. */
  password?: pulumi.Input<string>;
  /** How commands become root on the machine. Defaults to "auto". */
  privilegeEscalation?: pulumi.Input<PrivilegeEscalation>;
  /**
   * Password that sudo asks the user for. Always a secret: sudo reads it on stdin, and no file, argument or environment
   * has it. A preview shows `[secret]` in the place of each step's document, and says in words what changes there.
   * Defaults to none.
   */
  sudoPassword?: pulumi.Input<string>;
  /** Path of an SSH agent's socket. Defaults to the environment's SSH_AUTH_SOCK. */
  agentSocketPath?: pulumi.Input<string>;
  /**
   * The server's public key, such as `ssh-ed25519 AAAA...`. Defaults to none: then a warning says that nobody
   * verifies the host.
   */
  hostKey?: pulumi.Input<string>;
  /** A host to jump over. Defaults to none. */
  proxy?: pulumi.Input<SshProxyArgs>;
  /** Seconds to wait for the SSH server of a new machine; 0 does not wait. Defaults to 300. */
  connectTimeout?: pulumi.Input<number>;
  /** How often a failed connection is tried again; -1 has no limit. Defaults to 10. */
  dialErrorLimit?: pulumi.Input<number>;
  /** Seconds for one try. Defaults to 15. */
  perDialTimeout?: pulumi.Input<number>;
}

/** The host that an SSH connection jumps over. */
export interface SshProxyArgs {
  /** Name or address of the proxy. */
  host: pulumi.Input<string>;
  /** TCP port of the SSH server, 1 to 65535. Defaults to 22. */
  port?: pulumi.Input<number>;
  /** Who logs in there. Defaults to root. */
  user?: pulumi.Input<string>;
  /** Private key, PEM or OpenSSH text. Always kept as a secret. Defaults to none. */
  privateKey?: pulumi.Input<string>;
  /** Passphrase of the private key. Always kept as a secret. Defaults to none. */
  privateKeyPassword?: pulumi.Input<string>;
  /** Password of the user, if no key is used. Always kept as a secret. Defaults to none. */
  password?: pulumi.Input<string>;
  /** Path of an SSH agent's socket. Defaults to the environment's SSH_AUTH_SOCK. */
  agentSocketPath?: pulumi.Input<string>;
  /** The proxy's public key. Defaults to none: then the proxy is not verified. */
  hostKey?: pulumi.Input<string>;
  /** How often a failed connection is tried again; -1 has no limit. Defaults to 10. */
  dialErrorLimit?: pulumi.Input<number>;
  /** Seconds for one try. Defaults to 15. */
  perDialTimeout?: pulumi.Input<number>;
}

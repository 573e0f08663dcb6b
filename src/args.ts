import type * as pulumi from "@pulumi/pulumi";
import type { OperationsArgs } from "./steps/everyStep";
import type { AgentTransfer, SshConnectionArgs } from "./ssh/args";
import type { AccountArgs } from "./steps/account/args";
import type { OnDestroyArgs } from "./steps/daemon/data";
import type { NetworkArgs } from "./steps/daemon/network";
import type { PruneArgs } from "./steps/daemon/prune";
import type { TcpSocketArgs } from "./steps/daemon/tcpSocket";
import type { StorageDriver } from "./steps/daemon/storage";
import type { EngineArgs, RootfulDocker } from "./steps/engine/args";
import type { KernelArgs, PrivilegedPorts } from "./steps/kernel/args";
import type { RegistryAuthArgs } from "./steps/registries";

/** The desired state of a rootless Docker host. */
export interface RootlessDockerHostArgs {
  /** How to reach the machine, and to become root there. */
  connection: pulumi.Input<SshConnectionArgs>;
  /** The ordinary account that runs the daemon. Defaults to one that is made for it. */
  account?: pulumi.Input<AccountArgs>;
  /** The Docker engine to install. Defaults to the distribution's newest. */
  engine?: pulumi.Input<EngineArgs>;
  /** The fate of a Docker daemon that root runs on the machine. Defaults to "refuse". */
  rootfulDocker?: pulumi.Input<RootfulDocker>;
  /**
   * How the daemon stores images and containers. Another driver does not see the images of the earlier one.
   * Defaults to "auto".
   */
  storageDriver?: pulumi.Input<StorageDriver>;
  /** The network that RootlessKit makes for containers. Defaults to the start script's own choice. */
  network?: pulumi.Input<NetworkArgs>;
  /** How containers may publish ports below 1024. Defaults to "none". */
  privilegedPorts?: pulumi.Input<PrivilegedPorts>;
  /**
   * Settings of the machine's kernel, for all of its accounts. Two components that want different values on one machine
   * are an error. Defaults to what containers need.
   */
  kernel?: pulumi.Input<KernelArgs>;
  /**
   * Keys of daemon.json, all but `hosts`, `pidfile`, `userns-remap` and `storage-driver` (see storageDriver).
   * `data-root` is a directory that the account may write. `host-gateway-ip` is set with network.hostLoopback. A
   * secret value is kept out of previews. Defaults to {}.
   */
  // A value of daemon.json is any JSON: the one place where the schema needs `any`.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  daemon?: pulumi.Input<{ [key: string]: pulumi.Input<any> }>;
  /**
   * Environment variables of the daemon and its start script. Those that the unit, systemd and RootlessKit set are
   * refused, as are `XDG_CONFIG_HOME`, `XDG_DATA_HOME`, `LD_*`, `BASH_ENV` and `ENV`. A secret value is kept out
   * of previews. Defaults to {}.
   */
  environment?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /** Logins of the account's docker CLI to registries, in its ~/.docker/config.json. Defaults to none. */
  registryAuth?: pulumi.Input<pulumi.Input<RegistryAuthArgs>[]>;
  /**
   * Certificates of authorities that the daemon trusts for a registry, as PEM, by the registry's host. Defaults to
   * none.
   */
  registryCertificates?: pulumi.Input<{ [host: string]: pulumi.Input<string> }>;
  /**
   * The daemon's API over TCP, beside SSH, with certificates on both sides, at the address of the output
   * `tcpDockerHost`. No firewall is opened for it. Defaults to none.
   */
  tcpSocket?: pulumi.Input<TcpSocketArgs>;
  /**
   * Directives of the daemon's user unit by section and name, as in systemd.unit(5). A value is a text, a number,
   * true or false, or a list of these. Directives that start, find or end the daemon are refused. Defaults to {}.
   */
  // A value of a directive is a text, a number, a truth value or a list, for which the schema has no other type.
  unitOverrides?: pulumi.Input<{
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    [section: string]: pulumi.Input<{ [directive: string]: pulumi.Input<any> }>;
  }>;
  /** Runs `docker system prune` on a schedule. It never removes volumes. Defaults to none: nothing is removed. */
  prune?: pulumi.Input<PruneArgs>;
  /** Whether destroy removes more than this package's own changes. Defaults to nothing more. */
  onDestroy?: pulumi.Input<OnDestroyArgs>;
  /** How the program that runs as root gets to the machine. A plain value. Defaults to "sftp". */
  agentTransfer?: AgentTransfer;
  /** What a preview and an `up` ask, and may do. None of it is a setting of the host. Defaults to {}. */
  operations?: pulumi.Input<OperationsArgs>;
}

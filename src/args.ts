import type * as pulumi from "@pulumi/pulumi";
import type { OperationsArgs } from "./steps/operations";
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
  /** How to reach the machine, and how to become root there. */
  connection: pulumi.Input<SshConnectionArgs>;
  /** The ordinary account that runs the daemon. Defaults to an account that is created for it. */
  account?: pulumi.Input<AccountArgs>;
  /** The Docker engine to install. Defaults to the distribution's newest. */
  engine?: pulumi.Input<EngineArgs>;
  /** What happens to a Docker daemon that root runs on the machine. Defaults to "refuse". */
  rootfulDocker?: pulumi.Input<RootfulDocker>;
  /**
   * How the daemon stores images and containers. After a change, the daemon does not show the images of the earlier
   * driver; they remain on the disk. Defaults to "auto".
   */
  storageDriver?: pulumi.Input<StorageDriver>;
  /** The network between containers and the machine. Defaults to the choice of Docker's start script. */
  network?: pulumi.Input<NetworkArgs>;
  /** Whether containers can publish ports below 1024. Defaults to "none". */
  privilegedPorts?: pulumi.Input<PrivilegedPorts>;
  /**
   * Settings of the machine's kernel, which apply to all of its accounts. If two components want different values on
   * one machine, the second one fails. Defaults to what containers need.
   */
  kernel?: pulumi.Input<KernelArgs>;
  /**
   * Keys of daemon.json. All are supported except `hosts`, `pidfile`, `userns-remap` and `storage-driver` (use
   * storageDriver). `data-root` has to be a directory that the account can write to. `network.hostLoopback` also sets
   * `host-gateway-ip`. Without `log-driver` and `log-opts`, the log driver is `local`, which rotates the containers'
   * logs. Docker's own default does not rotate them; to use it, write `"log-driver": "json-file"`. Secret values are
   * not shown in previews. Defaults to the log driver `local`.
   */
  // A value of daemon.json is any JSON: the one place where the schema needs `any`.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  daemon?: pulumi.Input<{ [key: string]: pulumi.Input<any> }>;
  /**
   * Environment variables of the daemon and its start script. Variables that the unit, systemd and RootlessKit set are
   * refused, as are `XDG_CONFIG_HOME`, `XDG_DATA_HOME`, `LD_*`, `BASH_ENV` and `ENV`. Secret values are not shown in
   * previews. Defaults to {}.
   */
  environment?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /**
   * Registries that the account's docker CLI logs in to. The logins are stored in its ~/.docker/config.json. Defaults
   * to none.
   */
  registryAuth?: pulumi.Input<pulumi.Input<RegistryAuthArgs>[]>;
  /**
   * Credential helpers that the account's docker CLI asks for its login to a registry, by the registry's host: the name
   * of the program without `docker-credential-`, such as `ecr-login`. They are stored in its ~/.docker/config.json. This
   * package does not install these programs, and `up` warns if one is missing. Defaults to none.
   */
  registryCredentialHelpers?: pulumi.Input<{ [host: string]: pulumi.Input<string> }>;
  /**
   * Certificates of authorities that the daemon trusts for a registry, as PEM, by the registry's host. Defaults to
   * none.
   */
  registryCertificates?: pulumi.Input<{ [host: string]: pulumi.Input<string> }>;
  /**
   * Makes the daemon's API available over TCP, in addition to SSH, at the address of the output `tcpDockerHost`.
   * Requires certificates on both sides. Does not open a firewall. Defaults to none.
   */
  tcpSocket?: pulumi.Input<TcpSocketArgs>;
  /**
   * Directives of the daemon's user unit, by section and name, as in systemd.unit(5). They override those of this
   * package. A value is a string, a number, true, false, or a list of these. Directives that start, find or stop the
   * daemon are refused. Defaults to {}.
   */
  // A value of a directive is a text, a number, a truth value or a list, for which the schema has no other type.
  unitOverrides?: pulumi.Input<{
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    [section: string]: pulumi.Input<{ [directive: string]: pulumi.Input<any> }>;
  }>;
  /** Runs `docker system prune` on a schedule. It never removes volumes. Defaults to none: nothing is removed. */
  prune?: pulumi.Input<PruneArgs>;
  /** What destroy removes in addition to this package's own changes. Defaults to nothing. */
  onDestroy?: pulumi.Input<OnDestroyArgs>;
  /**
   * Ids of advisories that you accept, such as `live-restore`: previews do not warn of them any more, and say how many
   * are accepted. The output `advisories` has the ids that concern this host; it still lists those that you accept, with
   * `accepted`. An id that this version does not know has no
   * effect, and previews warn of it. Defaults to none.
   */
  acceptedAdvisories?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * How the program that runs as root is copied to the machine. Must be a plain value, not an Output. Defaults to
   * "sftp".
   */
  agentTransfer?: AgentTransfer;
  /**
   * What a preview and an `up` ask the host, and what they are allowed to do. These inputs change no setting of the
   * host. Defaults to {}.
   */
  operations?: pulumi.Input<OperationsArgs>;
}

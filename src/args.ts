import type * as pulumi from "@pulumi/pulumi";
import type { PrivilegeEscalation, SshConnectionArgs } from "./remote/args";
import type { AccountArgs, SubordinateIdsArgs } from "./steps/account/args";
import type { OnDestroyArgs, StorageDriver } from "./steps/daemon/args";
import type { EngineArgs, RootfulDocker } from "./steps/engine/args";
import type { UnprivilegedPingArgs } from "./steps/kernel/args";
import type { PrivilegedPorts } from "./steps/ports/args";

/** What a rootless Docker host is to be. */
export interface RootlessDockerHostArgs {
  /** How to reach the machine. */
  connection: pulumi.Input<SshConnectionArgs>;
  /** The ordinary account that runs the daemon. Defaults to one that is made for it. */
  account?: pulumi.Input<AccountArgs>;
  /** The ids that the account's containers live on. Defaults to 65536 that are free. */
  subordinateIds?: pulumi.Input<SubordinateIdsArgs>;
  /** The engine that is installed. Defaults to the distribution's newest. */
  engine?: pulumi.Input<EngineArgs>;
  /** What happens to a Docker daemon that the machine's root runs. Defaults to Refuse. */
  rootfulDocker?: pulumi.Input<RootfulDocker>;
  /** How the daemon keeps images and containers. Defaults to Auto. */
  storageDriver?: pulumi.Input<StorageDriver>;
  /** How containers may publish ports below 1024. Defaults to None. */
  privilegedPorts?: pulumi.Input<PrivilegedPorts>;
  /** Who may ping from a container. Defaults to everybody. */
  unprivilegedPing?: pulumi.Input<UnprivilegedPingArgs>;
  /**
   * daemon.json, by key: everything that dockerd documents, but `hosts`, `storage-driver` (see
   * storageDriver) and `userns-remap`. A secret value is kept out of previews. Defaults to {}.
   */
  // A value of daemon.json is any JSON: the one place where the schema needs `any`.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  daemon?: pulumi.Input<{ [key: string]: pulumi.Input<any> }>;
  /**
   * Environment variables of the daemon, such as HTTPS_PROXY or DOCKERD_ROOTLESS_ROOTLESSKIT_MTU. A
   * secret value is kept out of previews. Defaults to {}.
   */
  environment?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /** What destroy does beyond taking back this package's own changes. Defaults to nothing. */
  onDestroy?: pulumi.Input<OnDestroyArgs>;
  /** How the commands become root on the host. Defaults to Auto. */
  privilegeEscalation?: pulumi.Input<PrivilegeEscalation>;
}

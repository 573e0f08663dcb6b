export { RootlessDockerHost } from "./src/rootlessDockerHost";
export type { RootlessDockerHostArgs } from "./src/args";
export { DriftDetection } from "./src/drift/args";
export {
  AgentTransfer,
  PrivilegeEscalation,
  type SshConnectionArgs,
  type SshProxyArgs,
} from "./src/remote/args";
export { Restarts } from "./src/restarts/args";
export type { AccountArgs } from "./src/steps/account/args";
export { IdAllocation, type SubordinateIdsArgs } from "./src/steps/account/subordinateIds/args";
export { OnDestroyData, type OnDestroyArgs } from "./src/steps/daemon/data/args";
export { type NetworkArgs, NetworkDriver, PortDriver } from "./src/steps/daemon/network/args";
export type { TcpSocketArgs } from "./src/steps/daemon/tcpSocket/args";
export type { PruneArgs } from "./src/steps/daemon/prune/args";
export { StorageDriver } from "./src/steps/daemon/storage/args";
export {
  type EngineArgs,
  EnginePlugin,
  EngineSource,
  RootfulDocker,
} from "./src/steps/engine/args";
export { AppArmorProfile } from "./src/steps/kernel/appArmor/args";
export type { UnprivilegedPingArgs } from "./src/steps/kernel/unprivilegedPing/args";
export { PrivilegedPorts } from "./src/steps/ports/args";
export type { RegistryAuthArgs } from "./src/steps/registries/args";
export type { AccountConnection, AccountConnectionProxy } from "./src/remote/outputs";
export type { AccountInfo } from "./src/steps/account/outputs";
export type { IdRange, SubordinateIds } from "./src/steps/account/subordinateIds/outputs";
export type { CgroupInfo } from "./src/steps/daemon/outputs";
export type { NetworkInfo } from "./src/steps/daemon/network/outputs";
export type { Versions } from "./src/steps/engine/outputs";
export type { Limitation } from "./src/limitations/limitation";

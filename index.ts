export { RootlessDockerHost } from "./src/rootlessDockerHost";
export type { RootlessDockerHostArgs } from "./src/args";
export { DriftDetection, type OperationsArgs, Restarts } from "./src/steps/operations";
export {
  AgentTransfer,
  PrivilegeEscalation,
  type SshConnectionArgs,
  type SshProxyArgs,
} from "./src/ssh/args";
export {
  type AccountArgs,
  type AccountInfo,
  type IdRange,
  type SubordinateIds,
  type SubordinateIdsArgs,
} from "./src/steps/account/args";
export type { AccountLimitsArgs } from "./src/steps/account/limits";
export { type OnDestroyArgs, OnDestroyData } from "./src/steps/daemon/data";
export {
  type NetworkArgs,
  NetworkDriver,
  type NetworkInfo,
  PortDriver,
} from "./src/steps/daemon/network";
export type { TcpSocketArgs } from "./src/steps/daemon/tcpSocket";
export type { PruneArgs } from "./src/steps/daemon/prune";
export { StorageDriver } from "./src/steps/daemon/storage";
export {
  type EngineArgs,
  EnginePlugin,
  EngineSource,
  RootfulDocker,
  type Versions,
} from "./src/steps/engine/args";
export { AppArmorProfile, type KernelArgs, PrivilegedPorts } from "./src/steps/kernel/args";
export type { RegistryAuthArgs } from "./src/steps/registries";
export type { AccountConnection, AccountConnectionProxy } from "./src/ssh/outputs";
export type { Limitation } from "./src/limitations/limitation";
export type { Advisory } from "./src/advisories/advisory";
export type { Control } from "./src/controls/control";

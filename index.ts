export { RootlessDockerHost } from "./src/rootlessDockerHost";
export type { RootlessDockerHostArgs } from "./src/args";
export { PrivilegeEscalation, type SshConnectionArgs, type SshProxyArgs } from "./src/remote/args";
export { type AccountArgs, IdAllocation, type SubordinateIdsArgs } from "./src/steps/account/args";
export { OnDestroyData, type OnDestroyArgs, StorageDriver } from "./src/steps/daemon/args";
export { type EngineArgs, EngineSource, RootfulDocker } from "./src/steps/engine/args";
export type { UnprivilegedPingArgs } from "./src/steps/kernel/args";
export { PrivilegedPorts } from "./src/steps/ports/args";
export type {
  AccountInfo,
  CgroupInfo,
  IdRange,
  Limitation,
  NetworkInfo,
  SubordinateIds,
  Versions,
} from "./src/outputs";

/** Disposable hosts for the tests: create, use over SSH, compare, throw away. */
export { createHost, type HostArgs } from "./createHost";
export { destroyAllHosts } from "./allocate";
export { type NspawnHost, type SshOptions, strict, type TestHost } from "./host";
export type { Finished } from "./exec";
export { type Admin, passwordOf } from "./tree";
export { fillDisk, formatImage, freeDisk, journalled, type Journalled } from "./disk";
export { createVault, type Vault } from "./vault";
export { allProcesses, killTree, signal, treeOf, type Process } from "./processes";
export { removeLeftovers } from "./leftovers";
export {
  changesByItself,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type SnapshotOptions,
} from "./snapshot";

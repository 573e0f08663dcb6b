/** Disposable hosts that are virtual machines with their distribution's own kernel. */
export { createMachine, suites, type MachineArgs, type Suite } from "./createMachine";
export type { Machine } from "./machine";
/** Removes all hosts that this process has made: machines are among them. */
export { destroyAllHosts as destroyAllMachines } from "../hosts/allocate";

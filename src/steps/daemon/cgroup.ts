/** Control groups, as the daemon has them. */
export interface CgroupInfo {
  /** "1" or "2". */
  version: string;
  /** `systemd`, `cgroupfs` or `none`. */
  driver: string;
  /** Controllers that are delegated to the account, such as cpu, memory, pids. */
  controllers: string[];
}

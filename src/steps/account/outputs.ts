/** The account that runs the daemon, as it is on the host. */
export interface AccountInfo {
  /** Its name. */
  name: string;
  /** Its user id. */
  uid: number;
  /** Its primary group id. */
  gid: number;
  /** Its home directory. */
  home: string;
}

/** What runs on the host. */
export interface Versions {
  /** Of dockerd. */
  engine: string;
  /** Of RootlessKit. */
  rootlesskit: string;
  /** Release of the running kernel (`uname -r`). */
  kernel: string;
  /** Name of the operating system (`PRETTY_NAME` of os-release). */
  os: string;
}

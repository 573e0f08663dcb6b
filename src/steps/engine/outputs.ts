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
  /** Of Docker's CLI plugin Buildx, as `docker buildx version` says on the host; left out where it is not there. */
  buildx?: string;
  /** Of the plugin Compose, likewise. */
  compose?: string;
}

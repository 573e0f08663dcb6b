/**
 * What the engine's own package needs is there before: unpacking it takes minutes on these machines, and
 * tests of other folders install all of it.
 */
const needsOfEngine = [
  ...["containerd", "runc", "tini", "rootlesskit", "slirp4netns", "uidmap", "dbus-user-session"],
];

/** What the machine of each suite has: one image for all tests of it. arm64 is a trixie. */
export const packagesOf = {
  trixie: [...needsOfEngine, "docker-cli", "criu", "apparmor"],
  bookworm: [...needsOfEngine, "criu"],
  bullseye: [...needsOfEngine, "fuse-overlayfs"],
  arm64: [...needsOfEngine, "docker-cli"],
};

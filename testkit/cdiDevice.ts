/** A CDI spec of a machine's administrator: a device that containers do not have otherwise, a file and a variable. */
export const deviceSpec = JSON.stringify({
  cdiVersion: "0.5.0",
  kind: "example.com/device",
  devices: [
    {
      name: "one",
      containerEdits: {
        env: ["EXAMPLE=of the spec"],
        deviceNodes: [{ path: "/dev/fuse" }],
        mounts: [{ hostPath: "/dev/zero", containerPath: "/dev/example", options: ["bind"] }],
      },
    },
  ],
});

/** A container that uses it, of the image busybox. */
export const useDevice = `docker run --rm --device example.com/device=one busybox sh -c '
  echo "$EXAMPLE"; : </dev/fuse && echo opened; head -c 3 /dev/example | od -An -tx1'`;

/** What that prints. */
export const deviceUsed = "of the spec\nopened\n 00 00 00\n";

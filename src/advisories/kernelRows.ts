import { isFrom } from "../limitations/versions";
import type { AdvisoryId } from "../steps/advisoryIds";
import {
  affected,
  type AdvisoryRow,
  notReported,
  unaffected,
  unknown,
  type Verdict,
} from "./advisory";
import type { HostFacts } from "../limitations/measured";
import { builtOn } from "./builtOn";
import { runningEngine } from "./runningEngine";

/** Faults of the kernel, or of what it does with an engine. */
export const kernelRows = {
  "CVE-2026-31431": {
    title: "Copy Fail: every account of the machine can become root through AF_ALG sockets",
    source: "https://github.com/theori-io/copy-fail-CVE-2026-31431",
    affects:
      "kernels built before 2026-04-01 that have algif_aead; newer ones are unknown, because distributions patch old versions",
    meaning:
      "Any account's program, also one in a container, can change files to which it has only read access, and become root of the machine. Rootless mode does not contain it, since the page cache is the kernel's.",
    fix: "install the distribution's kernel update, and reboot. Until then, write 'install algif_aead /bin/false' to a file in /etc/modprobe.d and run 'rmmod algif_aead'; if it is built in, boot with initcall_blacklist=algif_aead_init. The default seccomp profile of engines from 29.4.2 on blocks such sockets in containers, but not for 32-bit programs, which reach them by socketcall; and nothing blocks them for programs outside of containers",
    judge: judgeCopyFail,
  },

  "overlay2-on-kernel-5-10": {
    title: "overlay2 fails to unpack many images on kernel 5.10",
    source: "https://github.com/moby/moby/issues/42302",
    affects: "the storage driver overlay2 on kernel 5.10 (Debian 11)",
    meaning:
      "Pulls and builds fail with 'input/output error', and Docker 29 starts no container with this driver.",
    fix: "set storageDriver to fuse-overlayfs, or boot a kernel from 5.11 on. The daemon does not show the images of the earlier driver",
    judge(host) {
      const driver = host.storageDriver;
      const kernel = host["versions.kernel"];
      if (driver === undefined) return notReported("its storage driver");
      if (kernel === undefined) return notReported("its kernel");
      const evidence = `the storage driver is ${driver}, the kernel ${kernel}`;
      if (driver !== "overlay2" || isFrom(kernel, 5, 11)) return unaffected(evidence);
      if (isFrom(kernel, 5, 10)) return affected(evidence);
      return unknown(`${evidence}, whose overlay2 in a user namespace is the distribution's patch`);
    },
  },
} satisfies Partial<Record<AdvisoryId, AdvisoryRow>>;

/** The day on which the fix was committed to Linux: no kernel that was built before can have it. */
const copyFailFixed = "2026-04-01";

/** A version says nothing of it, because distributions patch old versions. No socket is opened to find out. */
function judgeCopyFail(host: HostFacts): Verdict {
  const state = host["kernel.algifAead"];
  if (state === undefined) return notReported("whether its kernel has algif_aead");
  const kernel = `kernel ${host["versions.kernel"] ?? "(not reported)"}`;
  if (state === "absent") return unaffected(`${kernel} has no module algif_aead`);
  if (state === "blocked") return unaffected(`algif_aead of ${kernel} cannot be loaded`);
  if (state === "unseen")
    return unknown(
      `the machine has no modules of ${kernel}: it may be a container, whose kernel is another machine's`,
    );
  const day = builtOn(host["kernel.build"] ?? "");
  const found = `algif_aead of ${kernel} is ${stateInWords[state]}`;
  const containers = containersInWords(host);
  if (day === undefined)
    return unknown(`${found}, and the kernel does not say when it was built; ${containers}`);
  return day < copyFailFixed
    ? affected(
        `${found}, and the kernel was built on ${day}, before the fix of ${copyFailFixed}; ${containers}`,
      )
    : unknown(
        `${found}, and the kernel was built on ${day}: the changelog of its package says whether it has the fix of ${copyFailFixed}; ${containers}`,
      );
}

const stateInWords = { loaded: "loaded", builtin: "built in", loadable: "loaded on demand" };

/** Whether the engine's default profile blocks AF_ALG for containers. Packages of distributions may have it earlier. */
function containersInWords(host: HostFacts): string {
  const engine = runningEngine(host) ?? "(not reported)";
  const security = host["daemon.security"] ?? "";
  if (!/profile=(builtin|default)/.test(security))
    return `docker info does not say that engine ${engine} uses its default seccomp profile`;
  return isFrom(engine, 29, 4, 2)
    ? `the default seccomp profile of engine ${engine} blocks it for containers, but not for 32-bit programs`
    : `engine ${engine} is older than 29.4.2, whose default seccomp profile blocks it for containers`;
}

import { execOrThrow } from "./exec";

/** What makes a minimal Debian a machine that one can log in to. Nothing of Docker. */
export const basePackages = [
  ...["systemd", "systemd-sysv", "dbus", "openssh-server", "sudo", "iproute2"],
  ...["iptables", "procps", "kmod", "ca-certificates"],
];

/** What to make with mmdebstrap. */
export interface Bootstrap {
  format: "tar" | "directory" | "null";
  target: string;
  include: readonly string[];
  /** Whether apt's package lists stay. Defaults to false. */
  keepLists?: boolean;
  /** What else mmdebstrap leaves out. Defaults to nothing. */
  skip?: readonly string[];
  /** Shell commands that change the finished tree, whose path is their `$1`. */
  customize: readonly string[];
  sources: readonly string[];
  /** Defaults to this machine's. */
  architecture?: string;
  options: readonly string[];
}

/** Makes a minimal Debian. */
export async function bootstrap(suite: string, debian: Bootstrap): Promise<void> {
  await execOrThrow("mmdebstrap", [
    ...["--mode=root", "--variant=minbase", `--format=${debian.format}`, "--quiet"],
    ...debian.options.map((option) => `--aptopt=${option.replace(/;$/, "")}`),
    ...(debian.keepLists ? ["--skip=cleanup/apt/lists"] : []),
    ...(debian.architecture === undefined ? [] : [`--architectures=${debian.architecture}`]),
    ...(debian.skip ?? []).map((step) => `--skip=${step}`),
    `--include=${debian.include.join(",")}`,
    ...debian.customize.map((command) => `--customize-hook=${command}`),
    suite,
    debian.target,
    ...debian.sources,
  ]);
}

/** One word for a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

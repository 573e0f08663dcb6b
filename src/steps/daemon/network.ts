import type * as pulumi from "@pulumi/pulumi";
import type { Reader } from "../../validation/reader";
import { between } from "../../validation/rules";
import { type Document, JsonText } from "../document";

/** How RootlessKit connects the containers' network namespace with the machine's. */
export const NetworkDriver = {
  /** The choice of Docker's start script, which is slirp4netns. */
  Auto: "auto",
  /** slirp4netns forwards TCP, UDP and ping in user space. */
  Slirp4netns: "slirp4netns",
  /** pasta does the same; its package is installed. Requires RootlessKit 2 (Debian 13). */
  Pasta: "pasta",
  /** RootlessKit itself does the same. Requires RootlessKit 3 (Docker 29). */
  GvisorTapVsock: "gvisor-tap-vsock",
} as const;
export type NetworkDriver = (typeof NetworkDriver)[keyof typeof NetworkDriver];

/** Who forwards published ports into RootlessKit's network namespace. */
export const PortDriver = {
  /** `implicit` with pasta, otherwise `builtin`. */
  Auto: "auto",
  /**
   * RootlessKit itself, which is fast. Containers see their own gateway as the client's address. Not supported with
   * pasta.
   */
  Builtin: "builtin",
  /**
   * slirp4netns, which is slower. Containers see clients' addresses. Requires the network driver auto or slirp4netns.
   */
  Slirp4netns: "slirp4netns",
  /**
   * pasta, which looks for new ports once a second. Containers see clients' addresses. Requires the network driver
   * pasta.
   */
  Implicit: "implicit",
} as const;
export type PortDriver = (typeof PortDriver)[keyof typeof PortDriver];

/** The network that RootlessKit makes for the containers. */
export interface NetworkArgs {
  /** The program that connects containers to the machine's network. Defaults to "auto". */
  driver?: pulumi.Input<NetworkDriver>;
  /** The program that forwards published ports. Defaults to "auto". */
  portDriver?: pulumi.Input<PortDriver>;
  /**
   * MTU of RootlessKit's interface in bytes, 1280 to 65520, and of Docker's bridges unless daemon.json sets theirs.
   * Defaults to 65520.
   */
  mtu?: pulumi.Input<number>;
  /**
   * Whether containers can reach the machine's 127.0.0.1, as 10.0.2.2 (with gvisor-tap-vsock as 10.0.2.1). Defaults to
   * false.
   */
  hostLoopback?: pulumi.Input<boolean>;
  /**
   * Whether containers can reach IPv6 addresses outside of the machine. Not supported with gvisor-tap-vsock. Defaults
   * to false.
   */
  ipv6?: pulumi.Input<boolean>;
}

/** The network that RootlessKit makes for the containers. */
export interface NetworkInfo {
  /** The network driver, such as slirp4netns. */
  driver: string;
  /** The port driver: builtin, slirp4netns or implicit. */
  portDriver: string;
  /** MTU of RootlessKit's interface, in bytes. */
  mtu: number;
  /** MTU of the default bridge. Defaults to none, if daemon.mtu is a secret. */
  bridgeMtu?: number;
  /**
   * MTU of user-defined bridges that are created from now on. Defaults to none, if default-network-opts of daemon is a
   * secret.
   */
  userDefinedBridgeMtu?: number;
}

/** The start script's own choice with slirp4netns, which takes 65521 at most. */
const rootlessKitMtu = 65_520;

const driverVariable = "DOCKERD_ROOTLESS_ROOTLESSKIT_NET";

export interface NetworkSettings {
  driver: NetworkDriver;
  portDriver: PortDriver;
  mtu?: number;
  hostLoopback: boolean;
  ipv6: boolean;
}

export function networkSettings(read: Reader): NetworkSettings {
  const settings = {
    driver: read.oneOf("driver", NetworkDriver) ?? NetworkDriver.Auto,
    portDriver: read.oneOf("portDriver", PortDriver) ?? PortDriver.Auto,
    // IPv6 needs 1280 (RFC 8200).
    mtu: read.number("mtu", { rule: between(1280, rootlessKitMtu) }),
    hostLoopback: read.boolean("hostLoopback") ?? false,
    ipv6: read.boolean("ipv6") ?? false,
  };
  const isKnown = !read.isPending("driver");
  const wrong = isKnown ? wrongPair(settings) : undefined;
  if (wrong) read.refuse("portDriver", wrong);
  if (isKnown && settings.ipv6 && settings.driver === NetworkDriver.GvisorTapVsock)
    read.refuse(
      "ipv6",
      "it does not work with the network driver gvisor-tap-vsock; choose slirp4netns or pasta",
    );
  read.refuseOthers();
  return settings;
}

function wrongPair({ driver, portDriver }: NetworkSettings): string | undefined {
  if (portDriver === PortDriver.Implicit && driver !== NetworkDriver.Pasta)
    return "'implicit' works with the network driver pasta only; choose that, or builtin";
  if (portDriver === PortDriver.Slirp4netns && driver === NetworkDriver.GvisorTapVsock)
    return "'slirp4netns' does not work with the network driver gvisor-tap-vsock; choose builtin";
  if (portDriver === PortDriver.Slirp4netns && driver === NetworkDriver.Pasta)
    return "'slirp4netns' does not work with the network driver pasta; choose implicit";
  if (portDriver === PortDriver.Builtin && driver === NetworkDriver.Pasta)
    return "'builtin' does not work with the network driver pasta; choose implicit";
  return undefined;
}

/** Variables of the start script (dockerd-rootless.sh), those alone that an option sets. */
export function networkEnvironment(network: NetworkSettings): Record<string, string> {
  const { driver, portDriver, mtu, hostLoopback } = network;
  // The start script takes 1500 for a driver that is named, even where it is its own choice.
  const named = driver === NetworkDriver.Auto ? undefined : rootlessKitMtu;
  const implied = driver === NetworkDriver.Pasta ? PortDriver.Implicit : PortDriver.Auto;
  const variables = {
    [driverVariable]: unlessAuto(driver),
    DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER: unlessAuto(
      portDriver === PortDriver.Auto ? implied : portDriver,
    ),
    DOCKERD_ROOTLESS_ROOTLESSKIT_MTU: (mtu ?? named)?.toString(),
    DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK: hostLoopback ? "false" : undefined,
  };
  const set = (entry: [string, string | undefined]): entry is [string, string] =>
    entry[1] !== undefined;
  return Object.fromEntries(Object.entries(variables).filter(set));
}

function unlessAuto<T extends string>(choice: T): T | undefined {
  return choice === "auto" ? undefined : choice;
}

/** Settings that the MTU of bridges depends on. */
interface BridgeSettings {
  network: Pick<NetworkSettings, "mtu">;
  daemon: Record<string, unknown>;
  environment: Record<string, string>;
  /** By where they go: `daemon.json/mtu`. */
  secrets: Record<string, unknown>;
}

/**
 * The containers' packets are as long as RootlessKit's, whose programs work by the packet. `mtu` is the default
 * bridge's in daemon.json. The step writes `default-network-opts` for user-defined bridges where the engine knows it. A
 * user's own value of either in `daemon` is left as it is.
 */
export function bridgeDocument({ network, daemon, environment, secrets }: BridgeSettings) {
  const isGiven = (key: string) => key in daemon || `daemon.json/${key}` in secrets;
  const isOwn = [...Object.entries(environment), ...secretVariables(secrets)].some(setsMtu);
  const chosen = isOwn ? undefined : (network.mtu ?? rootlessKitMtu);
  const mtu = isGiven("mtu") ? daemon.mtu : chosen;
  const named = Number.isSafeInteger(mtu) && Number(mtu) > 0 && !isGiven("default-network-opts");
  return {
    "daemon.json/mtu": isGiven("mtu") || chosen === undefined ? undefined : new JsonText(chosen),
    "default-network-opts.bridge": named
      ? new JsonText({ "com.docker.network.driver.mtu": String(mtu) })
      : undefined,
  };
}

/** The effect of another MTU of user-defined bridges, beside that of the default one. */
export const bridgeEffect =
  "it applies to user-defined networks that are created afterwards, if the engine supports default-network-opts (24 and later); existing networks keep theirs";

const secretVariables = (secrets: Record<string, unknown>) =>
  Object.entries(secrets).map(([place, value]) => [place.replace(/^environment\//, ""), value]);

/** Whether a variable of a user's own may give RootlessKit another MTU. */
function setsMtu([name, value]: unknown[]): boolean {
  if (name === "DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS") return /--(net|mtu)\b/.test(String(value));
  return name === "DOCKERD_ROOTLESS_ROOTLESSKIT_NET" || name === "DOCKERD_ROOTLESS_ROOTLESSKIT_MTU";
}

/** Preflight checks IPv6, too: the machine's kernel may have none. */
export function ipv6Document({ ipv6 }: Pick<NetworkSettings, "ipv6">): Document {
  return { ipv6: ipv6 || undefined };
}

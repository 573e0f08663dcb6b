import type { Document } from "../../document";
import type { Reader } from "../../../validation/reader";
import { between } from "../../../validation/rules";
import { NetworkDriver, PortDriver } from "./args";

export interface NetworkSettings {
  driver: NetworkDriver;
  portDriver: PortDriver;
  mtu?: number;
  hostLoopback: boolean;
  slirp4netnsSandbox?: boolean;
}

export function networkSettings(read: Reader): NetworkSettings {
  const settings = {
    driver: read.oneOf("driver", NetworkDriver) ?? NetworkDriver.Auto,
    portDriver: read.oneOf("portDriver", PortDriver) ?? PortDriver.Auto,
    // IPv6 needs 1280 (RFC 8200); slirp4netns takes 65521 at most.
    mtu: read.number("mtu", { rule: between(1280, 65_520) }),
    hostLoopback: read.boolean("hostLoopback") ?? false,
    slirp4netnsSandbox: read.boolean("slirp4netnsSandbox"),
  };
  const wrong = wrongPair(settings);
  if (wrong) read.refuse("portDriver", wrong);
  if (settings.slirp4netnsSandbox !== undefined && settings.driver === NetworkDriver.Pasta)
    read.refuse(
      "slirp4netnsSandbox",
      "it is of slirp4netns, and the network driver is Pasta; leave it out",
    );
  read.refuseOthers();
  return settings;
}

function wrongPair({ driver, portDriver }: NetworkSettings): string | undefined {
  if (portDriver === PortDriver.Implicit && driver !== NetworkDriver.Pasta)
    return "'Implicit' works with the network driver Pasta only; choose that, or Builtin";
  if (portDriver === PortDriver.Slirp4netns && driver === NetworkDriver.Pasta)
    return "'Slirp4netns' does not work with the network driver Pasta; choose Implicit";
  if (portDriver === PortDriver.Builtin && driver === NetworkDriver.Pasta)
    return "'Builtin' does not work with the network driver Pasta; choose Implicit";
  return undefined;
}

/** Variables of the start script (dockerd-rootless.sh), those alone that an option sets. */
export function networkEnvironment(network: NetworkSettings): Record<string, string> {
  const { driver, portDriver, mtu, hostLoopback, slirp4netnsSandbox } = network;
  // The start script takes 1500 for a driver that is named, even where it is its own choice.
  const named = driver === NetworkDriver.Auto ? undefined : 65_520;
  const implied = driver === NetworkDriver.Pasta ? PortDriver.Implicit : PortDriver.Auto;
  const variables = {
    DOCKERD_ROOTLESS_ROOTLESSKIT_NET: wordUnlessAuto(driver),
    DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER: wordUnlessAuto(
      portDriver === PortDriver.Auto ? implied : portDriver,
    ),
    DOCKERD_ROOTLESS_ROOTLESSKIT_MTU: (mtu ?? named)?.toString(),
    DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK: hostLoopback ? "false" : undefined,
    DOCKERD_ROOTLESS_ROOTLESSKIT_SLIRP4NETNS_SANDBOX: slirp4netnsSandbox?.toString(),
  };
  const set = (entry: [string, string | undefined]): entry is [string, string] =>
    entry[1] !== undefined;
  return Object.fromEntries(Object.entries(variables).filter(set));
}

function wordUnlessAuto(choice: string): string | undefined {
  return choice === "Auto" ? undefined : choice.toLowerCase();
}

/** What preflight checks: pasta is not for every release. */
export function networkTrialDocument({ driver }: Pick<NetworkSettings, "driver">): Document {
  return driver === NetworkDriver.Pasta
    ? { "environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET": "pasta" }
    : {};
}

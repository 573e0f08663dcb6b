import { available, limited, type Row, unavailable } from "./limitation";
import type { Measured } from "./measured";
import { isFrom } from "./versions";

/** RootlessKit's --detach-netns: the daemon is in the machine's network, and the containers' in one apart. */
const isDetached = (measured: Measured) =>
  measured["dockerd.network"] === measured["dockerd.machineNetwork"];

/** Rows of what containers reach, and by what they are reached. */
export const networkRows = {
  /**
   * RootlessKit's own port driver connects by itself; from 3.0 on it can do so under a client's address, of TCP, but
   * docker-proxy in between does not.
   */
  clientAddresses(measured: Measured): Row {
    const driver = measured["network.portDriver"];
    const version = measured["versions.rootlesskit"];
    const fix = "set network.portDriver to slirp4netns, or network.driver to pasta";
    if (driver === "slirp4netns" || driver === "implicit")
      return available(
        `RootlessKit's port driver ${driver} passes on the address of a client, unless the client is the machine itself`,
      );
    if (driver !== "builtin") return unavailable(`RootlessKit's port driver is ${driver}`, fix);
    const isTransparent = isFrom(version, 3) && measured["rootlesskit.isTransparent"];
    if (measured["daemon.userlandProxy"] === "secret")
      return limited(
        `whether RootlessKit's port driver builtin (${version}) passes on the addresses of clients depends on userland-proxy in daemon, and its value is a secret`,
        fix,
      );
    if (measured["daemon.userlandProxy"])
      return unavailable(
        `RootlessKit's port driver builtin (${version}) connects to docker-proxy, so every client has the address of the containers' gateway`,
        fix + (isTransparent ? ", or daemon.userland-proxy to false for TCP clients" : ""),
      );
    return isTransparent
      ? limited(
          `RootlessKit's port driver builtin (${version}), without docker-proxy, passes on the addresses of TCP clients, but not of UDP clients`,
          fix,
        )
      : unavailable(
          `RootlessKit's port driver builtin (${version}) connects to docker-proxy, which daemon.json disables, so no published port answers`,
          `remove userland-proxy from daemon, or ${fix}`,
        );
  },

  containerAddresses(measured: Measured): Row {
    const runtime = `/run/user/${measured["account.uid"]}`;
    const enter = (namespace: string) =>
      `enter it as ${measured["account.name"]}: nsenter -U --preserve-credentials ${namespace} -t $(cat ${runtime}/docker.pid)`;
    return isDetached(measured)
      ? limited(
          `dockerd is in ${measured["dockerd.machineNetwork"]}, the machine's network namespace, but the containers' bridge is in a separate one of RootlessKit`,
          `${enter("-m")} nsenter -n${runtime}/dockerd-rootless/netns`,
        )
      : limited(
          `the containers' bridge is in ${measured["dockerd.network"]} of process ${measured["dockerd.process"]}, but the machine is in ${measured["dockerd.machineNetwork"]}`,
          enter("-n"),
        );
  },

  /** The machine, from a container, by --add-host NAME:host-gateway. */
  hostGateway(measured: Measured): Row {
    const address = measured["daemon.hostGateway"];
    const loopback = measured["rootlesskit.loopback"];
    const isOpen = measured["rootlesskit.hostLoopback"];
    if (address === loopback)
      return isOpen
        ? available(
            `host-gateway is ${loopback}, which RootlessKit forwards to the machine's 127.0.0.1`,
          )
        : unavailable(
            `host-gateway is ${loopback}, which RootlessKit's --disable-host-loopback blocks`,
            "set network.hostLoopback to true",
          );
    if (address === "")
      return unavailable(
        "host-gateway is the address of the containers' bridge, which is in a network namespace of RootlessKit and not on the machine",
        isOpen
          ? `set daemon.host-gateway-ip to ${loopback}, so that containers reach the machine's 127.0.0.1`
          : "set network.hostLoopback to true, so that containers reach the machine's 127.0.0.1; or set daemon.host-gateway-ip to the machine's address on which the service listens",
      );
    const shown = address === "secret" ? "a secret address" : address;
    return measured["daemon.hostGatewayIsHere"]
      ? limited(
          `host-gateway is ${shown}, an address of the machine, so containers reach services that listen on it`,
          "for services that listen on 127.0.0.1, set network.hostLoopback to true and leave daemon.host-gateway-ip out",
        )
      : unavailable(
          `host-gateway is ${shown}, which is not an address of the machine`,
          "set daemon.host-gateway-ip to an address of the machine; or leave it out, and set network.hostLoopback to true",
        );
  },

  macvlanNetworks(measured: Measured): Row {
    return unavailable(
      isDetached(measured)
        ? "the containers' networks are in a separate namespace of RootlessKit, which does not have the machine's interfaces"
        : `dockerd's namespace has the interfaces ${measured["dockerd.interfaces"]}, but none of the machine's`,
      "publish ports with -p",
    );
  },

  netHost(measured: Measured): Row {
    const machine = measured["dockerd.machineNetwork"];
    return isDetached(measured)
      ? available(`dockerd is in the machine's network namespace, ${machine}`)
      : limited(
          `dockerd is in ${measured["dockerd.network"]} and the machine in ${machine}, so --net=host is not the machine's network`,
          "publish ports with -p",
        );
  },

  overlayNetworks(measured: Measured): Row {
    return unavailable(
      isDetached(measured)
        ? `dockerd is in ${measured["dockerd.machineNetwork"]}, the machine's network namespace, but has no capability there, so VXLAN does not leave the containers' separate namespace`
        : `dockerd is in ${measured["dockerd.network"]} of a user namespace, and VXLAN does not leave it`,
      "publish ports, or connect hosts with a VPN of their own",
    );
  },

  /** Unlike the daemon that root runs, a rootless one adds no rules to firewalld's. */
  publishedPorts(measured: Measured): Row {
    return measured["machine.firewalld"]
      ? limited(
          "firewalld runs, so published ports are closed to the outside until you open them",
          "open each: firewall-cmd --permanent --add-port=8080/tcp, then firewall-cmd --reload",
        )
      : available(
          "firewalld does not run; rules of ufw, nftables or iptables for INPUT apply too, and were not looked at",
        );
  },

  /** The protocols are what RootlessKit's port driver says of itself. */
  sctpPorts(measured: Measured): Row {
    const protocols = measured["rootlesskit.protocols"];
    if (protocols.length === 0)
      return unavailable(
        `RootlessKit ${measured["versions.rootlesskit"]} does not report which protocols its port driver forwards; 0.14 discards SCTP, although docker run succeeds`,
        "publish TCP or UDP, or carry SCTP in UDP (RFC 6951)",
      );
    const evidence = `RootlessKit's port driver ${measured["network.portDriver"]} forwards ${protocols.join(",")}`;
    return protocols.includes("sctp")
      ? available(evidence)
      : unavailable(evidence, "publish TCP or UDP, or carry SCTP in UDP (RFC 6951)");
  },
};

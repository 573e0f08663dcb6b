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
        `RootlessKit's port driver ${driver} passes the address of a client on, unless that is the machine itself`,
      );
    if (driver !== "builtin") return unavailable(`RootlessKit's port driver is ${driver}`, fix);
    const isTransparent = isFrom(version, 3) && measured["rootlesskit.isTransparent"];
    if (measured["daemon.userlandProxy"])
      return unavailable(
        `RootlessKit's port driver builtin (${version}) connects to docker-proxy: every client has the address of the containers' gateway`,
        fix + (isTransparent ? "; or daemon.userland-proxy to false, for clients of TCP" : ""),
      );
    return isTransparent
      ? limited(
          `RootlessKit's port driver builtin (${version}), without docker-proxy, passes the address of a client of TCP on, and of UDP not`,
          fix,
        )
      : unavailable(
          `RootlessKit's port driver builtin (${version}) connects to docker-proxy, which daemon.json turns off: no published port answers`,
          `take userland-proxy out of daemon; or ${fix}`,
        );
  },

  containerAddresses(measured: Measured): Row {
    const runtime = `/run/user/${measured["account.uid"]}`;
    const enter = (namespace: string) =>
      `enter it as ${measured["account.name"]}: nsenter -U --preserve-credentials ${namespace} -t $(cat ${runtime}/docker.pid)`;
    return isDetached(measured)
      ? limited(
          `dockerd is in ${measured["dockerd.machineNetwork"]}, the machine's own, and the containers' bridge in a namespace that RootlessKit keeps apart`,
          `${enter("-m")} nsenter -n${runtime}/dockerd-rootless/netns`,
        )
      : limited(
          `the containers' bridge is in ${measured["dockerd.network"]} of process ${measured["dockerd.process"]}, the machine in ${measured["dockerd.machineNetwork"]}`,
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
            `host-gateway is ${loopback}, by which RootlessKit leads to the machine's 127.0.0.1`,
          )
        : unavailable(
            `host-gateway is ${loopback}, which RootlessKit's --disable-host-loopback closes`,
            "set network.hostLoopback to true",
          );
    if (address === "")
      return unavailable(
        "host-gateway is the address of the containers' bridge, which is in a namespace of RootlessKit's and not on the machine",
        isOpen
          ? `set daemon.host-gateway-ip to ${loopback}, by which containers reach the machine's 127.0.0.1`
          : "set network.hostLoopback to true, by which containers reach the machine's 127.0.0.1; or daemon.host-gateway-ip to an address of the machine, where what they want listens",
      );
    const shown = address === "secret" ? "a secret address" : address;
    return measured["daemon.hostGatewayIsHere"]
      ? limited(
          `host-gateway is ${shown}, an address of the machine: what listens on it is reached`,
          "set network.hostLoopback to true, and leave daemon.host-gateway-ip out, for what listens on 127.0.0.1",
        )
      : unavailable(
          `host-gateway is ${shown}, which is no address of the machine`,
          "set daemon.host-gateway-ip to an address of the machine; or leave it out, and set network.hostLoopback to true",
        );
  },

  macvlanNetworks(measured: Measured): Row {
    return unavailable(
      isDetached(measured)
        ? "containers' networks are in a namespace that RootlessKit keeps apart, without the machine's interfaces"
        : `dockerd's namespace has the interfaces ${measured["dockerd.interfaces"]}, and none of the machine's`,
      "publish ports with -p",
    );
  },

  netHost(measured: Measured): Row {
    const machine = measured["dockerd.machineNetwork"];
    return isDetached(measured)
      ? available(`dockerd is in the machine's network namespace, ${machine}`)
      : limited(
          `dockerd is in ${measured["dockerd.network"]}, the machine in ${machine}: --net=host is the former`,
          "publish ports with -p",
        );
  },

  overlayNetworks(measured: Measured): Row {
    return unavailable(
      isDetached(measured)
        ? `dockerd is in ${measured["dockerd.machineNetwork"]}, the machine's own, with no capability there: VXLAN does not leave the namespace that RootlessKit keeps apart for containers`
        : `dockerd is in ${measured["dockerd.network"]} of a user namespace: VXLAN does not leave it`,
      "publish ports, or connect hosts with a VPN of their own",
    );
  },

  /** Unlike the daemon that root runs, a rootless one adds no rules to firewalld's. */
  publishedPorts(measured: Measured): Row {
    return measured["machine.firewalld"]
      ? limited(
          "firewalld runs: published ports are closed to the outside until it opens them",
          "open each: firewall-cmd --permanent --add-port=8080/tcp, then firewall-cmd --reload",
        )
      : available("firewalld does not run");
  },

  /** The protocols are what RootlessKit's port driver says of itself. */
  sctpPorts(measured: Measured): Row {
    const protocols = measured["rootlesskit.protocols"];
    if (protocols.length === 0)
      return unavailable(
        "RootlessKit does not say what its port driver forwards",
        "publish TCP or UDP, or carry SCTP in UDP (RFC 6951); rootlessctl or curl on PATH lets it say so",
      );
    const evidence = `RootlessKit's port driver ${measured["network.portDriver"]} forwards ${protocols.join(",")}`;
    return protocols.includes("sctp")
      ? available(evidence)
      : unavailable(evidence, "publish TCP or UDP; or carry SCTP in UDP (RFC 6951)");
  },
};

import type * as pulumi from "@pulumi/pulumi";
import type { DriftDetection } from "./drift/args";
import type { AgentTransfer, PrivilegeEscalation, SshConnectionArgs } from "./remote/args";
import type { Restarts } from "./restarts/args";
import type { AccountArgs } from "./steps/account/args";
import type { SubordinateIdsArgs } from "./steps/account/subordinateIds/args";
import type { OnDestroyArgs } from "./steps/daemon/data/args";
import type { NetworkArgs } from "./steps/daemon/network/args";
import type { PruneArgs } from "./steps/daemon/prune/args";
import type { TcpSocketArgs } from "./steps/daemon/tcpSocket/args";
import type { StorageDriver } from "./steps/daemon/storage/args";
import type { EngineArgs, RootfulDocker } from "./steps/engine/args";
import type { AppArmorProfile } from "./steps/kernel/appArmor/args";
import type { UnprivilegedPingArgs } from "./steps/kernel/unprivilegedPing/args";
import type { PrivilegedPorts } from "./steps/ports/args";
import type { RegistryAuthArgs } from "./steps/registries/args";

/** What a rootless Docker host is to be. */
export interface RootlessDockerHostArgs {
  /** How to reach the machine. */
  connection: pulumi.Input<SshConnectionArgs>;
  /** The ordinary account that runs the daemon. Defaults to one that is made for it. */
  account?: pulumi.Input<AccountArgs>;
  /** The ids that the account's containers live on. Defaults to 65536 that are free. */
  subordinateIds?: pulumi.Input<SubordinateIdsArgs>;
  /** The engine that is installed. Defaults to the distribution's newest. */
  engine?: pulumi.Input<EngineArgs>;
  /** What happens to a Docker daemon that the machine's root runs. Defaults to Refuse. */
  rootfulDocker?: pulumi.Input<RootfulDocker>;
  /** How the daemon keeps images and containers. Defaults to Auto. */
  storageDriver?: pulumi.Input<StorageDriver>;
  /** The network that RootlessKit makes for the containers. Defaults to the start script's. */
  network?: pulumi.Input<NetworkArgs>;
  /**
   * Control group controllers that systemd delegates to the account, so that limits of containers work:
   * cpu, cpuset, io, memory, pids. What the host delegates already stays. Where the account's
   * service manager runs already, a list that changes (the default at the first `up`, too) can need a
   * restart of `user@UID.service`, as on Debian 13: once, and it ends the account's user services.
   * Defaults to all five.
   */
  resourceControllers?: pulumi.Input<pulumi.Input<string>[]>;
  /** How containers may publish ports below 1024. Defaults to None. */
  privilegedPorts?: pulumi.Input<PrivilegedPorts>;
  /** Who may ping from a container. Defaults to everybody. */
  unprivilegedPing?: pulumi.Input<UnprivilegedPingArgs>;
  /**
   * Kernel settings by name, as sysctl writes them, that the work on this host needs beyond: such as
   * `kernel.keys.maxkeys` for many containers, or `user.max_user_namespaces`. Set at run time and kept
   * over a reboot. One that the kernel does not have is an error. Dropped, a setting comes back, but not
   * others that the kernel changes together with it (as `net.ipv4.ip_forward` and `net.ipv4.conf.all.*`
   * do); and one that the kernel does not let change back stays until the next boot. Defaults to {}.
   */
  sysctls?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /**
   * Options of kernel modules by MODULE.PARAMETER, kept in /etc/modprobe.d: such as
   * `overlay.permit_mounts_in_userns: "1"`, with which Debian's kernels before 5.11 mount overlay in user
   * namespaces. A parameter that the kernel's module does not have is left out. One that can be written
   * is written; else the modules overlay and fuse are loaded again, and a value that the kernel refuses
   * is an error. Where one of these is in use, and for every other module, the option takes effect when
   * the module is loaded next, at the next boot, and the log says so: a value that the module refuses
   * keeps it from loading then. A module that the initramfs loads takes its options from there: run
   * `update-initramfs -u` yourself. Defaults to {}.
   */
  kernelModuleOptions?: pulumi.Input<{ [option: string]: pulumi.Input<string> }>;
  /** Whether rootlesskit gets an AppArmor profile where it needs one. Defaults to Auto. */
  appArmorProfile?: pulumi.Input<AppArmorProfile>;
  /**
   * daemon.json, by key: everything that dockerd documents, but `hosts`, `pidfile`, `storage-driver` (see
   * storageDriver) and `userns-remap`. `data-root` is a directory that the account may write, outside the
   * system's own. `host-gateway-ip` is 10.0.2.2, with GvisorTapVsock 10.0.2.1, where it is left out and
   * network.hostLoopback is true. Numbers are those that JSON keeps exactly. A secret value is kept out of
   * previews. Defaults to {}.
   */
  // A value of daemon.json is any JSON: the one place where the schema needs `any`.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  daemon?: pulumi.Input<{ [key: string]: pulumi.Input<any> }>;
  /**
   * Environment variables of the daemon and its start script, such as HTTPS_PROXY: but those that the
   * unit, systemd and RootlessKit set, XDG_CONFIG_HOME and XDG_DATA_HOME, which would lead the daemon away
   * from its files, and those that load other code (LD_*, BASH_ENV, ENV). A secret value is kept out of
   * previews. Defaults to {}.
   */
  environment?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /**
   * Logins of the account's docker CLI to private registries, one for each: in its ~/.docker/config.json, as
   * `docker login` writes them there, until they are taken out here. Defaults to none.
   */
  registryAuth?: pulumi.Input<pulumi.Input<RegistryAuthArgs>[]>;
  /**
   * Certificates of authorities that the daemon trusts for a registry, by its host as in images' names: PEM of
   * one or several, in ~/.config/docker/certs.d/HOST/ca.crt. The daemon keeps running. Defaults to none.
   *
   * https://docs.docker.com/engine/security/certificates/
   */
  registryCertificates?: pulumi.Input<{ [host: string]: pulumi.Input<string> }>;
  /**
   * The daemon's API over TCP as well, with certificates on both sides: `DOCKER_HOST=tcp://MACHINE:2376` with
   * DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH. No firewall of the machine is opened for it. Defaults to none: it is
   * reached over SSH alone.
   *
   * https://docs.docker.com/engine/security/protect-access/
   */
  tcpSocket?: pulumi.Input<TcpSocketArgs>;
  /**
   * Directives of the daemon's user unit, docker.service, by section (Unit, Service) and name, as systemd.unit(5)
   * and the pages that it names have them: such as `{ Service: { MemoryMax: "4G", LimitNOFILE: 1048576 } }`. A
   * value is a text, a number, true or false, or a list of these for a directive that is given several times.
   * Those by which the daemon is started, found and ended are refused. A drop-in of the account's or the
   * administrator's counts more. Defaults to {}.
   */
  // A value of a directive is a text, a number, a truth value or a list, for which the schema has no other type.
  unitOverrides?: pulumi.Input<{
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    [section: string]: pulumi.Input<{ [directive: string]: pulumi.Input<any> }>;
  }>;
  /**
   * Removes what the daemon does not use any more, on a schedule: a timer of the account's own systemd,
   * docker-prune.timer. Defaults to none: nothing is removed.
   */
  prune?: pulumi.Input<PruneArgs>;
  /** What destroy does beyond taking back this package's own changes. Defaults to nothing. */
  onDestroy?: pulumi.Input<OnDestroyArgs>;
  /** How the commands become root on the host. Defaults to Auto. */
  privilegeEscalation?: pulumi.Input<PrivilegeEscalation>;
  /** How the program that runs as root gets to the machine. A plain value. Defaults to Sftp. */
  agentTransfer?: AgentTransfer;
  /** What becomes of an `up` that would restart the daemon. Defaults to Allow. */
  restarts?: pulumi.Input<Restarts>;
  /**
   * Whether a preview asks the host for what is not as the last `up` left it, and shows it as an update of the
   * step that puts it right. Defaults to Off.
   */
  driftDetection?: pulumi.Input<DriftDetection>;
  /**
   * A new value, such as the time, makes every step run again: each looks at the host and repairs what
   * was changed there by hand. The value itself means nothing. Defaults to none.
   */
  recheck?: pulumi.Input<string>;
  /**
   * Whether the account is taken over from another stack or resource that holds it on this machine: its
   * steps end with an error from then on, and its destroy changes nothing. Take it out again afterwards.
   * Defaults to false: then that is an error which names the other one.
   */
  takeOver?: pulumi.Input<boolean>;
}

import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import type { Advisory } from "./advisories/advisory";
import { warnOfAdvisories } from "./changes/advisories";
import { componentHooks } from "./changes/componentHooks";
import { createChildren } from "./children/children";
import type { Control } from "./controls/control";
import { requireHooks, withHooks } from "./engineHooks";
import { Inputs } from "./inputs";
import type { Limitation } from "./limitations/limitation";
import { reportedOutputs } from "./outputs";
import { reachOutputs } from "./reach";
import { recordedInputs } from "./recordedInputs";
import { withWholeDeletedWith } from "./sdkInternals";
import type { AccountConnection } from "./ssh/outputs";
import type { AccountInfo } from "./steps/account/args";
import type { NetworkInfo } from "./steps/daemon/network";
import type { Versions } from "./steps/engine/args";

/**
 * Sets up rootless Docker on a Linux machine that you can reach over SSH: an ordinary account runs its own Docker daemon,
 * and no daemon runs as root. `pulumi destroy` restores what it changed. It keeps images, containers and volumes, unless
 * `onDestroy.data` is delete.
 */
export class RootlessDockerHost extends pulumi.ComponentResource {
  /** `ssh://account@host:port`, for DOCKER_HOST and `docker -H`. Known at preview. */
  readonly dockerHost: pulumi.Output<string>;
  /**
   * `tcp://host:port` of `tcpSocket`, for DOCKER_HOST and for `host` of a `docker.Provider`, which also needs the
   * caller's certificates. Empty if `tcpSocket` is not set. Known at preview.
   */
  readonly tcpDockerHost: pulumi.Output<string>;
  /**
   * `docker context create NAME --docker host=ssh://...`: run it on a machine whose docker CLI should use the daemon. A
   * context contains neither the host key nor `connection.proxy`: docker connects by `ssh`, which reads
   * ~/.ssh/known_hosts (see `knownHosts`) and ProxyJump in ~/.ssh/config. Known at preview.
   */
  readonly contextCommand: pulumi.Output<string>;
  /**
   * A line for ~/.ssh/known_hosts, and one for `connection.proxy`. Empty if `connection.hostKey` is not set. Known at
   * preview.
   */
  readonly knownHosts: pulumi.Output<string>;
  /**
   * The `connection` of a `command.remote.Command` that runs as the account, once the daemon answers. It contains no
   * credentials: add the private key of one of `account.authorizedKeys`, and the proxy's own to `proxy`. Known at
   * preview.
   */
  readonly accountConnection: pulumi.Output<AccountConnection>;
  /**
   * Arguments of ssh, for `sshOpts` of a `docker.Provider`: they use `connection.proxy`, and accept only the given host
   * keys. Empty if neither is set. Requires OpenSSH 8.5; that of Windows is unsupported. Known at preview.
   */
  readonly sshOpts: pulumi.Output<string[]>;
  /**
   * Environment variables for programs on other machines that use the daemon: DOCKER_HOST, and
   * TESTCONTAINERS_HOST_OVERRIDE with the machine on which ports are published. Known at preview.
   */
  readonly clientEnvironment: pulumi.Output<{ [name: string]: string }>;
  /**
   * `/run/user/UID/docker.sock`, the daemon's socket on the host itself. Mount it into a container, or use it with
   * `unix://` before it as DOCKER_HOST.
   */
  readonly socketPath: pulumi.Output<string>;
  /** The account that runs the daemon, and the ids of its containers. */
  readonly account: pulumi.Output<AccountInfo>;
  /** Versions of engine, RootlessKit, kernel and system, and of the installed plugins of the CLI. */
  readonly versions: pulumi.Output<Versions>;
  /** The storage driver in use, as `docker info` names it. */
  readonly storageDriver: pulumi.Output<string>;
  /** The containers' network. */
  readonly network: pulumi.Output<NetworkInfo>;
  /** What rootless mode limits on this host, one row for each limit, with the evidence that was measured. */
  readonly limitations: pulumi.Output<Limitation[]>;
  /**
   * Known faults of the programs on this host, or of how it is set up, that affect it, or of which that cannot be known.
   * A new version of this package may know more of them.
   */
  readonly advisories: pulumi.Output<Advisory[]>;
  /**
   * Recommendations of the CIS Docker Benchmark and of OWASP that apply to a rootless host: whether each is met, the
   * evidence, and the input that closes what is open.
   */
  readonly controls: pulumi.Output<Control[]>;

  /**
   * @throws InputPropertiesError with every problem in the arguments at once: before anything is
   * registered for plain values, before anything touches the host for Outputs.
   */
  constructor(name: string, args: RootlessDockerHostArgs, opts?: pulumi.ComponentResourceOptions) {
    // Check: the engine, and everything that is plain, before anything is registered.
    requireHooks();
    const inputs = new Inputs(args);

    // Register: the component, with its hooks.
    const hooks = componentHooks(name, opts?.parent, inputs, () => this);
    const options = withHooks(withWholeDeletedWith(opts) ?? {}, hooks.ofComponent);
    super("rootless-docker:index:RootlessDockerHost", name, recordedInputs(args), options);

    // Children: the installation, drift, the agent, and the steps on the host.
    const commands = createChildren({
      ...{ component: this, name, args, inputs, options },
      earlierHost: () => hooks.earlier.host(),
      ...{ hookName: hooks.hookName, hooks: hooks.ofChildren },
    });

    // Outputs: how others reach the daemon, then what the steps reported.
    const reach = reachOutputs(name, inputs, commands);
    const { limitations, advisories, controls, ...reported } = reportedOutputs(
      ...([name, this, commands, inputs] as const),
    );
    this.dockerHost = reach.dockerHost;
    this.tcpDockerHost = reach.tcpDockerHost;
    this.contextCommand = reach.contextCommand;
    this.knownHosts = reach.knownHosts;
    this.accountConnection = reach.accountConnection;
    this.sshOpts = reach.sshOpts;
    this.clientEnvironment = reach.clientEnvironment;
    this.socketPath = reported.socketPath;
    this.account = reported.account;
    this.versions = reported.versions;
    this.storageDriver = reported.storageDriver;
    this.network = reported.network;
    this.limitations = limitations;
    this.advisories = advisories;
    this.controls = controls;
    // The state has none of these, which are made of the facts that it has, and would be a tenth of it.
    this.registerOutputs({ ...reach, ...reported });

    // Previews warn of what affects the hosts of the program, by what these reported last.
    warnOfAdvisories(name, inputs, commands, hooks.earlier);
  }
}

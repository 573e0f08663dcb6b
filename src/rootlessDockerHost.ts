import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import { componentHooks } from "./changes/componentHooks";
import { createChildren } from "./children/children";
import { withHooks } from "./engineHooks";
import { Inputs } from "./inputs";
import type { Limitation } from "./limitations/limitation";
import { reportedOutputs } from "./outputs";
import { reachOutputs } from "./reach";
import { recordedInputs } from "./recordedInputs";
import { withWholeDeletedWith } from "./sdkInternals";
import type { AccountConnection } from "./ssh/outputs";
import type { AccountInfo, SubordinateIds } from "./steps/account/args";
import type { CgroupInfo } from "./steps/daemon/cgroup";
import type { NetworkInfo } from "./steps/daemon/network";
import type { Versions } from "./steps/engine/args";

/**
 * Turns a machine that answers SSH into a host where an ordinary account runs its own Docker daemon,
 * without root. `pulumi destroy` takes back what it changed, but for images, containers and volumes, unless
 * `onDestroy.data` is Delete.
 */
export class RootlessDockerHost extends pulumi.ComponentResource {
  /** `ssh://account@host:port`: a value for DOCKER_HOST and `docker -H`. Known at preview. */
  readonly dockerHost: pulumi.Output<string>;
  /** `docker context create NAME --docker host=...`: run it where a docker CLI is to use the daemon. Known at preview. */
  readonly contextCommand: pulumi.Output<string>;
  /**
   * A line for ~/.ssh/known_hosts, and one for `connection.proxy`; empty where `connection.hostKey` is not given. Known
   * at preview.
   */
  readonly knownHosts: pulumi.Output<string>;
  /**
   * The `connection` of a `command.remote.Command` that runs as the account once the daemon answers. It holds no
   * credentials: the program adds the private key of one of `account.authorizedKeys`, and the proxy's own to `proxy`.
   * Known at preview.
   */
  readonly connection: pulumi.Output<AccountConnection>;
  /**
   * Arguments of ssh, for `sshOpts` of a `docker.Provider`: the way over `connection.proxy`, and for both machines the
   * given host key and no other; empty where none of these is given. OpenSSH 8.5 knows them, but that of Windows does
   * not. Known at preview.
   */
  readonly sshOptions: pulumi.Output<string[]>;
  /**
   * Environment variables for programs elsewhere that are to use the daemon: DOCKER_HOST, and
   * TESTCONTAINERS_HOST_OVERRIDE, the machine, where published ports are. Known at preview.
   */
  readonly environment: pulumi.Output<{ [name: string]: string }>;
  /** `unix:///run/user/UID/docker.sock`: the daemon's address on the host itself. */
  readonly socket: pulumi.Output<string>;
  /** The account that runs the daemon. */
  readonly account: pulumi.Output<AccountInfo>;
  /** The ids that its containers live on. */
  readonly subordinateIds: pulumi.Output<SubordinateIds>;
  /** Versions of engine, RootlessKit, kernel and system, and of the CLI's plugins that are there. */
  readonly versions: pulumi.Output<Versions>;
  /** The storage driver in use, as `docker info` names it. */
  readonly storageDriver: pulumi.Output<string>;
  /** Control groups, as the daemon has them. */
  readonly cgroup: pulumi.Output<CgroupInfo>;
  /** The containers' network. */
  readonly network: pulumi.Output<NetworkInfo>;
  /**
   * The limitations of rootless mode on this host, a row each, with the evidence that was measured.
   */
  readonly limitations: pulumi.Output<Limitation[]>;

  /**
   * @throws InputPropertiesError with every problem in the arguments at once: before anything is
   * registered for plain values, before anything touches the host for Outputs.
   */
  constructor(name: string, args: RootlessDockerHostArgs, opts?: pulumi.ComponentResourceOptions) {
    // Check: everything that is plain, before anything is registered.
    const inputs = new Inputs(args);

    // Register: the component, with its hooks.
    const hooks = componentHooks(name, opts?.parent, inputs, () => this);
    const options = withHooks(withWholeDeletedWith(opts) ?? {}, hooks.ofComponent);
    super("rootless-docker:index:RootlessDockerHost", name, recordedInputs(args), options);

    // Children: the installation, drift, the agent, and the steps on the host.
    const commands = createChildren({
      ...{ component: this, name, args, inputs, options },
      ...{ hookName: hooks.hookName, hooks: hooks.ofChildren },
    });

    // Outputs: how others reach the daemon, then what the steps reported.
    const reach = reachOutputs(name, inputs, commands);
    const { limitations, ...reported } = reportedOutputs(name, this, commands);
    this.dockerHost = reach.dockerHost;
    this.contextCommand = reach.contextCommand;
    this.knownHosts = reach.knownHosts;
    this.connection = reach.connection;
    this.sshOptions = reach.sshOptions;
    this.environment = reach.environment;
    this.socket = reported.socket;
    this.account = reported.account;
    this.subordinateIds = reported.subordinateIds;
    this.versions = reported.versions;
    this.storageDriver = reported.storageDriver;
    this.cgroup = reported.cgroup;
    this.network = reported.network;
    this.limitations = limitations;
    // The state has no limitations, which are made of the facts that it has, and would be a tenth of it.
    this.registerOutputs({ ...reach, ...reported });
  }
}

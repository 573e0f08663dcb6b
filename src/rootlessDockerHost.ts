import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import { Creation } from "./changes/creation";
import { guardRestarts } from "./changes/guard";
import { sayChanges } from "./changes/hooks";
import { checkedConnection, unlessRefused } from "./children/checkedConnection";
import { childOptions } from "./children/childOptions";
import { withoutStackTraces, withWholeDeletedWith } from "./sdkInternals";
import { askForDrift } from "./drift/notes";
import { refuseUnless, requireHooks, withHooks } from "./engineHooks";
import { hookNames } from "./hookNames";
import { Inputs } from "./inputs";
import { reportedOutputs } from "./outputs";
import { reachOutputs } from "./reach";
import { recordedInputs } from "./recordedInputs";
import { AgentTransfer } from "./ssh/args";
import { explainErrors } from "./children/explainErrors";
import { createInstallation } from "./children/installation";
import type { AccountConnection } from "./ssh/outputs";
import { runSteps } from "./children/runSteps";
import { escalationArgument } from "./ssh/settings";
import { waitForMachine } from "./children/waitForMachine";
import { warnUnverified } from "./children/warnUnverified";
import type { AccountInfo } from "./steps/account/args";
import type { NetworkInfo } from "./steps/daemon/network";
import type { CgroupInfo } from "./steps/daemon/cgroup";
import type { Versions } from "./steps/engine/args";
import type { Limitation } from "./limitations/limitation";

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
  /** Control groups, as the daemon uses them. */
  readonly cgroup: pulumi.Output<CgroupInfo>;
  /** The containers' network. */
  readonly network: pulumi.Output<NetworkInfo>;
  /** What rootless mode limits on this host, one row for each limit, with the evidence that was measured. */
  declare readonly limitations: pulumi.Output<Limitation[]>;

  /**
   * @throws InputPropertiesError with every problem in the arguments at once: before anything is
   * registered for plain values, before anything touches the host for Outputs.
   */
  constructor(name: string, args: RootlessDockerHostArgs, opts?: pulumi.ComponentResourceOptions) {
    requireHooks();
    const inputs = new Inputs(args);
    const hookName = hookNames(name, opts?.parent);
    const creation = new Creation(inputs);
    const guard = guardRestarts(name, hookName, inputs, () => this);
    const changes = sayChanges(name, hookName, inputs, creation, () => this);
    const given = withHooks(withWholeDeletedWith(opts) ?? {}, [changes, guard?.component]);
    super("rootless-docker:index:RootlessDockerHost", name, recordedInputs(args), given);

    const host = inputs.from(["connection.host"], ({ connection }) => connection.host);
    const proxyHost = inputs.from(
      ["connection.proxy.host"],
      ({ connection }) => connection.proxy?.host ?? "",
    );
    warnUnverified(inputs, host, proxyHost, this);
    void inputs.warn(this);
    const account = inputs.from(["account.name"], (settings) => settings.account.name);
    const hosts = [host, proxyHost];
    const user = inputs.from(["connection.user"], ({ connection }) => connection.user);
    const isRight = inputs.areRight(this);
    const options = withHooks(childOptions(this, given), [
      refuseUnless(hookName("arguments"), isRight, `nothing runs on this host: ${seeError(name)}`),
      explainErrors(hookName, hosts, user),
      changes,
      guard?.steps,
    ]);
    const keepers = { host, account };
    const identity = withoutStackTraces(() => createInstallation(name, keepers, options));
    const installation = identity.hex;
    const escalation = inputs.from(
      ["connection.privilegeEscalation", "connection.sudoPassword"],
      escalationArgument,
    );
    const transfer = inputs.atOnce([])?.agentTransfer ?? AgentTransfer.Sftp;
    const invocation = pulumi
      .all([installation, escalation])
      .apply(([hex, word]) => ({ installation: hex, escalation: word, transfer }));
    const connection = checkedConnection(args.connection, isRight);
    const owner = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
    const drift = askForDrift({
      ...{ name, component: this, owner, inputs, isRight, options },
      ...{ connection, host, proxyHost, installation, invocation },
    });
    const commands = withoutStackTraces(() =>
      runSteps({
        ...{ name, owner, inputs, identity, installation, invocation, transfer },
        connection: unlessRefused(connection, drift.isAnswered),
        drift: drift.notes,
        beforeLogin: waitForMachine(hookName, inputs, hosts, this),
        options: withHooks(options, [
          refuseUnless(hookName("answer"), drift.isAnswered, `nothing runs: ${seeError(name)}`),
        ]),
      }),
    );

    const reach = reachOutputs(name, inputs, commands);
    const { outputs, limitations } = reportedOutputs(name, commands);
    this.dockerHost = reach.dockerHost;
    this.tcpDockerHost = reach.tcpDockerHost;
    this.contextCommand = reach.contextCommand;
    this.knownHosts = reach.knownHosts;
    this.accountConnection = reach.accountConnection;
    this.sshOpts = reach.sshOpts;
    this.clientEnvironment = reach.clientEnvironment;
    this.socketPath = outputs.socketPath;
    this.account = outputs.account;
    this.versions = outputs.versions;
    this.storageDriver = outputs.storageDriver;
    this.cgroup = outputs.cgroup;
    this.network = outputs.network;
    // The state has no limitations, which would be a tenth of it: they are made of its facts once somebody asks.
    let made: pulumi.Output<Limitation[]> | undefined;
    const get = () => (made ??= limitations());
    Object.defineProperty(this, "limitations", { get, enumerable: true });
    this.registerOutputs({ ...reach, ...outputs });
  }
}

const seeError = (name: string) => `see the error of ${name}`;

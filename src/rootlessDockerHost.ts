import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import { withWholeDeletedWith } from "./deletedWith";
import {
  checkOutputArguments,
  checkPlainArguments,
  childOptions,
  liftSettings,
  wrapSecrets,
  mayNeedEngine,
} from "./resolveInputs";
import {
  accountInfo,
  type AccountInfo,
  cgroupInfo,
  type CgroupInfo,
  type Limitation,
  limitations,
  networkInfo,
  type NetworkInfo,
  subordinateIds,
  type SubordinateIds,
  versions,
  type Versions,
} from "./outputs";
import { connectionInput } from "./remote/connection";
import { explainErrors } from "./remote/explainErrors";
import { createLease } from "./remote/lease";
import { escalationArgument } from "./remote/settings";
import { afterLastStep, applyStep, installAgent } from "./remote/remoteStep";
import { stepDocuments } from "./stepDocuments";

/**
 * Turns a machine that answers SSH into a host where an ordinary account runs its own Docker daemon,
 * without root. `pulumi destroy` gives the machine back as it was.
 */
export class RootlessDockerHost extends pulumi.ComponentResource {
  /** `ssh://account@host:port`: a value for DOCKER_HOST and `docker -H`. Known at preview. */
  readonly dockerHost: pulumi.Output<string>;
  /** `unix:///run/user/UID/docker.sock`: the daemon's address on the host itself. */
  readonly socket: pulumi.Output<string>;
  /** The account that runs the daemon. */
  readonly account: pulumi.Output<AccountInfo>;
  /** The ids that its containers live on. */
  readonly subordinateIds: pulumi.Output<SubordinateIds>;
  /** Versions of engine, RootlessKit, kernel and system. */
  readonly versions: pulumi.Output<Versions>;
  /** The storage driver in use, as `docker info` names it. */
  readonly storageDriver: pulumi.Output<string>;
  /** Control groups, as the daemon has them. */
  readonly cgroup: pulumi.Output<CgroupInfo>;
  /** The containers' network. */
  readonly network: pulumi.Output<NetworkInfo>;
  /** What rootless mode limits on this host, a row each, with the fact it was measured from. */
  readonly limitations: pulumi.Output<Limitation[]>;

  /**
   * @throws InputPropertiesError with every problem in the arguments at once: before anything is
   * registered for plain values, before anything touches the host for Outputs.
   */
  constructor(name: string, args: RootlessDockerHostArgs, opts?: pulumi.ComponentResourceOptions) {
    checkPlainArguments(args);
    const given = withWholeDeletedWith(opts);
    super("rootless-docker:index:RootlessDockerHost", name, wrapSecrets(args), given);

    const owner = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
    const settings = liftSettings(args, this);
    const options = { ...childOptions(this, given), hooks: explainErrors(name, settings.host) };
    const host = {
      name,
      connection: connectionInput(args.connection),
      lease: createLease(name, { host: settings.host, account: settings.accountName }, options),
      escalation: settings.privilegeEscalation.apply(escalationArgument),
      options,
    };

    const agent = installAgent(host, settings.everyStep, checkOutputArguments(args, this));
    const documents = stepDocuments(owner, settings);
    const preflight = applyStep(host, "preflight", documents.preflight, [agent]);
    const engine = applyStep(host, "engine", documents.engine, [preflight]);
    const account = applyStep(host, "account", documents.account, [preflight]);
    const kernel = applyStep(host, "kernel", documents.kernel, [preflight]);
    const secrets = applyStep(host, "secrets", documents.secrets, [preflight]);
    const ports = applyStep(host, "ports", documents.ports, [
      mayNeedEngine(args.privilegedPorts) ? engine : preflight,
    ]);
    const before = [engine, account, kernel, secrets, ports];
    const daemon = applyStep(host, "daemon", documents.daemon, before);
    const report = applyStep(host, "report", documents.report, [daemon]);

    const answered = afterLastStep(report);
    const steps = [kernel.facts, ports.facts, daemon.facts, report.facts];
    this.dockerHost = answered(settings.dockerHost);
    this.account = answered(account.facts).apply(accountInfo);
    this.socket = this.account.apply(({ uid }) => `unix:///run/user/${uid}/docker.sock`);
    this.subordinateIds = answered(account.facts).apply(subordinateIds);
    this.versions = answered(engine.facts).apply(versions);
    this.storageDriver = answered(daemon.facts).apply((facts) => facts.storageDriver);
    this.cgroup = answered(daemon.facts).apply(cgroupInfo);
    this.network = answered(daemon.facts).apply(networkInfo);
    this.limitations = answered(pulumi.all(steps)).apply(limitations);

    this.registerOutputs({
      dockerHost: this.dockerHost,
      socket: this.socket,
      account: this.account,
      subordinateIds: this.subordinateIds,
      versions: this.versions,
      storageDriver: this.storageDriver,
      cgroup: this.cgroup,
      network: this.network,
      limitations: this.limitations,
    });
  }
}

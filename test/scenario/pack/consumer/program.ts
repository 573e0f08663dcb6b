// Compiled, not run, against the types of the packed package.
import * as pulumi from "@pulumi/pulumi";
import {
  type AccountInfo,
  type Limitation,
  PrivilegedPorts,
  RootlessDockerHost,
  type RootlessDockerHostArgs,
  type SshConnectionArgs,
  StorageDriver,
} from "rootless-docker";

const address: pulumi.Output<string> = pulumi.output("machine.example");
const connection: SshConnectionArgs = { host: address, privateKey: pulumi.secret("key") };
const args: RootlessDockerHostArgs = {
  connection,
  storageDriver: StorageDriver.Overlay2,
  privilegedPorts: PrivilegedPorts.Sysctl,
  daemon: { "log-opts": { "max-size": "10m" }, debug: pulumi.output(true) },
  environment: { HTTPS_PROXY: pulumi.secret("http://proxy.example") },
};
const host = new RootlessDockerHost("web", args, { protect: true });

export const dockerHost: pulumi.Output<string> = host.dockerHost;
export const account: pulumi.Output<AccountInfo> = host.account;
export const uid: pulumi.Output<number> = host.account.uid;
export const limitations: pulumi.Output<Limitation[]> = host.limitations;

// @ts-expect-error: no such option
new RootlessDockerHost("other", { connection, acount: {} });
// @ts-expect-error: a connection is needed
new RootlessDockerHost("other", {});
// @ts-expect-error: outputs are typed
export const wrong: pulumi.Output<number> = host.dockerHost;

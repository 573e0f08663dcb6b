// Many hosts. The first one is the canary: the others begin after its daemon answers, and then all at once. An edit, such
// as another engineVersion, is applied in the same order.
//
//     pulumi stack init dev
//     pulumi config set --secret privateKey <~/.ssh/deploy-key
//     pulumi config set authorizedKey "$(cat ~/.ssh/id_ed25519.pub)"
//     pulumi config set --path 'hosts[0].name' web1
//     pulumi config set --path 'hosts[0].host' 192.0.2.11
//     pulumi config set --path 'hosts[0].hostKey' "$(ssh-keygen -F 192.0.2.11 | grep -o 'ssh-ed25519 .*')"
//     pulumi up --continue-on-error
//
// The steps of one host run one after the other, and hosts run side by side: `--parallel 16` runs at most 16 steps at a
// time, of all hosts together. The default is four for each processor of the machine that runs Pulumi.
import * as pulumi from "@pulumi/pulumi";
// In your own project: from "rootless-docker".
import { RootlessDockerHost } from "../../index";

interface Machine {
  name: string;
  host: string;
  hostKey?: string;
}

const config = new pulumi.Config();
const [first, ...rest] = config.requireObject<Machine[]>("hosts");

function dockerOn({ name, host, hostKey }: Machine, dependsOn: pulumi.Resource[] = []) {
  const connection = { host, hostKey, privateKey: config.requireSecret("privateKey") };
  return new RootlessDockerHost(
    name,
    {
      connection,
      account: { name: "app", authorizedKeys: [config.require("authorizedKey")] },
      engine: { version: config.get("engineVersion") },
      operations: { recheck: config.get("recheck") },
    },
    { dependsOn },
  );
}

const canary = dockerOn(first);
const others = rest.map((machine) => dockerOn(machine, [canary]));
// One after the other instead, each after the previous one has succeeded:
//     const hosts = [];
//     for (const machine of machines) hosts.push(dockerOn(machine, hosts.slice(-1)));

export const dockerHosts = [canary, ...others].map(({ dockerHost }) => dockerHost);

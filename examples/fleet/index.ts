// Many hosts. The first one is the canary: the others begin once its daemon answers, and all of them at once. An edit
// goes the same way, such as another engineVersion.
//
//     pulumi stack init dev
//     pulumi config set --secret privateKey < ~/.ssh/id_ed25519
//     pulumi config set --path 'hosts[0].name' web1
//     pulumi config set --path 'hosts[0].host' 192.0.2.11
//     pulumi config set --path 'hosts[0].hostKey' "$(ssh-keygen -F 192.0.2.11 | grep -o 'ssh-ed25519 .*')"
//     pulumi up --continue-on-error
//
// A host's steps follow each other, and hosts run side by side: `--parallel 16` has at most 16 steps at a time, of all
// hosts together. The default is four for each processor of the machine that runs Pulumi.
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
      account: { name: "app" },
      engine: { version: config.get("engineVersion") },
      operations: { recheck: config.get("recheck") },
    },
    { dependsOn },
  );
}

const canary = dockerOn(first);
const others = rest.map((machine) => dockerOn(machine, [canary]));
// One after the other instead, each once the one before it is done:
//     const hosts = [];
//     for (const machine of machines) hosts.push(dockerOn(machine, hosts.slice(-1)));

export const dockerHosts = [canary, ...others].map(({ dockerHost }) => dockerHost);

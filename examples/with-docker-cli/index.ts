// A container on the new host, started by the docker CLI of the host over SSH. It logs in as the account, whose docker
// context finds the daemon. `host.accountConnection` is known only after the daemon answers, so the container waits for it.
//
//     pulumi stack init dev
//     pulumi config set address 192.0.2.10
//     pulumi config set hostKey "$(ssh-keygen -F 192.0.2.10 | grep -o 'ssh-ed25519 .*')"
//     pulumi config set --secret privateKey <~/.ssh/id_ed25519
//     pulumi config set authorizedKey "$(cat ~/.ssh/id_ed25519.pub)"
//     pulumi up
//
// Then use that host from the docker CLI on your own machine:
//
//     eval "$(pulumi stack output clientEnvironment --json | jq -r 'to_entries[] | @sh "export \(.key)=\(.value)"')"
//     docker logs web
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
// In your own project: from "rootless-docker".
import { RootlessDockerHost } from "../../index";

const config = new pulumi.Config();
const privateKey = config.requireSecret("privateKey");

const host = new RootlessDockerHost("host", {
  connection: { host: config.require("address"), privateKey, hostKey: config.get("hostKey") },
  account: { name: "app", authorizedKeys: [config.require("authorizedKey")] },
});

const image = config.get("image") ?? "docker.io/library/nginx:1.29-alpine";
const container = new command.remote.Command(
  "web",
  {
    // The private key belongs to `authorizedKey`, so it logs in as the account too.
    connection: host.accountConnection.apply((way) => ({ ...way, privateKey })),
    create: `docker run --detach --restart always --name web --publish 8080:80 ${image}`,
    delete: "docker rm --force web",
    triggers: [image],
  },
  { deleteBeforeReplace: true },
);

export const clientEnvironment = host.clientEnvironment;
export const containerId = container.stdout;

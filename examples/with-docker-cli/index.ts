// The next resource: a container on the new host. It is started by the docker CLI that the host has
// now, over SSH as the account itself, whose Docker context finds the daemon. `host.accountConnection`
// resolves once the daemon has really answered, so the container waits for that.
//
//     pulumi stack init dev
//     pulumi config set address 192.0.2.10
//     pulumi config set --secret privateKey < ~/.ssh/id_ed25519
//     pulumi config set authorizedKey "$(cat ~/.ssh/id_ed25519.pub)"
//     pulumi up
//
// And the docker CLI of your own machine on that host:
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
    // The key is that of `authorizedKey`: it lets in as the account, too.
    connection: host.accountConnection.apply((way) => ({ ...way, privateKey })),
    create: `docker run --detach --restart always --name web --publish 8080:80 ${image}`,
    delete: "docker rm --force web",
    triggers: [image],
  },
  { deleteBeforeReplace: true },
);

export const clientEnvironment = host.clientEnvironment;
export const containerId = container.stdout;

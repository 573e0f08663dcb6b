// The next resource: a container on the new host. It is started by the docker CLI that the host has
// now, over SSH as the account itself, whose Docker context finds the daemon. `host.account` resolves
// once the daemon has really answered, so the container waits for that.
//
//     pulumi stack init dev
//     pulumi config set address 192.0.2.10
//     pulumi config set --secret privateKey < ~/.ssh/id_ed25519
//     pulumi config set authorizedKey "$(cat ~/.ssh/id_ed25519.pub)"
//     pulumi up
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
// In your own project: from "rootless-docker".
import { RootlessDockerHost } from "../../index";

const config = new pulumi.Config();
const machine = {
  host: config.require("address"),
  privateKey: config.requireSecret("privateKey"),
  hostKey: config.get("hostKey"),
};

const host = new RootlessDockerHost("host", {
  connection: machine,
  account: { name: "app", authorizedKeys: [config.require("authorizedKey")] },
});

const image = config.get("image") ?? "docker.io/library/nginx:1.29-alpine";
const container = new command.remote.Command(
  "web",
  {
    connection: { ...machine, user: host.account.name },
    create: `docker run --detach --restart always --name web --publish 8080:80 ${image}`,
    delete: "docker rm --force web",
    triggers: [image],
  },
  { deleteBeforeReplace: true },
);

export const dockerHost = host.dockerHost;
export const containerId = container.stdout;

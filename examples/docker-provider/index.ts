// A whole project: the package is installed from a tarball, and the lock file has the versions that were tried. Pulumi's
// Docker provider creates a container on the new host, logged in as the account.
//
//     npm pack --pack-destination examples/docker-provider/vendor    (in the root of this repository, after npm ci)
//     npm ci                                                         (here, as everything that follows)
//     pulumi stack init dev
//     pulumi config set address 192.0.2.10
//     pulumi config set hostKey "$(ssh-keygen -F 192.0.2.10 | grep -o 'ssh-ed25519 .*')"
//     pulumi config set --secret privateKey <~/.ssh/id_ed25519
//     pulumi config set keyFile ~/.ssh/id_ed25519
//     pulumi config set authorizedKey "$(cat ~/.ssh/id_ed25519.pub)"
//     pulumi up
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { RootlessDockerHost } from "rootless-docker";

const config = new pulumi.Config();

const host = new RootlessDockerHost("host", {
  connection: {
    host: config.require("address"),
    privateKey: config.requireSecret("privateKey"),
    hostKey: config.require("hostKey"),
  },
  account: { name: "app", authorizedKeys: [config.require("authorizedKey")] },
});

const onHost = new docker.Provider("on-host", {
  host: host.dockerHost,
  // The private key of `authorizedKey`, as a file, because the provider runs ssh.
  sshOpts: host.sshOpts.apply((options) => [...options, "-i", config.require("keyFile")]),
});

const web = new docker.Container(
  "web",
  {
    image: "docker.io/library/nginx:1.29-alpine",
    restart: "always",
    ports: [{ internal: 80, external: 8080 }],
  },
  { provider: onHost },
);

export const dockerHost = host.dockerHost;
export const container = web.name;

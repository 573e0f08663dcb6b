// Caddy on ports 80 and 443 of a new host, in front of a web application. Both see the addresses of clients: the log of Caddy
// has them, and the application gets them in X-Forwarded-For.
//
//     pulumi stack init dev
//     pulumi config set address 192.0.2.10
//     pulumi config set hostKey "$(ssh-keygen -F 192.0.2.10 | grep -o 'ssh-ed25519 .*')"
//     pulumi config set --secret privateKey <~/.ssh/deploy-key
//     pulumi config set authorizedKey "$(cat ~/.ssh/id_ed25519.pub)"
//     pulumi config set site www.example.com
//     pulumi up
//     curl --insecure --location --resolve '*:80:192.0.2.10' --resolve '*:443:192.0.2.10' http://www.example.com/cgi-bin/client
//
// Compose connects with `ssh`, which needs the host in `~/.ssh/known_hosts`, and the private key of `authorizedKey` in
// `~/.ssh` or in the SSH agent.
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
// In your own project: from "rootless-docker".
import { RootlessDockerHost } from "../../index";

const config = new pulumi.Config();

const host = new RootlessDockerHost("host", {
  connection: {
    host: config.require("address"),
    privateKey: config.requireSecret("privateKey"),
    hostKey: config.require("hostKey"),
  },
  account: { name: "app", authorizedKeys: [config.require("authorizedKey")] },
  // Docker's packages have RootlessKit 3, which can tell containers the addresses of clients.
  engine: {
    source: "docker-repository",
    mirror: config.get("mirror"),
    mirrorKey: config.get("mirrorKey"),
  },
  daemon: { "userland-proxy": false },
  privilegedPorts: "file-capability",
});

// The command changes when a file changes, and then Pulumi runs it again. Compose replaces the containers that differ.
const files = createHash("sha256");
for (const name of [
  "compose.yaml",
  "proxy/Caddyfile",
  "proxy/Dockerfile",
  "web/client",
  "web/Dockerfile",
])
  files.update(readFileSync(join(__dirname, name)));

new command.local.Command("app", {
  dir: __dirname,
  create: `docker compose up --detach --build --wait # files ${files.digest("hex")}`,
  delete: "docker compose down",
  environment: host.clientEnvironment.apply((environment) => ({
    ...environment,
    SITE: config.require("site"),
  })),
});

export const clientEnvironment = host.clientEnvironment;

// An application of Compose on the new host. Compose runs where Pulumi runs, and the daemon of the host builds the image and
// runs the container: `clientEnvironment` has the DOCKER_HOST. It is known only after the daemon answers, so Compose waits.
//
//     pulumi stack init dev
//     pulumi config set address 192.0.2.10
//     pulumi config set hostKey "$(ssh-keygen -F 192.0.2.10 | grep -o 'ssh-ed25519 .*')"
//     pulumi config set --secret privateKey <~/.ssh/deploy-key
//     pulumi config set authorizedKey "$(cat ~/.ssh/id_ed25519.pub)"
//     pulumi up
//     curl http://192.0.2.10:8080
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
});

// The command changes when a file changes, and then Pulumi runs it again. Compose replaces the containers that differ.
const files = createHash("sha256");
for (const name of ["compose.yaml", "Dockerfile", "index.html"])
  files.update(readFileSync(join(__dirname, name)));

new command.local.Command("app", {
  dir: __dirname,
  create: `docker compose up --detach --build --wait # files ${files.digest("hex")}`,
  delete: "docker compose down",
  environment: host.clientEnvironment,
});

export const clientEnvironment = host.clientEnvironment;

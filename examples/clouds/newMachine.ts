import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { RootlessDockerHost } from "rootless-docker";

/** Two keys of a machine that does not exist yet: one to log in with, and the host key that it will have. */
export const login = new tls.PrivateKey("login", { algorithm: "ED25519" });
const machine = new tls.PrivateKey("machine", { algorithm: "ED25519" });

/**
 * What cloud-init does at the first boot: it gives the machine a host key that is known before, so that nobody can
 * impersonate the machine at the first login. https://cloudinit.readthedocs.io/en/latest/reference/modules.html#ssh
 *
 * Whoever reads the machine's metadata reads that key: keep containers from 169.254.169.254.
 */
export const userData: pulumi.Output<string> = pulumi
  .jsonStringify({
    ssh_keys: {
      ed25519_private: machine.privateKeyOpenssh,
      ed25519_public: machine.publicKeyOpenssh,
    },
  })
  .apply((json) => `#cloud-config\n${json}\n`);

/** Waits for the machine's first boot, makes it a rootless Docker host, and runs a container there. */
export function webServerOn(server: pulumi.Resource, host: pulumi.Output<string>, user: string) {
  const showsKey = machine.publicKeyOpenssh.apply((key) => key.trim());
  const connection = {
    host,
    privateKey: login.privateKeyOpenssh,
    hostKey: showsKey,
  };
  const docker = new RootlessDockerHost(
    "web",
    {
      connection: { ...connection, user },
      account: { name: "app", authorizedKeys: [login.publicKeyOpenssh] },
    },
    // If the machine is deleted too, nothing has to be reverted on it.
    { deletedWith: server },
  );
  const nginx = new remote.Command(
    "nginx",
    {
      connection: { ...connection, user: docker.account.name },
      create: "docker run -d --name nginx --restart unless-stopped -p 8080:80 nginx:1.29-alpine",
      delete: "docker rm -f nginx",
    },
    { deletedWith: server, dependsOn: docker },
  );
  return { dockerHost: docker.dockerHost, url: pulumi.interpolate`http://${host}:8080`, nginx };
}

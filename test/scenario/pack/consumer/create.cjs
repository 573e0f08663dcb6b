// Run in a folder where the packed package is installed, and nothing else: creates the component
// under mocks, and prints what it registered.
const pulumi = require("@pulumi/pulumi");
const { RootlessDockerHost } = require("rootless-docker");

// Every fact that a step reports: one that is missing is an error.
const facts = {
  "versions.engine": "26.1.5",
  "versions.rootlesskit": "2.3.4",
  "versions.kernel": "6.12",
  "versions.os": "Debian",
  "account.name": "docker-rootless",
  "account.uid": "1234",
  "account.gid": "1234",
  "account.home": "/home/docker-rootless",
  "subordinateIds.uids": "100000:65536",
  "subordinateIds.gids": "100000:65536",
  storageDriver: "overlay2",
  "cgroup.version": "2",
  "cgroup.driver": "systemd",
  "cgroup.controllers": "cpu",
  "network.driver": "slirp4netns",
  "network.portDriver": "builtin",
  "network.mtu": "65520",
  "network.bridgeMtu": "65520",
  "network.userDefinedBridgeMtu": "65520",
};
const registered = [];
const mocks = {
  newResource({ type, name, inputs }) {
    registered.push({ type, name, inputs });
    const report = { step: name, changed: [], facts };
    return { id: name, state: { ...inputs, hex: "0123", stdout: JSON.stringify(report) } };
  },
  call: () => ({}),
};

async function main() {
  await pulumi.runtime.setMocks(mocks, "project", "stack", false);
  const host = new RootlessDockerHost("web", {
    connection: { host: "machine.example", hostKey: "ssh-ed25519 AAAA" },
  });
  const outputs = pulumi.all([host.dockerHost, host.socket]);
  outputs.apply(([dockerHost, socket]) => {
    console.log(JSON.stringify({ dockerHost, socket, registered }));
  });
}

void main();

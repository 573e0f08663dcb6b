// Run in a folder where the packed package is installed, and nothing else: creates the component
// under mocks, and prints what it registered.
const pulumi = require("@pulumi/pulumi");
const { RootlessDockerHost } = require("rootless-docker");

const facts = {
  "account.uid": "1234",
  "account.gid": "1234",
  "subordinateIds.uids": "100000:65536",
  "subordinateIds.gids": "100000:65536",
  "cgroup.controllers": "cpu",
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

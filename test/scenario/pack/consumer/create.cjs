// Run in a folder where the packed package is installed, and nothing else: creates the component
// under mocks, and prints what it registered.
const registered = [];
const mocks = {
  newResource({ type, name, inputs }) {
    registered.push({ type, name, inputs });
    // As a user's own mocks do: no step reports anything.
    return { id: name, state: { ...inputs, hex: "0123" } };
  },
  call: () => ({}),
};

async function create(pulumi, RootlessDockerHost) {
  await pulumi.runtime.setMocks(mocks, "project", "stack", false);
  const host = new RootlessDockerHost("web", {
    connection: { host: "machine.example", hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=" },
  });
  host.dockerHost.apply((dockerHost) => {
    console.log(JSON.stringify({ dockerHost, registered }));
  });
}

module.exports = { create };

if (require.main === module)
  void create(require("@pulumi/pulumi"), require("rootless-docker").RootlessDockerHost);

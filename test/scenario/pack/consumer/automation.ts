// A program of the Automation API, as somebody bundles it: makes a host, looks at it in a preview, and prints both results.
import { RootlessDockerHost } from "rootless-docker";
import { LocalWorkspace } from "@pulumi/pulumi/automation";

const [host, port, user, hostKey, privateKey, backend] = process.argv.slice(2);

async function program() {
  const web = new RootlessDockerHost("web", {
    connection: { host, port: Number(port), user, hostKey, privateKey },
    account: { name: "app" },
  });
  return { dockerHost: web.dockerHost };
}

async function main() {
  const stack = await LocalWorkspace.createStack(
    { stackName: "dev", projectName: "bundled", program },
    { projectSettings: { name: "bundled", runtime: "nodejs", backend: { url: backend } } },
  );
  const up = await stack.up();
  const preview = await stack.preview();
  console.log(JSON.stringify({ up: up.outputs.dockerHost.value, preview: preview.changeSummary }));
}

void main();

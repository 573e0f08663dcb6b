import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remote } from "@pulumi/command";
import { RootlessDockerHost } from "../../index";
import { makeKey } from "../../stand-ins/hosts/keys";
import { createMachine, destroyAllMachines } from "../../stand-ins/machines";
import { connectionTo } from "../support/hostStack";
import { Stack, said } from "../support/stack";
import { packagesOf } from "./packages";

afterAll(destroyAllMachines);

// What examples/clouds/newMachine.ts says to a cloud: the machine's first boot with cloud-init, whose seed takes
// the place of the cloud's metadata, while the program is running already.
test("a machine whose key, user and login cloud-init makes: one up, from its first boot to a daemon", async () => {
  const machine = await createMachine({
    suite: "trixie",
    packages: [...packagesOf.trixie, "cloud-init"],
  });
  const folder = mkdtempSync(join(tmpdir(), "cloud-init-"));
  await makeKey(folder, "login");
  const [login, loginPublic] = ["login", "login.pub"].map((name) =>
    readFileSync(join(folder, name), "utf8"),
  );
  // The machine's own, so that the testbed still knows it; none is there when it boots.
  const keys = await machine.run("cat /etc/ssh/ssh_host_ed25519_key");
  const userData = {
    ssh_keys: { ed25519_private: keys, ed25519_public: machine.hostKey },
    // The image's filesystem is as large as its disk, and has no program to make it larger.
    resize_rootfs: false,
  };
  const metaData = { "instance-id": "first", "public-keys": [loginPublic] };
  const seed = "/var/lib/cloud/seed/nocloud";
  await machine.run(`mkdir -p ${seed}; cat >${seed}/user-data`, {
    input: `#cloud-config\n${JSON.stringify(userData)}\n`,
  });
  await machine.run(`cat >${seed}/meta-data`, { input: JSON.stringify(metaData) });
  await machine.run("cloud-init clean --logs; rm /etc/ssh/ssh_host_*");
  // Until it goes down, it still answers: this login ends then.
  await machine.ssh("systemctl --no-block reboot; sleep 120", { timeoutSeconds: 120 });

  const stack = await Stack.start("cloud-init");
  const connection = { ...connectionTo(machine), privateKey: login };
  const program = (user: string) => () => {
    const docker = new RootlessDockerHost("web", {
      connection: { ...connection, user },
      account: { name: "app", authorizedKeys: [loginPublic ?? ""] },
    });
    new remote.Command("uses", {
      connection: { ...connection, user: docker.account.name },
      create: "docker version --format '{{.Server.Version}}'",
    });
  };
  await stack.up(program("debian"));
  expect(stack.outputs("uses").stdout).toMatch(/^26\./);
  expect(await machine.run("cloud-init status")).toBe("status: done\n");
  const asRoot = await stack.tryUp(program("root"));
  expect(
    said(asRoot, "web-copy", "lasting")
      .map(({ message }) => message)
      .join("\n"),
  ).toContain("if it names another user, set connection.user to that name");
  await stack.destroy();
});

import { engineTar, newestRootlesskit, rootlesskit } from "../../stand-ins/engine";
import { destroyAllHosts, diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { EngineSource, NetworkDriver, OnDestroyData } from "../../index";
import type { StepArgs } from "../support/documents";
import { asAccount, bootHost, importImage } from "../support/host";
import { Installation } from "../support/installation";

// moby's Go module has no release after 29.8.1, and RootlessKit's has. So the newest RootlessKit starts the engine that
// there is.
afterAll(destroyAllHosts);

test("the newest RootlessKit: each network, a published port, nothing to change, and back", async () => {
  const host = await bootHost({
    packages: ["uidmap", "slirp4netns", "passt", "dbus-user-session"],
  });
  await host.run("tar -x -C /usr/local/bin --strip-components=1", { input: await engineTar() });
  await host.run("cat >/usr/local/bin/rootlesskit", {
    input: await rootlesskit(newestRootlesskit),
  });
  expect(await host.run("rootlesskit --version")).toBe(
    `rootlesskit version ${newestRootlesskit}\n`,
  );
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  for (const driver of [NetworkDriver.Slirp4netns, NetworkDriver.Pasta]) {
    const wishes: StepArgs = {
      account: { name: "app" },
      engine: { source: EngineSource.Preinstalled },
      network: { driver },
      onDestroy: { data: OnDestroyData.Delete },
    };
    await app.up(wishes);
    await importImage(host, "app");
    await asAccount(
      host,
      "app",
      "docker run -d --name web -p 8080:80 busybox sh -c 'echo here >/page; httpd -f -h /' >/dev/null",
    );
    await host.run(
      "for i in 1 2 3 4 5; do /usr/lib/apt/apt-helper download-file http://127.0.0.1:8080/page /root/page && break; sleep 1; done",
    );
    expect(await host.run("cat /root/page; rm /root/page")).toBe("here\n");
    await asAccount(host, "app", "docker rm -f web >/dev/null");
    expect((await app.up(wishes)).changed).toEqual([]);
  }
  await app.destroy();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

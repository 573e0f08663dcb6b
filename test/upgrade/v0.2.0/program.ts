import * as pulumi from "@pulumi/pulumi";
import {
  AppArmorProfile,
  EngineSource,
  IdAllocation,
  NetworkDriver,
  OnDestroyData,
  PrivilegedPorts,
  PrivilegeEscalation,
  RootfulDocker,
  RootlessDockerHost,
  StorageDriver,
} from "../../../index";
import type { ProgramArgs } from "../recorded";

/** A program of this version that uses every input, something in each step. It is never edited. */
export function program({ connection, userKey }: ProgramArgs): void {
  new RootlessDockerHost("web", {
    connection,
    account: {
      name: "app",
      create: true,
      home: "/srv/app",
      shell: "/bin/sh",
      authorizedKeys: [userKey],
    },
    subordinateIds: { count: 131_072, allocation: IdAllocation.NextFree },
    engine: { source: EngineSource.Distribution },
    rootfulDocker: RootfulDocker.Keep,
    storageDriver: StorageDriver.Auto,
    privilegedPorts: PrivilegedPorts.FileCapability,
    unprivilegedPing: { groups: "0 1000" },
    sysctls: { "net.core.somaxconn": "8192" },
    kernelModuleOptions: { "overlay.no_such_parameter": "1" },
    appArmorProfile: AppArmorProfile.Auto,
    resourceControllers: ["memory", "pids"],
    network: {
      driver: NetworkDriver.Slirp4netns,
      mtu: 1500,
      hostLoopback: true,
      slirp4netnsSandbox: true,
    },
    daemon: {
      "data-root": "/srv/app/data",
      "log-level": "warn",
      "log-opts": { "max-size": "10m", "max-file": "3" },
    },
    environment: { NO_PROXY: "localhost", API_TOKEN: pulumi.secret("API-TOKEN") },
    onDestroy: { data: OnDestroyData.Delete },
    privilegeEscalation: PrivilegeEscalation.None,
  });
}

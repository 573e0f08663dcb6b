import { EngineSource, RootfulDocker } from "../../index";
import type { Options } from "../../scripts/trial/options";
import { anonymous } from "../../scripts/trial/report";

const options: Options = {
  host: "build7.bigbank.internal",
  port: 22,
  user: "anna",
  privateKey: undefined,
  hostKey: "ssh-ed25519 AAAAC3Nz",
  engine: {
    source: EngineSource.Distribution,
    version: undefined,
    sha256: undefined,
    rootlessExtrasSha256: undefined,
    mirror: undefined,
  },
  rootfulDocker: RootfulDocker.Refuse,
  account: "rootless-trial",
  ignored: [],
  folder: undefined,
  yes: true,
};

test.each([
  [
    "E: Failed to fetch https://mirror.bigbank.internal/debian/dists/x Could not resolve",
    "E: Failed to fetch URL Could not resolve",
  ],
  ["in /etc/yum.repos.d/bigbank-secret.repo: no baseurl", "in (a path below /etc/): no baseurl"],
  ["/srv/anna-payroll is full", "(a path below /srv/) is full"],
  ["anna@build7.bigbank.internal: refused by 10.1.2.3", "NAME@NAME: refused by ADDRESS"],
  // What every machine has, or the trial made.
  ["/proc/sys/net/ipv4/ping_group_range is 1 0", "/proc/sys/net/ipv4/ping_group_range is 1 0"],
  ["/etc/docker/daemon.json: written", "/etc/docker/daemon.json: written"],
  ["/home/rootless-trial/.docker is there", "/home/rootless-trial/.docker is there"],
])("a failure in a report: %s", (failure, reported) => {
  expect(anonymous(failure, options)).toBe(reported);
});

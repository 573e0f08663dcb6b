import manifest from "../../package.json";
import { lowestPeers, peerProblems, requirePeers } from "../../src/peers";

const fitting = {
  "@pulumi/command": "1.2.1",
  "@pulumi/pulumi": "3.248.0",
  "@pulumi/random": "4.21.2",
};

test("package.json has the same ranges, and tests run with one version of each", () => {
  const ranges = Object.entries(lowestPeers).map(([name, lowest]) => [name, `^${lowest}`]);
  expect(manifest.peerDependencies).toEqual(Object.fromEntries(ranges));
  expect(manifest.devDependencies).toMatchObject(fitting);
  expect(requirePeers).not.toThrow();
});

test.each([
  ["what tests run with", fitting],
  ["the lowest of all", lowestPeers],
  ["a v before it", { ...fitting, "@pulumi/random": "v4.16.0" }],
  ["a later minor, a lower patch", { ...fitting, "@pulumi/pulumi": "3.300.0-alpha.1+x" }],
])("%s", (_which, versions) => {
  expect(peerProblems(versions)).toEqual([]);
});

test.each([
  ["@pulumi/command", "4.5.0", "^1.1.0"],
  ["@pulumi/command", "1.0.9", "^1.1.0"],
  ["@pulumi/pulumi", "3.224.9", "^3.225.0"],
  ["@pulumi/pulumi", "4.0.0", "^3.225.0"],
  ["@pulumi/random", "4.15.9", "^4.16.0"],
])("%s %s is named, with what to do", (name, version, range) => {
  expect(peerProblems({ ...fitting, [name]: version })).toEqual([
    `rootless-docker works with ${name} ${range}, but ${version} is installed: ` +
      `run 'npm install ${name}@${range}'`,
  ]);
});

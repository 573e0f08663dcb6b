import { version as command } from "@pulumi/command/package.json";
import { version as pulumi } from "@pulumi/pulumi/package.json";
import { version as random } from "@pulumi/random/package.json";
import { satisfies } from "semver";

/** The lowest version of each peer that this package works with; later ones with the same major do, too. */
export const lowestPeers: Record<string, string> = {
  "@pulumi/command": "1.1.0",
  "@pulumi/pulumi": "3.225.0",
  "@pulumi/random": "4.16.0",
};

/** What is wrong with the versions of peers, a line each. Pure. */
export function peerProblems(installed: Record<string, string>): string[] {
  return Object.entries(lowestPeers)
    .filter(
      ([name, lowest]) => !satisfies(installed[name], `^${lowest}`, { includePrerelease: true }),
    )
    .map(
      ([name, lowest]) =>
        `rootless-docker works with ${name} ^${lowest}, but ${installed[name]} is installed: ` +
        `run 'npm install ${name}@^${lowest}'`,
    );
}

/** @throws Error where a peer that is installed is none that this package works with. */
export function requirePeers(): void {
  const problems = peerProblems({
    "@pulumi/command": command,
    "@pulumi/pulumi": pulumi,
    "@pulumi/random": random,
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

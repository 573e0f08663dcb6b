import { version as command } from "@pulumi/command/package.json";
import { version as pulumi } from "@pulumi/pulumi/package.json";
import { version as random } from "@pulumi/random/package.json";

/** The lowest version of each peer that this package works with; later ones with the same major do, too. */
export const lowestPeers: Record<string, string> = {
  "@pulumi/command": "1.1.0",
  "@pulumi/pulumi": "3.225.0",
  "@pulumi/random": "4.16.0",
};

/** What is wrong with the versions of peers, a line each. Pure. */
export function peerProblems(installed: Record<string, string>): string[] {
  return Object.entries(lowestPeers)
    .filter(([name, lowest]) => !fits(installed[name], lowest))
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

/** As `^` of package.json says it, for majors from 1 on. */
function fits(version: string, lowest: string): boolean {
  const [major, minor, patch] = numbers(version);
  const [wantedMajor, wantedMinor, wantedPatch] = numbers(lowest);
  return (
    major === wantedMajor &&
    (minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch))
  );
}

/** Some releases have a `v` before the version in their package.json. */
const numbers = (version: string) =>
  version.replace(/^v/, "").split(/[.+-]/).slice(0, 3).map(Number);

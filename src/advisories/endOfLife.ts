/**
 * The last day on which a release of a system gets security updates that need no contract, by how `PRETTY_NAME` of
 * os-release(5) begins: of Debian that is LTS. Releases that are not listed are not judged.
 *
 * Debian and Ubuntu: Debian's package distro-info-data 0.58. openSUSE: https://en.opensuse.org/Lifetime.
 */
const lastDays: Record<string, string> = {
  "Debian GNU/Linux 11": "2026-08-31",
  "Debian GNU/Linux 12": "2028-06-30",
  "Debian GNU/Linux 13": "2030-06-30",
  "Ubuntu 22.04": "2027-06-01",
  "Ubuntu 24.04": "2029-05-31",
  "Ubuntu 25.10": "2026-07-09",
  "Ubuntu 26.04": "2031-05-29",
  "Ubuntu 26.10": "2027-07-15",
  "openSUSE Leap 15.6": "2026-04-30",
  "openSUSE Leap 16.0": "2027-10-31",
};

/**
 * A release that gets no security updates any more, in words; undefined if it gets some, or if nobody knows.
 *
 * @param system what a host reported as its system, such as `Debian GNU/Linux 11 (bullseye)`.
 * @param today such as `2026-12-02`.
 */
export function endOfLife(system: string, today: string): string | undefined {
  const release = Object.keys(lastDays).find(
    (name) => system.startsWith(name) && !/^\d/.test(system.slice(name.length)),
  );
  if (release === undefined || today <= lastDays[release]) return undefined;
  return `${release} has had no security updates since ${lastDays[release]}, unless you pay for extended support: upgrade the system`;
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const month = `(${months.join("|")})`;

const dayFirst = new RegExp(`\\b(\\d{1,2}) ${month} (20\\d\\d)\\b`);
const monthFirst = new RegExp(`\\b${month} +(\\d{1,2}) .*\\b(20\\d\\d)\\b`);

/**
 * The day on which a kernel was built, as `2025-09-20`, from /proc/sys/kernel/version; undefined if that has none.
 * Debian writes `(2025-09-20)`, Ubuntu and Fedora `Thu Mar 19 15:09:20 UTC 2026`, Arch `Tue, 11 Jul 2023`.
 */
export function builtOn(build: string): string | undefined {
  const [iso] = /\b20\d\d-\d\d-\d\d\b/.exec(build) ?? [];
  if (iso !== undefined) return iso;
  const first = dayFirst.exec(build);
  if (first !== null) return isoDay(first[3], first[2], first[1]);
  const second = monthFirst.exec(build);
  return second === null ? undefined : isoDay(second[3], second[1], second[2]);
}

function isoDay(year: string, name: string, day: string): string {
  const number = String(months.indexOf(name) + 1).padStart(2, "0");
  return `${year}-${number}-${day.padStart(2, "0")}`;
}

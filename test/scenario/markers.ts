import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../stand-ins/hosts/exec";
import type { TestHost } from "../../stand-ins/hosts";

/** A value that is recognised wherever it turns up. */
export const marker = (name: string): string => `mArKeR-${name}`;

/** Markers, and lines of private keys, by the names that a test knows them by. */
export class Markers {
  readonly #keyLines = new Map<string, string>();

  /** The text of a private key is recognised by its lines, without the first two, which many share, and the last. */
  addKey(name: string, text: string): string {
    for (const line of text.trim().split("\n").slice(2, -1)) this.#keyLines.set(line, marker(name));
    return text;
  }

  /** What a text holds of them. */
  in(text: string): string[] {
    const keys = [...this.#keyLines].filter(([line]) => text.includes(line)).map(([, key]) => key);
    return [...new Set([...(text.match(/mArKeR-[a-z]+/g) ?? []), ...keys])].sort();
  }

  /** Of the files of a folder: `path: markers` for each that holds one. */
  inFolder(folder: string): string[] {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.flatMap((entry) => {
      if (!entry.isFile()) return [];
      const found = this.in(readFileSync(join(entry.parentPath, entry.name), "latin1"));
      return found.length > 0 ? [`${entry.name}: ${found.join(" ")}`] : [];
    });
  }

  /**
   * Every file of a host that holds one, with its markers: `600 root /path: markers`. Those that an
   * ordinary user can read begin with READABLE. Journals are looked at by inJournal.
   */
  async inFiles(host: TestHost, user: string): Promise<string[]> {
    const script = `cat >/root/patterns
      grep -rlaF -f /root/patterns --devices=skip --exclude-dir=proc --exclude-dir=sys --exclude-dir=journal --exclude=patterns / 2>/dev/null |
        while IFS= read -r file; do
          readable=; ! runuser -u ${user} -- test -r "$file" || readable='READABLE '
          echo "$readable$(stat -c '%a %U %n' "$file"): $(grep -aoE 'mArKeR-[a-z]+' "$file" | sort -u | paste -s -d ' ')"
        done
      rm /root/patterns`;
    const patterns = [marker(""), ...this.#keyLines.keys(), ""].join("\n");
    const found = (await host.run(script, { input: patterns })).split("\n").filter(Boolean);
    return found
      .map((line) => line.replace(/(installations\/)[0-9a-f]+|(records\/)\d+/, "$1$2N"))
      .sort();
  }

  /** All that the host's journals hold, every field of them. */
  async inJournal(host: TestHost): Promise<string[]> {
    return this.in(await host.run("journalctl --no-pager -q --all -o export"));
  }

  /**
   * Looks at the command line and the environment of every process, again and again, as a user who may read
   * them, until a file is there. Prints `cmdline of UID NAME: marker`, and how often it looked.
   */
  sampler(until: string): string {
    const lines = [...this.#keyLines.keys()].map((line) => line.replace(/\W/g, "\\$&"));
    return `my (%seen, $rounds);
      until (-e "${until}") {
        opendir my $proc, "/proc";
        for my $process (grep /^\\d+$/, readdir $proc) {
          for my $file ("cmdline", "environ") {
            open my $handle, "<", "/proc/$process/$file" or next;
            local $/;
            my $text = <$handle> // "";
            next unless $text =~ /(${["mArKeR-[a-z]+", ...lines].join("|")})/;
            my ($found, $owner) = ($1, (stat "/proc/$process")[4] // "nobody");
            open my $name, "<", "/proc/$process/comm" or next;
            my ($comm) = (<$name> // "") =~ /(.*)/;
            $seen{"$file of $owner $comm: $found"} = 1;
          }
        }
        $rounds++;
        select undef, undef, undef, 0.005;
      }
      print "$_\\n" for sort keys %seen;
      print "looked $rounds times\\n";`;
  }
}

/** Lines that a sampler printed, without the last one, which says that it worked all the time. */
export function findings(printed: string): string[] {
  const lines = printed.trim().split("\n");
  const [, rounds] = /^looked (\d+) times$/.exec(lines.pop() ?? "") ?? [];
  if (Number(rounds ?? 0) < 100) throw new Error(`the sampler did not look: ${printed}`);
  return lines;
}

/** Runs a sampler on this machine, whose processes are the host's too, as root. */
export async function sampleHere(program: string): Promise<string> {
  return (await exec("perl", ["-"], { input: program })).stdout;
}

/**
 * What the package costs beside its resources: CPU seconds of `pulumi preview` for many hosts, against a program
 * that registers the same resources with the same inputs. In pairs: `npm run bench:preview -- --hosts 100`.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureToolchain } from "../testbed/toolchain";
import { median } from "./figures";
import { contestants, type PreviewContestant } from "./previewPrograms";

/** CPU seconds of one preview, and of all programs that it ran: engine and plugins too. */
interface Cost {
  program: number;
  all: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      hosts: { type: "string", default: "100" },
      pairs: { type: "string", default: "3" },
      most: { type: "string", default: "1.15" },
    },
  });
  const [hosts, pairs] = [Number(values.hosts), Number(values.pairs)];
  console.log(`${(await ensureToolchain()).describe()}; ${hosts} hosts`);
  const ratios: number[] = [];
  for (let i = 0; i < pairs; i++) {
    const order = i % 2 === 0 ? contestants : [...contestants].reverse();
    const cost = Object.fromEntries(order.map((who) => [who, costOf(who, hosts)])) as Record<
      PreviewContestant,
      Cost
    >;
    ratios.push(cost.package.all / cost.bare.all);
    const shown = contestants.map(
      (who) => `${who} ${cost[who].all.toFixed(1)} s (program ${cost[who].program.toFixed(1)} s)`,
    );
    console.log(`pair ${i + 1}: ${shown.join(", ")}; ratio ${ratios[i].toFixed(2)}`);
  }
  const ratio = median(ratios);
  console.log(`ratio ${ratio.toFixed(2)}, at most ${values.most}`);
  process.exitCode = ratio <= Number(values.most) ? 0 : 1;
}

function costOf(who: PreviewContestant, hosts: number): Cost {
  // bash counts what its children, and theirs, have used.
  const run = `"$0" --import tsx "$1" ${who} ${hosts} && times`;
  const said = execFileSync(
    "bash",
    ["-c", run, process.execPath, join(__dirname, "previewRun.ts")],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  const [, program] = /^program (\S+)$/m.exec(said) ?? [];
  const [user, system] = said.trim().split("\n").at(-1)?.split(" ").map(seconds) ?? [];
  return { program: Number(program), all: user + system };
}

/** bash's 1m2.345s */
function seconds(text: string): number {
  const [, minutes, rest] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(rest);
}

void main();

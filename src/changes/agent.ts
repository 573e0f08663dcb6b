/**
 * What another agent means, in one line. Preflight's document names its parts in lines such as `# core/frame.sh HASH`,
 * and has what every step's document says: `recheck: "today"`.
 */
export function agentChange(before: string, after: string): string | undefined {
  const [old, present] = [linesOf(before), linesOf(after)];
  const isNew = (line: string) => !old.has(line);
  const said = [...present].filter(isNew);
  const parts = said.filter((line) => isPart.test(line));
  const everyStep = said.filter((line) => /^(recheck|take-over): /.test(line));
  const words = [];
  if (everyStep.length > 0)
    words.push(
      `${everyStep.join(", ")}: every step runs again and puts right what differs; the daemon restarts if what it reads has to be put right`,
    );
  const [from, to] = [versionOf(old), versionOf(present)];
  if (parts.length > 0 || from !== to)
    words.push(
      `rootless-docker ${from} => ${to}, ${parts.length} of ${count(present)} files of its program: the steps whose code changed run again, and change nothing on a host that is as they left it; Docker is not upgraded`,
    );
  return words.length > 0 ? words.join("; ") : undefined;
}

const isPart = /^# \S+\.sh [0-9a-f]+$/;

/** Of the line `program: "VERSION SUM"`. */
const versionOf = (lines: Set<string>) =>
  [...lines].flatMap((line) => /^program: "(\S+) /.exec(line)?.[1] ?? [])[0];

const count = (lines: Set<string>) => [...lines].filter((line) => isPart.test(line)).length;

const linesOf = (text: string) => new Set(text.split("\n"));

/**
 * What another agent means, in one line: its parts are named in lines such as `# core/frame.sh HASH`, and what
 * every step's document says in lines such as `# recheck: "today"`.
 */
export function agentChange(before: string, after: string): string | undefined {
  const [old, present] = [comments(before), comments(after)];
  const isNew = (line: string) => !old.has(line);
  const said = [...present].filter(isNew);
  const parts = said.filter((line) => /^\S+\.sh [0-9a-f]+$/.test(line));
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

/** Version 0.1 did not name itself. */
const versionOf = (lines: Set<string>) =>
  [...lines].find((line) => line.startsWith("version "))?.slice("version ".length) ?? "0.1";

const count = (lines: Set<string>) => [...lines].filter((line) => /\.sh /.test(line)).length;

function comments(text: string): Set<string> {
  return new Set(
    text.split("\n").flatMap((line) => (line.startsWith("# ") ? [line.slice(2)] : [])),
  );
}

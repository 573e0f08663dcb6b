/**
 * The meaning of another agent, in one line. The document of the step machine names its parts in lines such as
 * `# core HASH`, and has what every step's document says: `recheck: "today"`.
 */
export function agentChange(before: string, after: string): string | undefined {
  const [old, present] = [linesOf(before), linesOf(after)];
  const isNew = (line: string) => !old.has(line);
  const said = [...present].filter(isNew);
  const parts = said.flatMap((line) => /^# (\S+) [0-9a-f]+$/.exec(line)?.[1] ?? []);
  const isOfEveryStep = (line: string) => /^(recheck|take-over): /.test(line);
  const keyOf = (line: string) => line.slice(0, line.indexOf(":"));
  const news = said.filter(isOfEveryStep);
  // An input that is taken out again changes every document, too.
  const gone = [...old].filter(
    (line) =>
      isOfEveryStep(line) && !present.has(line) && !news.some((one) => keyOf(one) === keyOf(line)),
  );
  const everyStep = [...news, ...gone.map((line) => `no ${keyOf(line)} any longer`)];
  const words = [];
  if (everyStep.length > 0)
    words.push(
      `${everyStep.join(", ")}: every step runs again and repairs what differs; the daemon restarts if a file that it reads has to be repaired`,
    );
  const [from, to] = [versionOf(old), versionOf(present)];
  if (said.some((line) => line.startsWith("program: ")))
    words.push(
      `rootless-docker ${from} => ${to}, what runs as root changes in ${parts.join(", ") || "its keys"}: the steps whose code changed run again, repair drift, and change only what the CHANGELOG names; Docker is not upgraded`,
    );
  return words.length > 0 ? words.join("; ") : undefined;
}

/** The version in the line `program: "VERSION SUM"`. */
const versionOf = (lines: Set<string>) =>
  [...lines].flatMap((line) => /^program: "(\S+) /.exec(line)?.[1] ?? [])[0];

const linesOf = (text: string) => new Set(text.split("\n"));

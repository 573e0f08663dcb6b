/**
 * The name that somebody meant who wrote another one: a letter or some are others, or case and underscores.
 *
 * @param letters of how many one may be another.
 */
export function nearest(written: string, names: Iterable<string>, letters = 3): string | undefined {
  const plain = (name: string) =>
    name
      .slice(0, 40)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, "");
  const meant = plain(written);
  const [closest] = [...names]
    .map((name) => ({ name, changes: changesBetween(meant, plain(name)) }))
    .sort((a, b) => a.changes - b.changes);
  return closest && closest.changes <= meant.length / letters ? closest.name : undefined;
}

/** How many letters are put in, left out or exchanged from one word to another. */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of Array.from(from).entries()) {
    const before = row;
    row = [at + 1];
    for (let i = 0; i < to.length; i++)
      row.push(Math.min(row[i] + 1, before[i + 1] + 1, before[i] + Number(letter !== to[i])));
  }
  return row[to.length];
}

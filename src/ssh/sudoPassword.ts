/**
 * The line that follows the password, by which hooks know that there is one. The agent passes over
 * lines that begin so.
 */
const ends = "# The line above is for sudo.";
/** The same before what is a secret by itself, and not for the password's sake. */
const endsBeforeSecret = `${ends} The rest is a secret, too.`;

/** A text for stdin of a command that becomes root, after sudo's password where there is one. */
export function withPassword(
  password: string | undefined,
  { text, isSecret }: { text: string; isSecret: boolean },
): string {
  if (password === undefined) return text;
  return [password, isSecret ? endsBeforeSecret : ends, text].join("\n");
}

/** The other way round: what is on stdin without the password, and whether that is a secret. */
export function withoutPassword(
  stdin: string,
  isSecret: boolean,
): { text: string; isSecret: boolean } {
  const [, end, ...rest] = stdin.split("\n");
  return end === ends || end === endsBeforeSecret
    ? { text: rest.join("\n"), isSecret: end === endsBeforeSecret }
    : { text: stdin, isSecret };
}

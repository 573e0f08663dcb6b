import { hasCredentials } from "./credentials";
import { colourMark } from "./plainText";
import { isInside, type Problem } from "./reader";

/** No argument is deeper; and an object that holds itself has no end. */
const deepest = 200;

/**
 * Texts and names that have the mark by which the Pulumi CLI knows colours. `preview --diff` shows every value that is
 * no secret as it is, and the CLI panics at a colour that it does not know (pulumi/pulumi, colors.go of 3.248 to 3.276).
 *
 * @param secretPaths what is marked as a secret, which a preview does not show.
 */
export function colourMarks(args: unknown, secretPaths: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const look = (value: unknown, name: string, path: string, depth: number): void => {
    if (depth > deepest || secretPaths.some((secret) => isInside(path, secret))) return;
    if (typeof value === "string" && value.includes(colourMark) && !hasCredentials(name, value))
      problems.push({ propertyPath: path, reason: `the value ${hasMark}` });
    if (typeof value !== "object" || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      if (key.includes(colourMark))
        problems.push({ propertyPath: path, reason: `a name ${hasMark}` });
      const inside = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
      look(part, Array.isArray(value) ? name : key, inside, depth + 1);
    }
  };
  look(args, "", "", 0);
  return problems;
}

const hasMark = `contains '${colourMark}', at which the Pulumi CLI panics when a preview shows it; leave it out, or mark the value as a secret`;

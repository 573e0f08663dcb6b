import { readSettings } from "../../src/steps/settings";

/** A value at a path, the reason of its refusal, and where that is told, if elsewhere or twice. */
export type Refused = [path: string, value: unknown, reason: string, where?: string];

/** A value at a path that is right. */
export type Accepted = [path: string, value: unknown];

/** The arguments of a usual host with one value put in at a path such as `account.name`. */
export function withValue(path: string, value: unknown): unknown {
  const args = { connection: { host: "machine.example" } };
  let object: Record<string, unknown> = args;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  for (const key of keys) {
    object[key] ??= key === "proxy" ? { host: "jump.example" } : {};
    object = object[key] as Record<string, unknown>;
  }
  object[last] = value;
  return args;
}

/** A block as `gpg --armor` has it. */
export function armored(base64: string): string {
  const [begin, end] = ["BEGIN", "END"].map((word) => `-----${word} PGP PUBLIC KEY BLOCK-----\n`);
  return `${begin}\n${base64}\n${end}`;
}

/** Every problem of the arguments, as `path: reason`. */
export function problemsOf(args: unknown): string[] {
  return readSettings(args).problems.map(
    ({ propertyPath, reason }) => `${propertyPath}: ${reason}`,
  );
}

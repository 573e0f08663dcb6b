import { nearest } from "./nearest";
import { isPrivateKey } from "./credentials";
import { plainLine, plainText } from "./plainText";
import { longestShown, quote } from "./quote";

/** One thing that is wrong with the arguments. */
export interface Problem {
  /** Where: a property path such as `connection.port`. */
  propertyPath: string;
  /** The offending value, what is wrong with it, and what to do. */
  reason: string;
}

/** Stands for a value that is not known yet: an Output before it resolves. */
export const pending: unique symbol = Symbol("pending");

/**
 * A rule for one value: returns what is wrong and what to do ("is not a port; use 1 to 65535"), or
 * undefined.
 */
export type Rule<T> = (value: T) => string | undefined;

interface Option<T> {
  rule?: Rule<T>;
  /** Its value is never quoted. */
  secret?: boolean;
}

/**
 * Reads one object of arguments: checks types and rules, and notes every problem instead of stopping at the first. A
 * pending value is read as absent and gives no problem.
 */
export class Reader {
  private readonly fields: Record<string, unknown>;
  private readonly known = new Set<string>();
  private readonly unknownAsWhole: boolean;

  constructor(
    value: unknown,
    private readonly path: string,
    private readonly problems: Problem[],
    /** Paths of options whose values, and whatever is inside them, are never quoted. */
    private readonly secretPaths: string[] = [],
  ) {
    this.unknownAsWhole = value === pending;
    this.fields = isPlainObject(value) ? value : {};
    if (isThere(value) && !isPlainObject(value)) {
      this.problem(path, `${this.show(path, value)} is not an object; write one`);
    }
  }

  string(key: string, option: Option<string> = {}): string | undefined {
    return this.read(key, "a string", (v): v is string => typeof v === "string", option);
  }

  number(key: string, option: Option<number> = {}): number | undefined {
    const whole = (v: unknown): v is number => typeof v === "number" && Number.isSafeInteger(v);
    return this.read(key, "a whole number", whole, option);
  }

  /** A number that may have a fraction. */
  decimal(key: string, option: Option<number> = {}): number | undefined {
    const finite = (v: unknown): v is number => typeof v === "number" && Number.isFinite(v);
    return this.read(key, "a number", finite, option);
  }

  boolean(key: string): boolean | undefined {
    return this.read(key, "true or false", (v): v is boolean => typeof v === "boolean", {});
  }

  /** One of an enum's values. */
  oneOf<T extends string>(key: string, values: Record<string, T>): T | undefined {
    const isText = (v: unknown): v is T => typeof v === "string";
    const wanted = `one of ${Object.values(values).join(", ")}`;
    return this.read<T>(key, wanted, isText, {
      rule: isOneOf(values, this.isMarked(this.at(key))),
    });
  }

  /** Some of an enum's values, each once, in the enum's order. */
  someOf<T extends string>(key: string, values: Record<string, T>): T[] {
    const chosen: string[] = this.strings(key, isOneOf(values, this.isMarked(this.at(key))));
    return Object.values(values).filter((value) => chosen.includes(value));
  }

  strings(key: string, rule: Rule<string>): string[] {
    const list = this.read(key, "a list", (v): v is unknown[] => Array.isArray(v), {}) ?? [];
    // No line of a file that was split into lines says by itself what it is.
    if (
      list.length > 1 &&
      isPrivateKey(list.filter((item) => typeof item === "string").join(" "))
    ) {
      this.problem(
        this.at(key),
        "contains a private key; keep that secret, and write the public key instead",
      );
      return [];
    }
    return list.filter((item, index): item is string => {
      if (item === pending) return false;
      const path = `${this.at(key)}[${index}]`;
      return this.accept(path, item, "a string", (v): v is string => typeof v === "string", {
        rule,
      });
    });
  }

  /** A mapping of names to anything; `rule` gets each name. Left out are wrong names, and values not known. */
  mapping(key: string, rule: Rule<string>): Record<string, unknown> {
    const mapping = this.read(key, "an object", isPlainObject, {}) ?? {};
    const right = Object.entries(mapping).filter(([name]) => {
      const wrong = rule(name);
      if (wrong)
        this.problem(
          this.at(key),
          `${this.isMarked(this.at(key)) ? "a name" : quote(name)} ${wrong}`,
        );
      return !wrong;
    });
    return Object.fromEntries(right.filter(([, value]) => isThere(value)));
  }

  /** Each of a list of objects. */
  objects(key: string): Reader[] {
    const list = this.read(key, "a list", (v): v is unknown[] => Array.isArray(v), {}) ?? [];
    return list.map((item, index) => {
      const path = `${this.at(key)}[${index}]`;
      return new Reader(item, path, this.problems, this.secretPaths);
    });
  }

  object(key: string): Reader {
    this.known.add(key);
    const value = this.unknownAsWhole ? pending : this.fields[key];
    return new Reader(value, this.at(key), this.problems, this.secretPaths);
  }

  /** True where the option is given, known or not. */
  given(key: string): boolean {
    return this.unknownAsWhole || (this.fields[key] !== undefined && this.fields[key] !== null);
  }

  /** True where the option is given, and its value is not known yet: nothing can be compared with it. */
  isPending(key: string): boolean {
    return this.unknownAsWhole || this.fields[key] === pending;
  }

  /** Notes that an option is missing which has no default. */
  require(key: string, fix: string): void {
    if (!this.given(key)) this.problem(this.at(key), `is missing; ${fix}`);
  }

  /** Notes that an option is not known before the program has run. */
  requireAtOnce(key: string): void {
    if (this.fields[key] === pending)
      this.problem(this.at(key), "is not known at once; write the value itself, not an Output");
  }

  /** An offending value of one option, or inside it, as a message may show it. */
  quote(key: string, value: unknown): string {
    return this.show(this.at(key), value);
  }

  /** True where the value of one option, or a part of it, is marked as a secret. */
  secret(key: string): boolean {
    const path = this.at(key);
    return this.secretPaths.some((marked) => isInside(path, marked) || isInside(marked, path));
  }

  /** Notes a problem that concerns one option of this object. */
  refuse(key: string, reason: string): void {
    this.problem(this.at(key), reason);
  }

  /** Notes options that do not exist: a typing error would otherwise be ignored in silence. */
  refuseOthers(): void {
    for (const key of Object.keys(this.fields)) {
      if (!this.known.has(key)) {
        const meant = nearest(key, this.known);
        const all = [...this.known].join(", ");
        this.problem(
          this.at(plainLine(key, longestShown)),
          meant
            ? `no such option; did you mean ${meant}? The options are ${all}`
            : `no such option; use ${all}`,
        );
      }
    }
  }

  private read<T>(
    key: string,
    wanted: string,
    isRight: (value: unknown) => value is T,
    option: Option<never> | Option<T>,
  ): T | undefined {
    this.known.add(key);
    const value = this.fields[key];
    if (!isThere(value)) return undefined;
    return this.accept(this.at(key), value, wanted, isRight, option as Option<T>)
      ? value
      : undefined;
  }

  private accept<T>(
    path: string,
    value: unknown,
    wanted: string,
    isRight: (value: unknown) => value is T,
    option: Option<T>,
  ): value is T {
    const shown = option.secret ? "the value" : this.show(path, value);
    if (!isRight(value)) {
      this.problem(path, `${shown} is not ${wanted}; write one`);
      return false;
    }
    const wrong = wrongText(value) ?? option.rule?.(value);
    if (wrong) this.problem(path, `${shown} ${wrong}`);
    return !wrong;
  }

  private show(path: string, value: unknown): string {
    const secret = neverQuoted.some((whole) => isInside(path, whole)) || this.isMarked(path);
    return secret ? "the value" : quote(value);
  }

  private isMarked(path: string): boolean {
    return this.secretPaths.some((whole) => isInside(path, whole));
  }

  private problem(propertyPath: string, reason: string): void {
    this.problems.push({ propertyPath, reason });
  }

  /** The path of one option of this object. */
  at(key: string): string {
    return this.path ? `${this.path}.${key}` : key;
  }
}

/** @param isSecret whether nothing may say what the value is like. */
function isOneOf(values: Record<string, string>, isSecret: boolean): Rule<string> {
  const all = Object.values(values);
  return (value) => {
    if (all.includes(value)) return undefined;
    // Stricter than with names of options: "zfs" does not mean vfs.
    const meant = isSecret ? undefined : nearest(value, all, 4);
    return `is not one of ${all.join(", ")}; ${meant ? `did you mean ${meant}?` : "choose one"}`;
  };
}

/** Whether a property path is another one, or leads into it. */
export function isInside(path: string, whole: string): boolean {
  return path.startsWith(whole) && ["", ".", "["].includes(path.charAt(whole.length));
}

/** Options whose values may hold a password in whatever form, and are never quoted. */
const neverQuoted = ["environment", "daemon.proxies", "registryAuth"];

/** Bytes of one value: Linux gives a program no argument or variable of more than 131,071. */
const longest = 65_536;

/** The limit of length that any text must keep to. */
export const tooLong: Rule<string> = (value) =>
  Buffer.byteLength(value) > longest ? "is longer than 65,536 bytes; shorten it" : undefined;

/** Limits that any text must keep to, on its way through a document, a shell and a file. */
function wrongText(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (value.includes("\0")) return "contains a NUL character; leave it out";
  if (/\p{Surrogate}/u.test(value)) return "is not well-formed Unicode; leave lone surrogates out";
  return tooLong(value);
}

/** Programs in other languages send null for nothing. */
function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== pending;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** All problems, one a line, as one message. */
export function describeProblems(problems: Problem[]): string {
  const lines = problems.map(({ propertyPath, reason }) => `  ${propertyPath}: ${reason}`);
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return plainText([`${count} in the arguments of RootlessDockerHost`, ...lines].join("\n"));
}

import type { Rule } from "./problems";

/** A whole number within bounds, both included. */
export function between(low: number, high: number): Rule<number> {
  return (value) =>
    value >= low && value <= high ? undefined : `is out of range; use ${low} to ${high}`;
}

/** An absolute path in its shortest form. */
export const absolutePath: Rule<string> = (value) =>
  /^(\/[^/\0\n]+)+$/.test(value) && !/\/\.\.?(\/|$)/.test(value)
    ? undefined
    : "is not an absolute path without '.', '..' or line breaks; write one such as /srv/app";

/** One line of text. */
export const oneLine: Rule<string> = (value) =>
  /[\n\r]/.test(value) ? "has a line break; write it on one line" : undefined;

/** One line that is not empty. */
export const filledLine: Rule<string> = (value) =>
  value.trim() === "" ? "is empty; write something, or leave the option out" : oneLine(value);

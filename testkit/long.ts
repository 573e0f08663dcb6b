/** Whether this is the long run: `npm run test:long`, or LONG=1 in the environment. */
export const long = process.env.LONG === "1";

/** A test, and a group of them, of the long run only: other systems, and what is rarely touched. */
export const longTest = long ? test : test.skip;
export const longDescribe = long ? describe : describe.skip;

/** A number that the environment names, such as FUZZ_RUNS=500; without it, another one in the long run. */
export function countOf(name: string, usual: number, inLongRun: number): number {
  return Number(process.env[name] ?? (long ? inLongRun : usual));
}

/** Whether this is the long run: `npm run test:long`, or LONG=1 in the environment. */
export const long = process.env.LONG === "1";

/** A number that the environment names, such as FUZZ_RUNS=500; without it, another one in the long run. */
export function countOf(name: string, usual: number, inLongRun: number): number {
  return Number(process.env[name] ?? (long ? inLongRun : usual));
}

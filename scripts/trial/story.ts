import { performance } from "node:perf_hooks";

/** Tells a story on stdout: numbered steps, each with the seconds that it took. */
export class Story {
  #steps = 0;
  readonly #start = performance.now();

  say(text = ""): void {
    process.stdout.write(`${text}\n`);
  }

  /** A fact that a step found, below its title. */
  fact(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.say(`     ${line}`.trimEnd());
  }

  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.say(`\n${String(++this.#steps).padStart(2)}. ${title}`);
    const start = performance.now();
    const result = await work();
    this.fact(`(${secondsSince(start)} s)`);
    return result;
  }

  end(text: string): void {
    this.say(`\n${text} (${secondsSince(this.#start)} s in all)`);
  }
}

export function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

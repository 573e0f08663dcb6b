import { setMaxListeners } from "node:events";

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Milliseconds within which a second signal is the same one: npm and tsx send on what the terminal sends all. */
const sameSignal = 1_000;

/** What Ctrl-C means: the first one ends the trial and destroys what it made, a later one ends that, too. */
export class Signals {
  readonly #stop = new AbortController();
  readonly #giveUp = new AbortController();
  #exitCode: number | undefined;

  constructor(tell: (text: string) => void) {
    setMaxListeners(0, this.stop, this.giveUp);
    for (const name of Object.keys(exitCodes) as (keyof typeof exitCodes)[])
      process.on(name, () => this.receive(exitCodes[name], tell));
  }

  /** Aborted by the first signal. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborted by a second one. */
  get giveUp(): AbortSignal {
    return this.#giveUp.signal;
  }

  /** The exit code of the first signal; absent before it. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  private receive(exitCode: number, tell: (text: string) => void): void {
    if (this.#exitCode !== undefined) {
      if (this.#mayGiveUp) this.#giveUp.abort();
      return;
    }
    this.#exitCode = exitCode;
    setTimeout(() => (this.#mayGiveUp = true), sameSignal).unref();
    tell("Interrupted: waiting for the command that runs. A second Ctrl-C does not wait.");
    this.#stop.abort();
  }

  #mayGiveUp = false;
}

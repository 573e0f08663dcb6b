/**
 * Figures of earlier runs, on two processors with no other work. A run prints them beside its own, and fails if one of
 * its own is more than a fifth worse. README, docs/compare.md and docs/how-to/many-hosts.md name most of them for
 * readers: if a figure changes here for good, it changes there too.
 *
 * What is recorded says the same on each machine: ratios, counts and bytes. Seconds are printed alone. Of one virtual
 * machine they were twice as many on one day as on another.
 */

/** Of one host, whichever source the engine comes from. */
export const recordedOfHost = {
  /** Programs that the agent starts. docs/decisions/0012-why-it-became-small.md says why they were fewer once. */
  firstPrograms: 362,
  idlePrograms: 181,
  firstConnections: 3,
  idleConnections: 0,
  stateKilobytes: 39,
};

interface OfSource {
  /** Ratios to the seconds of the script by hand. */
  firstTimesScript: number;
  destroyTimesScript: number;
}

/** By the engine's source. */
export const recordedOfSource: Record<string, OfSource> = {
  distribution: { firstTimesScript: 1.25, destroyTimesScript: 1.49 },
  "static-archive": { firstTimesScript: 0.9, destroyTimesScript: 1.48 },
  "docker-repository": { firstTimesScript: 1.2, destroyTimesScript: 1.37 },
};

interface OfFleet {
  /** Ratios to the seconds of the bare program, by phase. */
  times: Record<string, number>;
  /**
   * Seconds that driftDetection adds to a preview. For a few hosts, it adds less than two runs differ by. For a hundred, it
   * was 1.4 in one run, and 0.7 in another.
   */
  driftDetectionSeconds?: number;
  /** Hosts that driftDetection could not ask. */
  hostsNotAsked: number;
  /** For each host. */
  stateKilobytes: number;
}

/**
 * By the number of hosts, with Pulumi 3.276. A first `up`, an edit and a destroy run once, so two runs of the bench differ:
 * the destroy of 100 hosts took 1.36 and 1.62 times as long as bare commands, and the middle is recorded. No ratio is
 * recorded that is below 1.
 *
 * Of the state, 4 KB a host are stack traces of the SDK, and 1.4 KB are names of hooks
 * (docs/decisions/0017-one-oldest-pulumi.md).
 */
export const recordedOfFleet: Record<number, OfFleet> = {
  1: {
    times: {
      "first up": 1.19,
      "up, no change": 1,
      "preview, no change": 1.01,
      "one setting on all": 1.05,
      destroy: 1,
    },
    hostsNotAsked: 0,
    stateKilobytes: 46.6,
  },
  10: {
    times: {
      "first up": 1.29,
      "up, no change": 1.1,
      "preview, no change": 1.01,
      "one setting on all": 1,
      destroy: 1,
    },
    hostsNotAsked: 0,
    stateKilobytes: 44.7,
  },
  100: {
    times: {
      "first up": 1.54,
      "up, no change": 1.14,
      "preview, no change": 1.25,
      "one setting on all": 1.58,
      destroy: 1.49,
    },
    driftDetectionSeconds: 1.4,
    hostsNotAsked: 0,
    stateKilobytes: 44.6,
  },
};

// One project a tier: the folders under test/ that it runs. `tsx test/run.ts NAME` runs one.
const minutes = 60_000;

// Types are checked by `tsc --noEmit` in the lint tier, not once more by every worker.
const transform = {
  "^.+\\.ts$": [
    "ts-jest",
    {
      tsconfig: {
        target: "es2022",
        module: "commonjs",
        moduleResolution: "node10",
        ignoreDeprecations: "5.0",
        esModuleInterop: true,
        isolatedModules: true,
        sourceMap: true,
        types: ["node", "jest"],
      },
    },
  ],
};

function tier(name, folders, testTimeout) {
  return {
    displayName: name,
    rootDir: __dirname,
    roots: ["<rootDir>/test"],
    testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    testEnvironment: "node",
    transform,
    globals: { testTimeout },
    setupFilesAfterEnv: ["<rootDir>/test/setup/timeout.js"],
  };
}

module.exports = {
  maxWorkers: 2,
  testSequencer: "<rootDir>/test/setup/longestFirst.js",
  projects: [
    tier("unit", ["unit", "schema"], 1 * minutes),
    tier("pack", ["pack"], 10 * minutes),
    tier("testbed", ["testbed"], 20 * minutes),
    tier("conformance", ["conformance"], 20 * minutes),
    tier("agent", ["agent"], 20 * minutes),
    tier("engine", ["engine", "upgrade"], 30 * minutes),
    tier("lives", ["lives"], 30 * minutes),
    tier("faults", ["faults"], 120 * minutes),
    tier("hostile", ["hostile"], 60 * minutes),
    tier("administrator", ["administrator"], 60 * minutes),
    tier("machine", ["machine"], 30 * minutes),
    tier("kernel", ["kernel"], 30 * minutes),
    tier("failures", ["failures"], 30 * minutes),
  ],
};

// One project a folder of test/; test/run.ts says which run when. `npx jest NAME` runs one file.

// Types are checked by `tsc --noEmit` in the lint, not once more by every worker.
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

/**
 * Minutes after which a test has failed: far more than it takes on a machine that does other things too, and less than CI
 * gives a job, so that a test that hangs says its name. Tests whose length somebody chooses have an end of their own.
 */
const minutes = {
  unit: 3,
  first: 20,
  "stand-ins": 30,
  host: 40,
  scenario: 40,
  upgrade: 20,
  kernel: 120,
};

const project = (name) => ({
  displayName: name,
  rootDir: __dirname,
  roots: ["<rootDir>/test"],
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: "node",
  // Jest takes testTimeout of all projects together alone.
  globals: { minutesOfATest: minutes[name] },
  setupFilesAfterEnv: ["<rootDir>/test/setup.js"],
  transform,
});

module.exports = {
  // Half of a test on a host is waiting: more than there are processors.
  maxWorkers: 4,
  // Of test.concurrent: hosts of one file side by side.
  maxConcurrency: 6,
  projects: Object.keys(minutes).map(project),
};

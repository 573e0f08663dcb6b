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

const project = (name) => ({
  displayName: name,
  rootDir: __dirname,
  roots: ["<rootDir>/test"],
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: "node",
  transform,
});

module.exports = {
  // Most of a test on a host is waiting: more than there are processors.
  maxWorkers: 3,
  // Of test.concurrent: hosts of one file side by side.
  maxConcurrency: 6,
  // What hangs ends; what is slow, on a machine that does other things too, does not.
  testTimeout: 180 * 60_000,
  projects: ["unit", "first", "testbed", "host", "scenario", "upgrade", "kernel"].map(project),
};

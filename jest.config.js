// One project a folder of test/. `tsx test/run.ts NAME` runs one; files named *.long.test.ts run only with
// `--long`, or LONG=1 in the environment. Where TURN is set, so does one part of testkit/jest/turns.js.
const { leftOut } = require("./testkit/jest/turns");

const minutes = 60_000;
const long = process.env.LONG === "1";

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

function project(name, testTimeout) {
  return {
    displayName: name,
    rootDir: __dirname,
    roots: ["<rootDir>/test"],
    testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
    testPathIgnorePatterns: [
      "/node_modules/",
      ...(long ? [] : ["\\.long\\.test\\.ts$", ...leftOut(process.env.TURN)]),
    ],
    testEnvironment: "node",
    transform,
    globals: { testTimeout },
    setupFilesAfterEnv: ["<rootDir>/testkit/jest/timeout.js"],
  };
}

module.exports = {
  maxWorkers: 2,
  // Of test.concurrent: hosts of one file side by side.
  maxConcurrency: 6,
  testSequencer: "<rootDir>/testkit/jest/longestFirst.js",
  projects: [
    project("unit", 1 * minutes),
    project("testbed", 20 * minutes),
    project("host", (long ? 180 : 30) * minutes),
    project("scenario", (long ? 180 : 30) * minutes),
    project("upgrade", 30 * minutes),
    project("kernel", 30 * minutes),
  ],
};

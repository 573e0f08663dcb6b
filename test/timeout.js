// The end of each test of a project, which jest.config.js says.
jest.setTimeout(globalThis.minutesOfATest * 60_000);

const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

// The end of each test of a project, which jest.config.js says.
jest.setTimeout(globalThis.minutesOfATest * 60_000);

// A checkout that is not built has the agent in no file: programs write it into Pulumi's home, here not the developer's.
const home = mkdtempSync(join(tmpdir(), "rootless-docker-pulumi-home-"));
process.env.PULUMI_HOME = home;
afterAll(() => rmSync(home, { recursive: true }));

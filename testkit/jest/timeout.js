// jest ignores testTimeout where it is set for a project; each project has its own here.
jest.setTimeout(testTimeout);

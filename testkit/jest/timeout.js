// jest ignores testTimeout where it is set for a project; each tier has its own here.
jest.setTimeout(testTimeout);

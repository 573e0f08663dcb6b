import { requireHostTools } from "../../stand-ins/requirements";

const before = { ...process.env };
afterEach(() => {
  process.env.PATH = before.PATH;
  delete process.env.ROOTLESS_DOCKER_INSTALL_TOOLS;
  jest.restoreAllMocks();
});

test("nothing is missing on a machine that runs these tests", async () => {
  await requireHostTools();
});

test("one sentence says what is missing and how to get it", async () => {
  process.env.PATH = "/nowhere";
  process.env.ROOTLESS_DOCKER_INSTALL_TOOLS = "0";
  await expect(requireHostTools()).rejects.toThrow(
    /^Disposable hosts need mmdebstrap, systemd-nspawn, .*; to get them: apt-get update && apt-get install --yes .*\bmmdebstrap\b.*\bsystemd-container\b/,
  );
});

test("who is not root is told so", async () => {
  jest.spyOn(process, "getuid").mockReturnValue(1000);
  await expect(requireHostTools()).rejects.toThrow(/need root .* run the tests with sudo/);
});

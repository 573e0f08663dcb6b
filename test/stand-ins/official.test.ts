import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { officialLanguages, officialPart } from "../../stand-ins/toolchain/official";

// ROOTLESS_DOCKER_OFFICIAL names a folder of official plugins and language hosts.
const before = process.env.ROOTLESS_DOCKER_OFFICIAL;
afterEach(() => {
  if (before === undefined) delete process.env.ROOTLESS_DOCKER_OFFICIAL;
  else process.env.ROOTLESS_DOCKER_OFFICIAL = before;
});

test("a folder gives the parts that it has, and only its language hosts for PATH", async () => {
  const folder = mkdtempSync(join(tmpdir(), "official-"));
  const hosts = ["pulumi-language-python", "pulumi-language-python-exec"];
  for (const name of [...hosts, "pulumi-resource-command"]) writeFileSync(join(folder, name), "");
  process.env.ROOTLESS_DOCKER_OFFICIAL = folder;
  expect(officialPart("pulumi-resource-command")).toBe(join(folder, "pulumi-resource-command"));
  expect(officialPart("pulumi-resource-random")).toBeUndefined();
  const languages = await officialLanguages();
  expect(languages?.names).toEqual(["python"]);
  expect(readdirSync(languages?.dir ?? "").sort()).toEqual(hosts);
});

test("no folder: no part, and a missing one is an error", async () => {
  process.env.ROOTLESS_DOCKER_OFFICIAL = "";
  expect(officialPart("pulumi-resource-command")).toBeUndefined();
  expect(await officialLanguages()).toBeUndefined();
  process.env.ROOTLESS_DOCKER_OFFICIAL = "/no/such/folder";
  expect(() => officialPart("pulumi-resource-command")).toThrow("'/no/such/folder'");
});

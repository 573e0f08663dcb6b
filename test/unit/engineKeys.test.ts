import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentsOf } from "../support/documents";
import { armored, problemsOf, withValue } from "../support/arguments";
import { EngineSource } from "../../index";

const keys = join(__dirname, "../../src/host/platform/packages");

// Docker signs its repositories for apt and for dnf with two keys, and its installation pages name both.
test.each([
  ["deb", "9DC858229FC7DD38854AE2D88D81803C0EBFCD88"],
  ["rpm", "060A61C51B558A7F742B77AAC52FEB6B621E9F35"],
])("Docker's key for %s is the one with its fingerprint, and no other", (kind, fingerprint) => {
  const text = readFileSync(join(keys, `docker-${kind}.asc`), "utf8");
  const [, base64] =
    /^-----BEGIN [^-]*-----\n\n([^-]*)\n=[^-]*\n-----END [^-]*-----\n$/.exec(text) ?? [];
  const packets = Buffer.from(base64, "base64");
  // RFC 9580, 5.5.4.2: of version 4, the SHA-1 of the packet with its tag and length.
  const key = packets.subarray(0, 3 + packets.readUInt16BE(1));
  expect([packets[0], packets[3]]).toEqual([0x99, 4]);
  expect(createHash("sha1").update(key).digest("hex").toUpperCase()).toBe(fingerprint);
});

const source = EngineSource.DockerRepository;

test.each([
  ["none: Docker's own", undefined, undefined],
  ["one", armored("mQ=="), armored("mQ==")],
  ["one of Windows", armored("mQ==").replace(/\n/g, "\r\n"), armored("mQ==")],
])("mirrorKey, %s", (_what, mirrorKey, expected) => {
  expect(documentsOf({ engine: { source, mirrorKey } }).machine["repository-key"]).toBe(expected);
});

test("a mirrorKey of two keys, which would both sign: an error", () => {
  const mirrorKey = armored("mQ==") + armored("mQ==");
  expect(problemsOf(withValue("engine", { source, mirrorKey }))).toEqual([
    expect.stringMatching(/^engine\.mirrorKey: '.*' is not a public key; write the text of /),
  ]);
});

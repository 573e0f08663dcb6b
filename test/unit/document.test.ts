import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { type Document, JsonText, renderDocument, wholeDocument } from "../../src/steps/document";
import { hostFile } from "../support/hostPrograms";
import { json, text } from "../support/fuzz/values";

/** Lets a real shell read a document, and gives back the bytes of the file of every key. */
function readInShell(text: string, keys: string[]): { text: Buffer[]; json: Buffer[] } {
  const folder = mkdtempSync(join(tmpdir(), "rootless-docker-document-"));
  try {
    writeFileSync(join(folder, "document"), text);
    const script = `set -eu
      READ_DOCUMENT_AWK=$(cat "$1/readDocument.awk")
      . "$1/document.sh"
      PART=step
      read_document - "$2/doc" <"$2/document"`;
    execFileSync("sh", ["-c", script, "sh", hostFile("core"), folder], {
      env: { ...process.env, LC_ALL: "C" },
      stdio: "pipe",
    });
    const files = (kind: string) => keys.map((key) => readFileSync(join(folder, "doc", kind, key)));
    return { text: files("text"), json: files("json") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The key of each kind of value that has keys of a user's choice, and some of the host's own. */
const key = fc.oneof(
  fc.stringMatching(/^environment\/[A-Za-z_][A-Za-z0-9_]{0,20}$/),
  fc.stringMatching(/^daemon\.json\/[a-z][A-Za-z0-9-]{0,20}$/),
  fc.constantFrom("sysctl.d/net.ipv4.ping_group_range", "account", "on-destroy-data"),
);

const value = fc.oneof(
  text,
  fc.maxSafeInteger(),
  fc.boolean(),
  json.map((part) => new JsonText(part)),
);

const documents = fc.dictionary(key, value, { maxKeys: 30 });

function plain(part: Document[string]): unknown {
  return part instanceof JsonText ? part.value : part;
}

test("any value reaches the host byte for byte, by a real shell", () => {
  fc.assert(
    fc.property(documents, (document) => {
      const keys = Object.keys(document);
      const files = readInShell(wholeDocument(document), keys);
      keys.forEach((name, index) => {
        const wanted = plain(document[name]);
        const bytes = typeof wanted === "string" ? wanted : files.json[index];
        expect(files.text[index]).toEqual(Buffer.from(bytes as string));
        expect(JSON.parse(files.json[index].toString())).toEqual(wanted);
      });
    }),
    { numRuns: 150 },
  );
});

test("a long value too", () => {
  const long = `${'\\"\n$(id)ä'.repeat(7_000)}end`;
  const { text: files } = readInShell(wholeDocument({ account: long }), ["account"]);
  expect(files).toEqual([Buffer.from(long)]);
});

test("a document that ends early is refused, wherever it ends", () => {
  const whole = wholeDocument({ account: "app", create: true, "on-destroy-data": "delete" });
  expect(readInShell(whole, ["account"]).text).toEqual([Buffer.from("app")]);
  // Without the last line break it is whole.
  for (let length = 0; length < whole.length - 1; length++)
    expect(() => readInShell(whole.slice(0, length), [])).toThrow(/^Command failed/);
  expect(() => readInShell("", [])).toThrow(/step: document: it was cut short/);
});

test("it is YAML with the same values, a line a key, in printable characters", () => {
  fc.assert(
    fc.property(documents, (document) => {
      const rendered = renderDocument(document);
      const wanted = Object.entries(document).map(([name, part]) => [name, plain(part)]);
      expect(parse(rendered) ?? {}).toEqual(Object.fromEntries(wanted));
      expect(rendered.split("\n")).toHaveLength(Object.keys(document).length + 1);
      expect(rendered).not.toMatch(/[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
      expect(rendered).not.toMatch(/[\u2028\u2029\ufeff]/);
    }),
    { numRuns: 500 },
  );
});

test("the order of keys changes no byte, inside JSON neither", () => {
  fc.assert(
    fc.property(documents, (document) => {
      const other = Object.fromEntries(
        Object.entries(document)
          .map(([name, part]): [string, Document[string]] => [
            name,
            part instanceof JsonText ? new JsonText(reversed(part.value)) : part,
          ])
          .reverse(),
      );
      expect(renderDocument(other)).toBe(renderDocument(document));
    }),
    { numRuns: 500 },
  );
});

function reversed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(reversed);
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.entries(part).map(([name, inner]) => [name, reversed(inner)] as const);
  return Object.fromEntries(entries.reverse());
}

test("what it looks like", () => {
  const document = {
    "net.ipv4.ping_group_range": "0 2147483647",
    account: "app",
    "subuid-start": undefined,
    subuid: 65_536,
    create: true,
    "daemon.json/log-opts": new JsonText({ b: ["\u2028", { d: 1, c: null }], a: 0.5 }),
    "environment/A": 'a "b"\n\\ \u0007\u007f ü 😀',
  };
  expect(renderDocument(document)).toBe(
    [
      'account: "app"',
      "create: true",
      'daemon.json/log-opts: {"a":0.5,"b":["\\u2028",{"c":null,"d":1}]}',
      'environment/A: "a \\"b\\"\\n\\\\ \\u0007\\u007f ü 😀"',
      'net.ipv4.ping_group_range: "0 2147483647"',
      "subuid: 65536",
      "",
    ].join("\n"),
  );
});

test.each<[Document, string]>([
  [{ "environment/A": "a\0b" }, "environment/A: a NUL cannot reach a shell"],
  [{ "daemon.json/a": new JsonText(["\0"]) }, "daemon.json/a: a NUL cannot reach a shell"],
  [{ "daemon.json/a": new JsonText({ "\0": 1 }) }, "daemon.json/a: a NUL cannot reach a shell"],
])("a NUL is refused: %j", (document, message) => {
  expect(() => renderDocument(document)).toThrow(new Error(message));
});

test("the escape of a NUL is a text like any other", () => {
  expect(renderDocument({ "environment/A": "a\\u0000b" })).toBe('environment/A: "a\\\\u0000b"\n');
});

test.each([
  ["no value", "account\n"],
  ["a path out of the folder", "../account: 1\n"],
  ["a path out of the folder, inside", "environment/../../account: 1\n"],
  ["an absolute path", "/etc/account: 1\n"],
  ["no key", ": 1\n"],
  ["a folder as a key", "environment/: 1\n"],
])("the shell refuses %s", (_what, document) => {
  expect(() => readInShell(`${document}\n# end`, [])).toThrow(
    /line 1 of the document is not "key: value"/,
  );
});

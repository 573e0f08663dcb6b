import fc from "fast-check";

/** What has gone wrong on the way through a shell, YAML, awk, systemd or a file of lines before. */
export const awkward = fc.constantFrom(
  ...["'", '"', "\\", "\\n", "\\\\u0041", "$(id)", "`id`", "${HOME}", "$HOME", "%s", "%n", "%h"],
  ...["&", "|", ";", "\n", "\n\n", "\r\n", "\t", " ", ": ", " #", "- ", "-rf", "--", "*", "~", "!"],
  ...[
    "!!",
    "null",
    "yes",
    "0x10",
    "1e3",
    "---",
    "...",
    "{",
    "[",
    "}",
    "]",
    ",",
    "@",
    "%",
    "?",
    ">",
  ],
  ...["\u0001", "\b", "\f", "\u001f", "\u001b[0m", "\u007f", "\u0080", "\u0085", "\u00a0"],
  ...["\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\ue000", "ä", "→", "😀", "\u{10ffff}"],
  ...["\\\\", '\\"', "\\$", "\\`", '"\n', "\\\n"],
  ...["e\u0301", "\u202e", "\u200f", "/../", "__proto__", "constructor", "=", "EOF\n"],
);

/** Any text that a document may hold: whatever Unicode has, but for NUL. */
export const text = fc
  .oneof(
    fc.string({
      unit: fc.oneof(awkward, fc.string({ unit: "binary", maxLength: 3 })),
      maxLength: 12,
    }),
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: awkward, maxLength: 200 }),
  )
  .map((value) => value.replaceAll("\0", ""));

/** Any value of daemon.json that a document may hold. */
export const json = fc
  .jsonValue({ maxDepth: 3, stringUnit: "binary" })
  .filter((value) => !JSON.stringify(value).includes("\\u0000"))
  // JSON has no negative zero.
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

// Made once: a value of its own for each case would fill the memory.
const tenMegabytes = "'$(id)\n".repeat(1_500_000);

/** Texts that are too long, or no Unicode, or hold a NUL. */
const impossibleText = fc.oneof(
  fc.constantFrom("\0", "a\0b", "\ud800", "x\udc00y", "\ufdd0", "x".repeat(65_537)),
  { arbitrary: fc.constant(tenMegabytes), weight: 1 },
  { arbitrary: fc.string({ unit: "grapheme-composite" }), weight: 3 },
);

const numbers = fc.oneof(
  fc.constantFrom(NaN, -0, 0, -1, 0.5, 1e21, 2 ** 31, 2 ** 32, 2 ** 53, Infinity, -Infinity),
  fc.integer(),
  fc.double(),
);

/** What no option expects, and a program may send all the same. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: text, weight: 6 },
  { arbitrary: impossibleText, weight: 2 },
  { arbitrary: numbers, weight: 3 },
  fc.boolean(),
  fc.constantFrom(null, undefined, 10n, Symbol("a"), () => 1, new Date(0), [], {}),
  fc.array(fc.oneof(text, numbers), { maxLength: 3 }),
  fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "toString", "A", "a")), text, {
    maxKeys: 3,
  }),
);

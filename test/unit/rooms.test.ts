import { roomProblems, roomsOfDocs, sourcesOfSrc } from "../../scripts/rooms";

// The check of the rooms that lint runs, on sources that are wrong.

const rooms = ["ground", "middle.ts", "top"];
const right = {
  "ground/a.ts": 'import { readFileSync } from "node:fs";\nimport type { B } from "./b";\n',
  "ground/b.ts": 'import * as pulumi from "@pulumi/pulumi";\n',
  "middle.ts": 'import { a } from "./ground/a";\n',
  "top/index.ts": 'import { m } from "../middle";\nexport { b } from "../ground/b";\n',
};

test.each<[string, Record<string, string>, string[], string[]]>([
  ["sources that are right", right, rooms, []],
  [
    "an import of a room below",
    { ...right, "ground/b.ts": 'import type { T } from "../top";\n' },
    rooms,
    [
      "ground/b.ts: imports top/index.ts, which is of a room below",
      "a circle of imports: ground/a.ts, ground/b.ts, middle.ts, top/index.ts",
    ],
  ],
  [
    "a type that comes back in the same room",
    { ...right, "ground/b.ts": 'import type { A } from "./a";\n' },
    rooms,
    ["a circle of imports: ground/a.ts, ground/b.ts"],
  ],
  [
    "a room that the table does not have",
    { ...right, "other.ts": "" },
    rooms,
    ["other.ts: in no row of the rooms in docs/architecture.md"],
  ],
  [
    "a row without a room",
    right,
    [...rooms, "gone"],
    ["gone: a row of the rooms, and nothing in src"],
  ],
])("%s", (_name, sources, table, problems) => {
  expect(roomProblems(sources, table)).toEqual(problems);
});

test("src has no circle, and imports that go up", () => {
  expect(roomProblems(sourcesOfSrc(), roomsOfDocs())).toEqual([]);
});

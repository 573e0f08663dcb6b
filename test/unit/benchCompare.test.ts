import { comparisonTable, type Figure, isWorse } from "../../bench/compare";

test.each<[string, number, number | undefined, boolean]>([
  ["better", 4, 10, false],
  ["the same", 10, 10, false],
  ["a fifth worse", 12, 10, false],
  ["more than a fifth worse", 12.1, 10, true],
  ["still none", 0, 0, false],
  ["one where there was none", 1, 0, true],
  ["not a number", NaN, 10, true],
  ["never recorded", 1000, undefined, false],
])("a figure that is %s", (_name, measured, recorded, worse) => {
  expect(isWorse({ what: "seconds", measured, recorded })).toBe(worse);
});

test("each figure stands beside the recorded one, and a worse one is marked", () => {
  const figures: Figure[] = [
    { what: "programs", measured: 198, recorded: 200 },
    { what: "seconds", measured: 1.5, recorded: 0.14, digits: 2 },
    { what: "logins", measured: 3 },
  ];
  expect(comparisonTable(figures).split("\n")).toEqual([
    "| figure   | measured | recorded |                         |",
    "|----------|---------:|---------:|------------------------:|",
    "| programs |      198 |      200 |                         |",
    "| seconds  |     1.50 |     0.14 | more than a fifth worse |",
    "| logins   |        3 |          |                         |",
  ]);
});

type Point = [x: number, y: number];

/** What is wrong with the logo, a line each: other sites show it at any size, on light and dark pages. */
export function logoProblems(svg: string): string[] {
  const [, width, height, ...box] =
    /^<svg [^>]*width="(\d+)" height="(\d+)" viewBox="(\d+) (\d+) (\d+) (\d+)"/.exec(svg) ?? [];
  const [x, y, ...size] = box.map(Number);
  const drawn = [...svg.matchAll(/ d="([^"]*)"/g)].flatMap(([, path = ""]) => pointsOf(path));
  const edges = (values: number[]) => [
    Math.floor(Math.min(...values)),
    Math.ceil(Math.max(...values)),
  ];
  const [left, right] = edges(drawn.map(([across]) => across));
  const [top, bottom] = edges(drawn.map(([, down]) => down));
  const rules: [right: boolean, problem: string][] = [
    [size.join() === [width, height].join(), "its size is not that of its viewBox"],
    [
      [x, y, ...size].join() === [left, top, right - left, bottom - top].join(),
      `its viewBox is not what is drawn, "${left} ${top} ${right - left} ${bottom - top}"`,
    ],
    [!/<(script|image|foreignObject|style)\b|\bhref=|\bon\w+=/.test(svg), "it loads or runs more"],
    [!/<text\b/.test(svg), "it has text, and fonts differ"],
  ];
  return rules.filter(([fine]) => !fine).map(([, problem]) => `logo.svg: ${problem}`);
}

/** Points on a path, with those commands that the drawing has: M, C, and the relative h, v and a. */
function pointsOf(path: string): Point[] {
  let [x, y]: Point = [0, 0];
  return [...path.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)].flatMap(([, command, rest = ""]) => {
    const values = (rest.match(/-?[\d.]+/g) ?? []).map(Number);
    const from: Point = [x, y];
    const [dx = 0, dy = 0] = values.slice(-2);
    if (command === "M" || command === "C") [x, y] = [dx, dy];
    if (command === "h") x += dx;
    if (command === "v") y += dx;
    if (command === "a") [x, y] = [x + dx, y + dy];
    return command === "C" ? onCurve(from, values) : [[x, y]];
  });
}

/** Points on a cubic curve. */
function onCurve([x0, y0]: Point, [x1, y1, x2, y2, x3, y3]: number[]): Point[] {
  const at = (t: number, [a, b, c, d]: number[]) =>
    (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d;
  return Array.from({ length: 101 }, (_, step) => step / 100).map((t) => [
    at(t, [x0, x1, x2, x3]),
    at(t, [y0, y1, y2, y3]),
  ]);
}

import { parse } from "yaml";

/** The keys of the Registry's language choosers. */
export const registryLanguages = [
  "typescript",
  "python",
  "go",
  "csharp",
  "java",
  "yaml",
  "hcl",
] as const;

/** One of them. */
export type Language = (typeof registryLanguages)[number];

/** A page of the Registry, split into its front matter and its text. */
export interface Page {
  path: string;
  frontMatter: Record<string, unknown>;
  body: string;
}

/** A fenced block of a page. */
export interface Fence {
  language: string;
  text: string;
}

/** Undefined if the file does not begin with front matter: then the Registry publishes nothing. */
export function parsePage(path: string, text: string): Page | undefined {
  const [, head, body] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text) ?? [];
  if (head === undefined || body === undefined) return undefined;
  return { path, frontMatter: (parse(head) ?? {}) as Record<string, unknown>, body };
}

const fence = /^```(\w*)\n([^]*?)^```$/gm;

/** The fenced blocks of a text, in their order. */
export function fencesOf(text: string): Fence[] {
  return [...text.matchAll(fence)].map(([, language = "", block = ""]) => ({
    language,
    text: block,
  }));
}

/** A text without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(fence, "");
}

/** The text of a section of the second level, without its heading. */
export function sectionOf(body: string, heading: string): string {
  const [, after = ""] = body.split(new RegExp(`^## ${heading}$`, "m"));
  return after.split(/^## /m)[0] ?? "";
}

/** What a section's chooser lists, and the text that it shows for each language. */
export interface Chooser {
  listed: string[];
  shown: Map<string, string>;
}

/** Undefined if the section has no chooser. */
export function chooserOf(section: string): Chooser | undefined {
  const [, list, inside = ""] =
    /^\{\{< chooser language "(.*)" >\}\}$([^]*?)^\{\{< \/chooser >\}\}$/m.exec(section) ?? [];
  if (list === undefined) return undefined;
  const choices = inside.matchAll(
    /^\{\{% choosable language (\w+) %\}\}$([^]*?)^\{\{% \/choosable %\}\}$/gm,
  );
  const shown = [...choices].map(([, language = "", text = ""]) => [language, text] as const);
  return { listed: list.split(","), shown: new Map(shown) };
}

/** What is wrong in a page by itself, a line each. */
export function pageProblems({ path, frontMatter, body }: Page, displayName: string): string[] {
  const said = [
    ...frontMatterProblems(frontMatter, displayName),
    ...headingProblems(body),
    ...shortcodeProblems(body),
    ...linkProblems(body),
    ...commandProblems(body),
  ];
  return said.map((problem) => `${path}: ${problem}`);
}

function frontMatterProblems(
  { title, meta_desc: description, layout }: Record<string, unknown>,
  displayName: string,
): string[] {
  const problems: string[] = [];
  if (typeof title !== "string" || !title.startsWith(displayName))
    problems.push(`title is not '${displayName}', as displayName of schema.json is`);
  if (typeof description !== "string" || !description.includes(displayName))
    problems.push(`meta_desc does not name '${displayName}'`);
  else if (!/^[^.]*\.$/.test(description) || description.length > 160)
    problems.push("meta_desc is not one sentence of at most 160 characters");
  if (layout !== "package") problems.push("layout is not 'package'");
  return problems;
}

function headingProblems(body: string): string[] {
  const prose = proseOf(body);
  return /^# /m.test(prose)
    ? ["a heading of the first level competes with the title: use ## and ###"]
    : [];
}

/** Choosers have angle brackets, and choices have percent signs: mixed, the page breaks without a word. */
function shortcodeProblems(body: string): string[] {
  const right =
    /^(\{\{< chooser language "[\w,]+" >\}\}|\{\{< \/chooser >\}\}|\{\{% choosable language \w+ %\}\}|\{\{% \/choosable %\}\})$/;
  const lines = proseOf(body).split("\n");
  return lines
    .filter((line) => line.includes("{{") && !right.test(line))
    .map((line) => `'${line}' is no chooser or choosable with the right delimiters`);
}

/** What breaks on one of the surfaces that render the page. */
function linkProblems(body: string): string[] {
  const prose = proseOf(body);
  const links = [...prose.matchAll(/\]\(([^)]*)\)/g)].map(([, target = ""]) => target);
  return [
    ...links
      .filter((target) => !/^https:\/\/|^#/.test(target))
      .map((target) => `the link '${target}' is not absolute`),
    ...(/<(img|a)\b/.test(prose) ? ["raw HTML: write a link or an image in Markdown"] : []),
  ];
}

/** Readers copy what stands in a block, so nothing there may run what was downloaded, or run it as root. */
function commandProblems(body: string): string[] {
  const dangerous = /\|\s*(?:ba|z|da)?sh\b|\bsudo\b|\beval\b|base64 (?:-d|--decode)/;
  return fencesOf(body)
    .filter(({ language }) => ["", "bash", "sh", "shell", "console"].includes(language))
    .flatMap(({ text }) => text.split("\n"))
    .filter((line) => dangerous.test(line))
    .map((line) => `a command that reviewers refuse: '${line.trim()}'`);
}

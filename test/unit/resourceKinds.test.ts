import { shellFiles, shellFunctions } from "../../src/agent/shellSources";

// The ledger calls a kind of resource by name alone: a verb that is missing would be found on a host.

const text = shellFiles()
  .map((file) => file.text)
  .join("");
const names = [...shellFunctions().keys()];
const kinds = names.flatMap((name) => /^([a-z]+)_save$/.exec(name)?.[1] ?? []);
const wanted = [
  ...text.matchAll(
    /\b(?:want|want_file_as|claim|want_home_parents "[^"]+") ([a-z]+) "?[/$A-Za-z]/g,
  ),
].map(([, kind]) => kind);

test("what is wanted is of a kind", () => {
  expect(kinds.length).toBeGreaterThan(20);
  // "want sub$kind" is two of them.
  expect(kinds.filter((kind) => !wanted.includes(kind)).sort()).toEqual(["subgid", "subuid"]);
});

test.each(["restore", "check"])("every kind of resource has the verb %s", (verb) => {
  expect(kinds.filter((kind) => !names.includes(`${kind}_${verb}`))).toEqual([]);
});

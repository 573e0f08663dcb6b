import { shellFiles, shellFunctions } from "../../src/agent/sources";

// The ledger calls a kind of resource by name alone: what is missing would be found on a host.

const wanted = shellFiles().flatMap(({ text }) =>
  [...text.matchAll(/(?<=^[\t ]*|[;{] |&& |\|\| )want ([a-z]+)\b/gm)].map(([, kind]) => kind),
);
const kinds = [...new Set(wanted)].sort();

test("there are kinds", () => expect(kinds).toEqual(expect.arrayContaining(["path", "sysctl"])));

test.each(kinds)("%s prints its value, and sets it", (kind) => {
  for (const verb of ["state", "set"])
    expect([...shellFunctions().keys()]).toContain(`${kind}_${verb}`);
});

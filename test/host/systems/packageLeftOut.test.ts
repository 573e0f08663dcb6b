import type * as sources from "../../../src/agent/sources";
import { engineHost } from "../../support/engineHost";
import { Installation } from "../../support/installation";

// An agent whose table of programs lacks one package. A strict host notices.

jest.mock("../../../src/agent/sources", () => {
  const actual = jest.requireActual<typeof sources>("../../../src/agent/sources");
  const withoutFcntl = ({ path, text }: { path: string; text: string }) => ({
    path,
    text: text.replace(",perl-Fcntl,", ","),
  });
  return { ...actual, shellFiles: () => actual.shellFiles().map(withoutFcntl) };
});

const given = engineHost({ like: "almalinux10" });

test("without one package in the table, up fails and names what is missing", async () => {
  const app = new Installation(given.host, "a1");
  const { exitCode, said } = await app.tryUp(given.withRepository());
  expect([exitCode, said.join("\n")]).toEqual([1, expect.stringMatching(/perl: .*Fcntl/)]);
});

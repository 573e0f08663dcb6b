import * as pulumi from "@pulumi/pulumi";
import { hookNames, rememberUrn } from "../../src/hookNames";
import { mocks } from "./mocks";

beforeAll(() =>
  pulumi.runtime.setMocks(
    { ...mocks({}), newResource: ({ inputs }) => ({ id: undefined, state: inputs as object }) },
    "project",
    "stack",
  ),
);

/** A component of somebody's own. */
class Site extends pulumi.ComponentResource {
  constructor(name: string, parent?: pulumi.Resource, type = "app:index:Site") {
    super(type, name, {}, { parent });
  }
}

/** A parent that lives in another process, as a component plugin gets it. */
const elsewhere = (urn: string) => new pulumi.DependencyResource(urn);

const nameOf = (name: string, parent?: pulumi.Resource, word = "wait") =>
  hookNames(name, parent)(word);

test("below the stack: the component's name, and whose hook it is", () => {
  expect(nameOf("web")).toBe("rootless-docker:web-wait");
  expect(nameOf("web", new Site("stack", undefined, "pulumi:pulumi:Stack"))).toBe(nameOf("web"));
});

test("below other components: their types and names", () => {
  const parent = new Site("b", new Site("a"));
  expect(nameOf("web", parent)).toBe(
    "rootless-docker:app:index:Site::a/app:index:Site::b/web-wait",
  );
});

test("a parent in another process: its types and name, where its URN is said before", () => {
  const urn = "urn:pulumi:dev::project::app:index:Site$app:index:Site::b";
  const parent = elsewhere(urn);
  rememberUrn(parent, urn);
  expect(nameOf("web", parent)).toBe("rootless-docker:app:index:Site$app:index:Site::b/web-wait");
  const stack = "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev";
  const root = elsewhere(stack);
  rememberUrn(root, stack);
  expect(nameOf("web", root)).toBe(nameOf("web"));
});

test("two of one name never have hooks of one name", () => {
  const unknown = elsewhere("urn:pulumi:dev::project::app:index:Site::a");
  const names = [
    nameOf("web"),
    nameOf("web", undefined, "restarts"),
    nameOf("web-wait", undefined, "restarts"),
    nameOf("a/web"),
    nameOf("a%2Fweb"),
    nameOf("web", new Site("a")),
    nameOf("web", new Site("b")),
    nameOf("web", new Site("a", undefined, "app:index:Other")),
    nameOf("web", new Site("a/app:index:Site::b")),
    nameOf("web", new Site("b", new Site("a"))),
    // Two processes may have parents of which each knows nothing.
    nameOf("web", unknown),
    nameOf("web", unknown),
  ];
  expect(new Set(names).size).toBe(names.length);
});

test("the same component has the same names in each run", () => {
  expect(nameOf("web", new Site("c"))).toBe(nameOf("web", new Site("c")));
});

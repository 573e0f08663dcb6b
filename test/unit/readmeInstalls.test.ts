import { installFrom } from "../support/readme";

// The test that follows README must install the checkout, also after the package is published.

test.each([
  [
    "the file of a clone",
    "mkdir vendor && cp PATH/rootless-docker-0.2.0.tgz vendor # commit\nnpm install ./vendor/rootless-docker-0.2.0.tgz @pulumi/pulumi",
    "mkdir vendor && cp /tmp/new.tgz vendor # commit\nnpm install ./vendor/rootless-docker-0.2.0.tgz @pulumi/pulumi",
  ],
  [
    "npm's package",
    "npm init -y\nnpm install rootless-docker @pulumi/pulumi",
    "npm init -y\nnpm install /tmp/new.tgz @pulumi/pulumi",
  ],
])("%s gives way to the checkout's", (_name, lines, expected) => {
  expect(installFrom("/tmp/new.tgz", lines)).toBe(expected);
});

test("lines that install something else are an error", () => {
  expect(() => installFrom("/tmp/new.tgz", "npm install rootless-docker-fork")).toThrow(
    "no line installs rootless-docker",
  );
});

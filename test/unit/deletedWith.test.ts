import * as pulumi from "@pulumi/pulumi";
import { withWholeDeletedWith } from "../../src/sdkInternals";

const urn = "urn:pulumi:dev::project::aws:ec2/instance:Instance::server";

test("what a component plugin is given is made whole", async () => {
  // As the SDK makes it there.
  const deletedWith = new pulumi.DependencyProviderResource(urn);
  const options = withWholeDeletedWith({ protect: true, deletedWith });
  expect(options?.protect).toBe(true);
  const whole = await new Promise((resolve) => options?.deletedWith?.urn.apply(resolve));
  expect(whole).toBe(urn);
});

test("all else is left as it is", () => {
  const options = { deletedWith: new pulumi.DependencyResource(urn) };
  expect(withWholeDeletedWith(options)).toBe(options);
  expect(withWholeDeletedWith(undefined)).toBeUndefined();
});

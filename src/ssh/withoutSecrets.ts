import * as pulumi from "@pulumi/pulumi";
import { knownValue } from "../sdkInternals";

/** The text without those names and addresses of hosts that are secrets: a name is looked up, too. */
export async function withoutSecrets(
  text: string,
  hosts: readonly pulumi.Input<string>[],
): Promise<string> {
  let shown = text;
  for (const host of hosts) {
    const output = pulumi.output(host);
    const known = (await pulumi.isSecret(output)) ? await knownValue(output) : undefined;
    if (!known) continue;
    const name = new RegExp(known.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "gi");
    shown = shown.replace(name, "[secret]").replace(address, "[secret]");
  }
  return shown;
}

// In brackets as Go writes one of IPv6 with its port, or bare: with "::", or all of its groups.
const address =
  /(?<=\[)[0-9a-f:.]{2,45}(%[^\]]{1,16})?(?=\]:\d)|\b(\d{1,3}\.){3}\d{1,3}\b|(?<![\w:])[0-9a-f:]{0,45}::[0-9a-f:.]{0,45}(%\w{1,16})?(?!\w)|\b[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}\b/gi;

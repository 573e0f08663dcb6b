import type * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "./inputs";
import { dockerHostUrl } from "./remote/settings";

/** `ssh://account@host:port`, as known and as secret as what it is made of. */
export function dockerHostOf(inputs: Inputs): pulumi.Input<string> {
  return inputs.from(
    ["connection.host", "connection.port", "account.name"],
    ({ account, connection }) => dockerHostUrl(account.name, connection),
  );
}

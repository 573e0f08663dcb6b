import { daemon } from "../daemon/step";
import { registries } from "../registries/step";
import { defineStep } from "../step";

/** Asks the daemon as the account, and measures what no input changes. When it goes, all else is about to. */
export const report = defineStep({
  name: "report",
  needs: [daemon, registries],
  inputs: ["account.name", "registryAuth"],
  applied: ["account", "registries"],
  document: ({ account, registryAuth }) => ({
    account: account.name,
    registries: registryAuth.length > 0 || undefined,
  }),
});

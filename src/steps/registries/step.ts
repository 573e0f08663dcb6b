import { daemon } from "../daemon/step";
import { defineStep } from "../step";
import { registriesDocument } from "./settings";

/** Logins of the account's docker CLI to registries, by way of its daemon. */
export const registries = defineStep({
  name: "registries",
  onlyWith: {
    input: "registryAuth",
    comes: "docker of the account logs in there; the daemon keeps running",
    goes: "docker of the account logs out where this package logged it in",
  },
  needs: [daemon],
  isSecret: true,
  inputs: ["registryLogins"],
  applied: ["registryAuth/*"],
  effects: {
    "registryAuth/*": "docker of the account logs in or out there; the daemon keeps running",
  },
  document: ({ registryLogins }) => registriesDocument(registryLogins),
});

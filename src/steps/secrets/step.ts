import { restarts } from "../daemon/restarts";
import { preflight } from "../preflight/step";
import { registriesDocument, registryEffect } from "../registries/settings";
import { defineStep } from "../step";
import { secretsDocument } from "./settings";

/**
 * Secret values of `daemon` and `environment`, the PEM of `tcpSocket`, and logins to registries: one secret part hides
 * a whole document in previews, so that they travel in a command of their own. The daemon's step uses them.
 */
export const secrets = defineStep({
  name: "secrets",
  needs: [preflight],
  isSecret: true,
  inputs: ["secrets", "registryLogins"],
  effects: {
    ...{ "daemon.json/*": restarts, "environment/*": restarts, "tls/*": restarts },
    "registryAuth/*": registryEffect,
  },
  document: ({ secrets, registryLogins }) => ({
    ...secretsDocument(secrets),
    ...registriesDocument(registryLogins),
  }),
});

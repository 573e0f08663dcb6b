import { restarts } from "./effects";
import { machine } from "./machine";
import { registriesDocument, registryEffect } from "./registries";
import { secretsDocument } from "./secretInputs";
import { defineStep } from "./step";

/**
 * Secret values of `daemon` and `environment`, the PEM of `tcpSocket`, and logins to registries. One secret part hides
 * a whole document in previews, so that they travel in a command of their own. The daemon's step uses them.
 */
export const secrets = defineStep({
  name: "secrets",
  needs: [machine],
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

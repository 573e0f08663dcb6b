import { restarts } from "../daemon/restarts";
import { preflight } from "../preflight/step";
import { defineStep } from "../step";
import { secretsDocument } from "./settings";

/**
 * Secret values of `daemon` and `environment`, and the PEM of `tcpSocket`: one secret part hides a whole document in previews, so that
 * they travel in a command of their own.
 */
export const secrets = defineStep({
  name: "secrets",
  needs: [preflight],
  isSecret: true,
  inputs: ["secrets"],
  applied: ["daemon.json/*", "environment/*", "tls/*"],
  effects: { "daemon.json/*": restarts, "environment/*": restarts, "tls/*": restarts },
  document: ({ secrets }) => secretsDocument(secrets),
});

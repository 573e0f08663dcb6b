import { byCodeUnits } from "../document";
import { restarts } from "../effects";
import { otherSourceDocument } from "../engine/settings";
import { optional, text, wholeNumber, words } from "../facts";
import { machine } from "../machine";
import { secrets } from "../secretsStep";
import { defineStep } from "../step";
import { certificatesDocument } from "./certificates";
import { credentialHelperEffect, credentialHelpersDocument } from "./credentialHelpers";
import { daemonJsonDocument, withHostGateway } from "./daemonJson";
import { dataRootEffect, onDestroyDocument, onDestroyEffect } from "./data";
import { environmentDocument } from "./environment";
import {
  type NetworkInfo,
  bridgeDocument,
  bridgeEffect,
  ipv6Document,
  networkEnvironment,
} from "./network";
import { pruneDocument, pruneEffects } from "./prune";
import { storageDocument, storageEffect } from "./storage";
import { tcpSocketDocument } from "./tcpSocket";
import { unitDocument, unitEffects } from "./unit";

/** Facts that the outputs of this step are made of. */
export const daemonFacts = {
  storageDriver: text,
  "cgroup.version": text,
  "cgroup.driver": text,
  "cgroup.controllers": words,
  "network.driver": text,
  "network.portDriver": text,
  "network.mtu": wholeNumber,
  "network.bridgeMtu": optional(wholeNumber),
  "network.userDefinedBridgeMtu": optional(wholeNumber),
};

/**
 * The daemon: its files, its unit, that it answers, and what it says of itself. Its document says of secret values only
 * that they exist.
 */
export const daemon = defineStep({
  name: "daemon",
  needs: [machine, secrets],
  inputs: [
    "account.name",
    "engine.source",
    "daemon",
    "environment",
    "secrets",
    "registryAuth",
    "network",
    "storageDriver",
    "onDestroy",
    "registryCertificates",
    "registryCredentialHelpers",
    "tcpSocket",
    "unitOverrides",
    "prune",
  ],
  effects: {
    "daemon.json/*": restarts,
    "environment/*": restarts,
    "tcp-socket": restarts,
    ipv6: restarts,
    "default-network-opts.bridge": bridgeEffect,
    "daemon.json/storage-driver": { restarts: storageEffect },
    "daemon.json/data-root": { restarts: dataRootEffect },
    "on-destroy-data": onDestroyEffect,
    "certs.d/*": "the daemon trusts it from the next pull on and keeps running",
    "credHelpers/*": credentialHelperEffect,
    ...unitEffects,
    ...pruneEffects,
  },
  document: (given) => ({
    account: given.account.name,
    ...otherSourceDocument(given.engine),
    ...bridgeDocument(given),
    ...daemonJsonDocument(withHostGateway(given)),
    ...environmentDocument(given.environment),
    ...environmentDocument(networkEnvironment(given.network)),
    ...ipv6Document(given.network),
    ...storageDocument(given.storageDriver),
    ...certificatesDocument(given.registryCertificates),
    ...credentialHelpersDocument(given.registryCredentialHelpers),
    ...tcpSocketDocument(given.tcpSocket),
    ...unitDocument(given.unitOverrides),
    ...pruneDocument(given.prune),
    ...onDestroyDocument(given.onDestroy),
    secrets: Object.keys(given.secrets).sort(byCodeUnits).join(" ") || undefined,
    registries: [...given.registryAuth].sort(byCodeUnits).join(" ") || undefined,
  }),
  facts: daemonFacts,
  outputs: {
    storageDriver: (facts) => facts.storageDriver,
    network: (facts): NetworkInfo => ({
      driver: facts["network.driver"],
      portDriver: facts["network.portDriver"],
      mtu: facts["network.mtu"],
      bridgeMtu: facts["network.bridgeMtu"],
      userDefinedBridgeMtu: facts["network.userDefinedBridgeMtu"],
    }),
  },
});

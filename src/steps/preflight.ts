import { identityDocument } from "./account/settings";
import { ipv6Document } from "./daemon/network";
import { storagePlaceDocument } from "./daemon/storage";
import { otherSourceDocument, pluginsDocument, rootfulDockerDocument } from "./engine/settings";
import { defineStep } from "./step";

/** Settings that can be impossible on a host, and so are looked at before anything is changed. */
export const preflight = defineStep({
  name: "preflight",
  // It changes nothing that a delete would take back.
  reverts: false,
  inputs: [
    "account.name",
    "account.create",
    "account.uid",
    "account.home",
    "account.shell",
    "subordinateIds",
    "engine.source",
    "engine.plugins",
    "rootfulDocker",
    "storageDriver",
    "network.ipv6",
    "daemon.data-root",
  ],
  document: (given, owner) => ({
    ...identityDocument(given.account, given.subordinateIds),
    ...storagePlaceDocument(given.storageDriver, given.daemon["data-root"]),
    ...ipv6Document(given.network),
    ...otherSourceDocument(given.engine),
    ...pluginsDocument(given.engine),
    ...rootfulDockerDocument(given.rootfulDocker),
    owner,
  }),
});

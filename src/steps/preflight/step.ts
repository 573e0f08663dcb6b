import { identityDocument } from "../account/settings";
import { bridgeFilterDocument } from "../daemon/daemonJson/settings";
import { ipv6Document } from "../daemon/network/settings";
import { storageTrialDocument } from "../daemon/storage/settings";
import { tcpSocketDocument } from "../daemon/tcpSocket/settings";
import { otherSourceDocument, pluginsDocument, rootfulDockerDocument } from "../engine/settings";
import { noAppArmorDocument } from "../kernel/appArmor/settings";
import { keyQuotaDocument } from "../kernel/sysctls/settings";
import { defineStep } from "../step";

/** What can be impossible on a host, and so is looked at before anything is changed. */
export const preflight = defineStep({
  name: "preflight",
  // It changes nothing that a delete would take back.
  reverts: false,
  inputs: [
    ...([
      "account.name",
      "account.create",
      "account.uid",
      "account.home",
      "account.shell",
    ] as const),
    "subordinateIds",
    ...(["engine.source", "engine.plugins"] as const),
    "rootfulDocker",
    "storageDriver",
    "network.ipv6",
    ...(["daemon.data-root", "daemon.icc", "daemon.iptables"] as const),
    "tcpSocket",
    "sysctls",
    "appArmorProfile",
  ],
  applied: [
    ...(["account", "create", "uid", "home", "shell"] as const),
    ...(["subuid", "subgid", "subuid-start", "subgid-start", "allocation"] as const),
    "owner",
    ...(["source", "plugins", "rootful-docker"] as const),
    ...(["daemon.json/storage-driver", "daemon.json/data-root"] as const),
    ...(["daemon.json/icc", "daemon.json/iptables"] as const),
    ...(["ipv6", "tcp-socket"] as const),
    "kernel.keys.*",
    "apparmor-profile",
  ],
  document: (given, owner) => ({
    ...identityDocument(given.account, given.subordinateIds),
    ...storageTrialDocument(given.storageDriver, given.daemon["data-root"]),
    ...ipv6Document(given.network),
    ...tcpSocketDocument(given.tcpSocket),
    ...bridgeFilterDocument(given.daemon),
    ...keyQuotaDocument(given.sysctls),
    ...noAppArmorDocument(given.appArmorProfile),
    ...otherSourceDocument(given.engine),
    ...pluginsDocument(given.engine),
    ...rootfulDockerDocument(given.rootfulDocker),
    owner,
  }),
});

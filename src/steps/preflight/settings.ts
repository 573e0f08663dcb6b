import type { Settings } from "../../settings";
import type { Document } from "../document";
import { identityDocument } from "../account/settings";
import { bridgeFilterDocument } from "../daemon/daemonJson/settings";
import { networkTrialDocument } from "../daemon/network/settings";
import { storageTrialDocument } from "../daemon/storage/settings";
import { noAppArmorDocument } from "../kernel/appArmor/settings";
import { kernelModulesDocument } from "../kernel/kernelModules/settings";
import { keyQuotaDocument } from "../kernel/sysctls/settings";

/** The settings that can ask for what a host cannot do. */
type Impossible = Pick<
  Settings,
  "account" | "subordinateIds" | "rootfulDocker" | "daemon" | "kernel"
>;

/** What can be impossible on a host, and so is looked at before anything is changed. */
export function preflightDocument(owner: string, settings: Impossible): Document {
  const { account, subordinateIds, rootfulDocker, daemon, kernel } = settings;
  return {
    ...identityDocument(account, subordinateIds),
    ...storageTrialDocument(daemon.storage),
    ...networkTrialDocument(daemon.network),
    ...bridgeFilterDocument(daemon.daemon),
    ...kernelModulesDocument(kernel.kernelModuleOptions),
    ...keyQuotaDocument(kernel.sysctls),
    ...noAppArmorDocument(kernel.appArmorProfile),
    owner,
    "rootful-docker": rootfulDocker.toLowerCase(),
  };
}

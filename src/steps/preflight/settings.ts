import type { Document } from "../../step/document";
import {
  type AccountSettings,
  identityDocument,
  type SubordinateIdsSettings,
} from "../account/settings";
import type { RootfulDocker } from "../engine/args";

/** What can be impossible on a host, and so is looked at before anything is changed. */
export function preflightDocument(
  owner: string,
  account: AccountSettings,
  ids: SubordinateIdsSettings,
  rootfulDocker: RootfulDocker,
): Document {
  return {
    ...identityDocument(account, ids),
    owner,
    "rootful-docker": rootfulDocker.toLowerCase(),
  };
}

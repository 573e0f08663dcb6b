import { text, wholeNumber } from "../facts";
import { preflight } from "../preflight";
import { defineStep } from "../step";
import { type AccountInfo, type SubordinateIds, idRanges } from "./args";
import { accountDocument } from "./settings";

const otherIds = { restarts: "the daemon restarts if its ids change" };

/** The account, its ids, its control groups, and the keys that log in as it. */
export const account = defineStep({
  name: "account",
  needs: [preflight],
  inputs: ["account", "subordinateIds", "resourceControllers"],
  effects: {
    subuid: otherIds,
    subgid: otherIds,
    "subuid-start": otherIds,
    "subgid-start": otherIds,
    "cgroup.controllers": {
      restarts: "the daemon restarts if the account's controllers change",
    },
  },
  document: ({ account, subordinateIds, resourceControllers }) =>
    accountDocument(account, subordinateIds, resourceControllers),
  facts: {
    "account.name": text,
    "account.uid": wholeNumber,
    "account.gid": wholeNumber,
    "account.home": text,
    "subordinateIds.uids": idRanges,
    "subordinateIds.gids": idRanges,
  },
  outputs: {
    account: (facts): AccountInfo => ({
      name: facts["account.name"],
      uid: facts["account.uid"],
      gid: facts["account.gid"],
      home: facts["account.home"],
    }),
    socket: (facts) => `unix:///run/user/${facts["account.uid"]}/docker.sock`,
    subordinateIds: (facts): SubordinateIds => ({
      uids: facts["subordinateIds.uids"],
      gids: facts["subordinateIds.gids"],
    }),
  },
});

import type { Document } from "../../document";
import type { Reader } from "../../../validation/reader";
import { between } from "../../../validation/rules";
import { IdAllocation } from "./args";

export interface SubordinateIdsSettings {
  count: number;
  uidStart?: number;
  gidStart?: number;
  allocation: IdAllocation;
}

// Ids are 32 bits, and the last one means "none" (user_namespaces(7)).
const lastId = 4_294_967_294;

export function subordinateIdsSettings(read: Reader): SubordinateIdsSettings {
  const count = read.number("count", { rule: between(65_536, 1_000_000_000) }) ?? 65_536;
  const start = between(65_536, lastId - count + 1);
  const settings = {
    count,
    uidStart: read.number("uidStart", { rule: start }),
    gidStart: read.number("gidStart", { rule: start }),
    allocation: read.oneOf("allocation", IdAllocation) ?? IdAllocation.NextFree,
  };
  read.refuseOthers();
  return settings;
}

/** The part that preflight checks too: whether the ids can be had at all. */
export function subordinateIdsDocument(ids: SubordinateIdsSettings): Document {
  return {
    subuid: ids.count,
    subgid: ids.count,
    "subuid-start": ids.uidStart,
    "subgid-start": ids.gidStart,
    allocation: ids.allocation === IdAllocation.Random ? "random" : undefined,
  };
}

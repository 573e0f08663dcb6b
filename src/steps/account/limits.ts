import type * as pulumi from "@pulumi/pulumi";
import type { Reader, Rule } from "../../validation/reader";
import { between } from "../../validation/rules";
import type { Document } from "../document";
import type { Effect } from "../effects";

/**
 * Limits of everything that runs as the account: its daemon, all containers and its logins together. A system unit with
 * `User=` is not included.
 */
export interface AccountLimitsArgs {
  /**
   * The most memory that the account can use: a whole number with K, M, G or T (powers of 1024), such as "4G", from
   * 128M to 1024T. The account then uses no swap, and if it needs more memory, the kernel kills processes of this
   * account only. `up` warns if the machine has less. Defaults to no limit.
   */
  memory?: pulumi.Input<string>;
  /**
   * The most processors that the account can use, 0.1 to 8192 with at most two decimals, such as 1.5 for one and a half
   * processors. `up` warns if the machine has fewer. Defaults to no limit.
   */
  cpus?: pulumi.Input<number>;
  /**
   * The most processes and threads that the account can have at the same time, 100 to 4194304. Starting more fails.
   * Defaults to systemd's limit for every account, which is a third of the machine's.
   */
  tasks?: pulumi.Input<number>;
  /**
   * The account's share of disk access while other accounts use the disk too, 1 to 10000. An account without a weight
   * has 100. Works only with the I/O scheduler bfq, or with io.cost. Defaults to no weight.
   */
  ioWeight?: pulumi.Input<number>;
}

export interface AccountLimitsSettings {
  /** With a capital letter. */
  memory?: string;
  cpus?: number;
  tasks?: number;
  ioWeight?: number;
}

const kibibytes: Record<string, number> = { K: 1, M: 2 ** 10, G: 2 ** 20, T: 2 ** 30 };

/** A bare number is refused: "4" would be four bytes, in which nothing can run. */
const memorySize: Rule<string> = (value) => {
  const [, number, unit] = /^([1-9]\d{0,14})([KMGT])$/i.exec(value) ?? [];
  if (unit === undefined)
    return "is not a size; write a whole number with K, M, G or T, such as 4G";
  const size = Number(number) * kibibytes[unit.toUpperCase()];
  return size >= 128 * kibibytes.M && size <= 1024 * kibibytes.T
    ? undefined
    : "is out of range; use 128M to 1024T";
};

const processors: Rule<number> = (value) =>
  between(0.1, 8192)(value) ??
  (/^\d+(\.\d{1,2})?$/.test(String(value))
    ? undefined
    : "has more than two decimals; write one such as 1.25");

export function accountLimitsSettings(read: Reader): AccountLimitsSettings {
  const settings = {
    memory: read.string("memory", { rule: memorySize })?.toUpperCase(),
    cpus: read.decimal("cpus", { rule: processors }),
    // The most that the kernel has: PID_MAX_LIMIT.
    tasks: read.number("tasks", { rule: between(100, 4_194_304) }),
    ioWeight: read.number("ioWeight", { rule: between(1, 10_000) }),
  };
  read.refuseOthers();
  return settings;
}

export function accountLimitsDocument(limits: AccountLimitsSettings): Document {
  return {
    "limits.memory": limits.memory,
    "limits.cpus": limits.cpus,
    "limits.tasks": limits.tasks,
    "limits.io-weight": limits.ioWeight,
  };
}

/** All limits in one text; empty without any. */
export function limitsInWords(limits: AccountLimitsSettings): string {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  if (given.length === 0) return "";
  return `limits of all that runs as it: ${given.map(([name, value]) => `${name} ${value}`).join(", ")}`;
}

const together = "all that runs as the account, its daemon and containers together";

/** What a change of a limit does, by the key of the document. */
export const limitEffects: Record<string, Effect> = {
  "limits.*": `applies at once to ${together}`,
  "limits.memory": (_before, after) =>
    after === undefined
      ? `no limit, at once, for ${together}`
      : `applies at once to ${together}; if they use more, the kernel kills processes of the account`,
};

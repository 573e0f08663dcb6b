import { type Facts, type FactType, readFacts, text } from "./facts";

/** One row of the table of what rootless mode limits. */
export interface Limitation {
  /** Such as `ping`, `privilegedPorts`, `cgroups`. */
  name: string;
  /** `available`, `limited` or `unavailable`. */
  status: string;
  /** What was measured on this host. */
  evidence: string;
  /** What to do about it; empty where there is nothing to do. */
  fix: string;
}

const statuses = ["available", "limited", "unavailable"];

const status: FactType<string> = {
  wanted: `one of ${statuses.join(", ")}`,
  read: (found) => (statuses.includes(found) ? found : undefined),
};

const anything: FactType<string> = { wanted: "a text, which may be empty", read: (found) => found };

/**
 * The rows of one step's report.
 *
 * @throws Error that names the step and the part of a row that is missing.
 */
export function limitationsOf(command: string, facts: Facts): Limitation[] {
  const names = Object.keys(facts).flatMap(
    (key) => /^limitations\.(\w+)\.\w+$/.exec(key)?.[1] ?? [],
  );
  return [...new Set(names)].map((name) => {
    const at = (part: string) => `limitations.${name}.${part}`;
    // Reports of versions before 0.2 say fact and mend, and a step that does not run again keeps its report.
    const isOld = at("fact") in facts;
    const [evidence, fix] = isOld ? [at("fact"), at("mend")] : [at("evidence"), at("fix")];
    const row = readFacts(
      command,
      { [at("status")]: status, [evidence]: text, [fix]: anything },
      facts,
    );
    return { name, status: row[at("status")], evidence: row[evidence], fix: row[fix] };
  });
}

import { hasLogin } from "../../validation/credentials";
import { quote } from "../../validation/quote";
import { pending, type Reader, type Rule, tooLong } from "../../validation/reader";
import { lostKey } from "../../validation/rules";
import type { Document } from "../document";
import { restarts } from "../effects";

/** Directives of the daemon's unit, as SECTION.NAME, each with its values, one a line. */
export type UnitSettings = Record<string, string>;

const sectionName: Rule<string> = (name) =>
  /^(Unit|Service)$/.test(name)
    ? undefined
    : name === "Install"
      ? "is for 'systemctl enable', but this package enables the unit itself; leave it out"
      : "is not a section of the daemon's unit; use Unit or Service";

const directiveName: Rule<string> = (name) =>
  /^[A-Z][A-Za-z0-9-]{0,63}$/.test(name) && name !== lostKey
    ? undefined
    : "is not the name of a directive; write it as systemd.unit does, such as MemoryMax";

const readableByOthers =
  "would be in a file that other users may read; use environment, or LoadCredential with a file of the account";

/** Directives that break the daemon or this package's hold on it, and why. */
const refusedDirectives: [names: RegExp, reason: string][] = [
  [
    /^Service\.(Environment|EnvironmentFile|PassEnvironment|UnsetEnvironment)$/,
    "belongs in environment; use that option",
  ],
  [/^Service\.SetCredential$/, readableByOthers],
  [
    /^Service\.(ExecStart|Type|NotifyAccess|BusName|PIDFile|GuessMainPID|RemainAfterExit)$/,
    "determines how the daemon starts and reports that it runs; leave it out",
  ],
  [
    /^Service\.(User|Group|DynamicUser|SupplementaryGroups|RootDirectory|RootImage)$/,
    "is unsupported in a unit of an account's own systemd; leave it out",
  ],
  [/^Service\.Delegate$/, "is required for limits of containers; use account.cgroupControllers"],
  [
    /^Service\.(KillMode|SendSIGKILL)$/,
    "would leave processes of the daemon behind, which keep it from starting again; leave it out",
  ],
  [
    /^Unit\.(RefuseManualStart|RefuseManualStop)$/,
    "would keep the daemon from being started or stopped; leave it out",
  ],
];

export function unitSettings(args: Reader): UnitSettings {
  const unit: UnitSettings = {};
  for (const section of Object.keys(args.mapping("unitOverrides", sectionName))) {
    const read = args.object("unitOverrides");
    for (const [name, value] of Object.entries(read.mapping(section, directiveName))) {
      const directive = `${section}.${name}`;
      const values: unknown[] = Array.isArray(value) ? value : [value];
      const wrong =
        refusedDirectives.find(([names]) => names.test(directive))?.[1] ??
        values.map(wrongValue).find(Boolean) ??
        (values.length === 0 ? "has no value; write one, or leave it out" : undefined);
      if (wrong) read.refuse(directive, wrong);
      else
        unit[directive] = values
          .filter((one) => one !== pending)
          .map(String)
          .join("\n");
    }
  }
  return unit;
}

function wrongValue(value: unknown): string | undefined {
  // An Output in a list: it is checked once it is known.
  if (value === pending) return undefined;
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value)))
    return undefined;
  if (typeof value !== "string")
    return `has a value that a unit cannot represent (${quote(value)}); use a string, a number, true, false or a list of these`;
  const long = tooLong(value);
  if (long) return long;
  if (hasLogin(value)) return readableByOthers;
  if (/[\0-\x08\x0a-\x1f\x7f]|\p{Surrogate}|\p{Noncharacter_Code_Point}/u.test(value))
    return "has a line break or another control character in it; write a list to give the directive several times";
  return value.endsWith("\\")
    ? "ends with a backslash, after which systemd continues on the next line; leave it out"
    : undefined;
}

export function unitDocument(unit: UnitSettings): Document {
  return Object.fromEntries(
    Object.entries(unit).map(([directive, values]) => [`docker.service/${directive}`, values]),
  );
}

export const unitEffects = {
  "docker.service/*": restarts,
  // want_unit
  "docker.service/Service.Timeout*": "a time limit takes effect at once, without a restart",
};

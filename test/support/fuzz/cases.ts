import fc from "fast-check";
import { readSettings } from "../../../src/steps/settings";
import { documentsOfSettings } from "../documents";
import { type Document, renderDocument } from "../../../src/steps/document";
import { certificate } from "../certificate";
import { inputPaths } from "../inputPaths";
import { serverCertificate, serverKey } from "../serverCertificate";
import { type Arrivals, arrivalsOf, nearlyRight } from "./inputs";
import { hostileValue } from "./values";

/** Arguments, and the options in them that are not a usual host's. */
export interface Case {
  args: Record<string, unknown>;
  paths: string[];
}

const option = fc.constantFrom(...inputPaths()).chain((path) => {
  const near = nearlyRight[path];
  return fc.tuple(
    fc.constant(path),
    near === undefined
      ? hostileValue
      : fc.oneof({ arbitrary: near, weight: 4 }, { arbitrary: hostileValue, weight: 1 }),
  );
});

const anyOptions = fc.uniqueArray(option, {
  selector: ([path]) => path,
  minLength: 1,
  maxLength: 3,
});

const rightOption = (...paths: string[]) =>
  fc.constantFrom(...paths).chain((path) => fc.tuple(fc.constant(path), nearlyRight[path]));

// With many options one is wrong nearly always, and nothing would go to the host.
const rightOptions = fc.oneof(
  fc.uniqueArray(rightOption(...Object.keys(nearlyRight)), {
    selector: ([path]) => path,
    minLength: 2,
    maxLength: 5,
  }),
  rightOption("environment", "daemon", "kernel.sysctls", "account.authorizedKeys").map((one) => [
    one,
  ]),
);

/** Arguments with a few options that are hostile, each in its own way. */
export const cases: fc.Arbitrary<Case> = fc.oneof(anyOptions, rightOptions).map((options) => {
  const args: Record<string, unknown> = { connection: { host: "machine.example" } };
  // What holds others comes before them.
  const sorted = [...options].sort(([a], [b]) => a.length - b.length);
  for (const [path, value] of sorted) put(args, path.split("."), value);
  return { args, paths: sorted.map(([path]) => path) };
});

/** What must be there beside another option, by the name of what holds it. */
const usual: Record<string, object> = {
  proxy: { host: "jump.example" },
  tcpSocket: {
    caCertificate: certificate,
    certificate: serverCertificate,
    privateKey: serverKey,
  },
};

function put(object: Record<string, unknown>, [name, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    object[name] = value;
    return;
  }
  object[name] ??= name in usual ? usual[name] : {};
  // A whole object may be hostile already: then what would be inside has no place.
  if (typeof object[name] === "object")
    put((object[name] = { ...object[name] } as Record<string, unknown>), rest, value);
}

/** Refused, or what goes to the host, and what must be there then. */
export type Judged = { refused: true } | { refused: false; document: string; arrivals: Arrivals };

/**
 * What the package does with the arguments.
 *
 * @throws Error where it neither refuses them as it should nor makes documents of them.
 */
export function judge({ args, paths }: Case): Judged {
  const { settings, problems } = readSettings(args);
  for (const { propertyPath, reason } of problems) {
    if (!paths.some((path) => isInside(propertyPath, path) || isInside(path, propertyPath)))
      throw new Error(`refused at '${propertyPath}', which is right: ${reason}`);
    if (!isMessage(`${propertyPath}: ${reason}`))
      throw new Error(`no message of one line: ${JSON.stringify(reason)}`);
  }
  if (problems.length > 0) return { refused: true };
  // All steps' in one: no two of them mean different things by a key. What the daemon reads as a secret arrives
  // where the others do.
  const documents = documentsOfSettings(settings, "project/dev/web");
  const document: Document = {
    ...documents.machine,
    ...documents.daemon,
    ...documents.secrets,
    secrets: undefined,
  };
  return { refused: false, document: renderDocument(document), arrivals: arrivalsOf(args) };
}

function isInside(path: string, whole: string): boolean {
  return path.startsWith(whole) && ["", ".", "["].includes(path.charAt(whole.length));
}

/** One printable line that ends in what to do. */
function isMessage(reason: string): boolean {
  return reason.length < 500 && /^[^\p{Cc}\p{Cf}\p{Surrogate}]+; [^\p{Cc}]+$/u.test(reason);
}

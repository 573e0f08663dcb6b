import { randomBytes } from "node:crypto";
import { diff } from "../diff";
import type { Failure, ResourceType } from "../resourceType";
import { isUnknown, plain, unknown, type Properties } from "../values";

const inputNames = ["byteLength", "keepers", "prefix"];

/** `random:index/randomId:RandomId`: random bytes, new ones only when an input changes. */
export const randomId: ResourceType = {
  check(inputs) {
    return { inputs, failures: failuresOf(inputs) };
  },

  diff(oldInputs, inputs) {
    return diff(inputNames, oldInputs, inputs);
  },

  // Any change asks for other bytes.
  replacesOn() {
    return true;
  },

  async create(inputs, { preview }) {
    if (preview) {
      const outputs = { hex: unknown, dec: unknown, b64Std: unknown, b64Url: unknown };
      return { id: "", outputs: { ...inputs, ...outputs } };
    }
    const bytes = randomBytes(Number(plain(inputs.byteLength ?? null)));
    const prefix = (plain(inputs.prefix ?? null) ?? "") as string;
    const hex = bytes.toString("hex");
    const id = bytes.toString("base64url");
    const outputs = {
      hex: prefix + hex,
      dec: prefix + BigInt(`0x${hex}`).toString(),
      b64Std: prefix + bytes.toString("base64"),
      b64Url: prefix + id,
    };
    return { id, outputs: { ...inputs, ...outputs } };
  },

  async update(state, inputs) {
    return { ...state, ...inputs };
  },

  async delete() {},
};

function failuresOf(inputs: Properties): Failure[] {
  const failures = Object.keys(inputs)
    .filter((name) => !inputNames.includes(name) && !name.startsWith("__"))
    .map((name) => ({ property: name, reason: `Unrecognized field '${name}' on 'RandomId'` }));
  const byteLength = plain(inputs.byteLength ?? null);
  if (!isUnknown(byteLength) && !(Number.isInteger(byteLength) && Number(byteLength) > 0)) {
    failures.push({ property: "byteLength", reason: "byteLength must be a whole number above 0" });
  }
  return failures;
}

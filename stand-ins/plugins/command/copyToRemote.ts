import { randomBytes } from "node:crypto";
import { diff } from "../diff";
import type { Failure, Operation, ResourceType } from "../resourceType";
import { isObject, isUnknown, plain, type Properties, type Value } from "../values";
import { connect } from "./connect";
import { checkConnected, inputsOf, missing, typeFailures } from "./inputs";
import { upload } from "./upload";

const inputNames = ["connection", "remotePath", "source", "triggers"] as const;

/** `command:remote:CopyToRemote`: a local file that is copied to another machine by SFTP, and stays there. */
export const copyToRemote: ResourceType = {
  check(raw) {
    const type = "CopyToRemoteInputs";
    const { inputs, failures } = checkConnected(raw, inputNames, type);
    const paths = "remotePath" in inputs ? [] : [missing("remotePath", type)];
    const texts = typeFailures(inputs, "remotePath", "string", "remotePath");
    return { inputs, failures: [...failures, ...paths, ...texts, ...sourceFailures(inputs)] };
  },

  diff(oldInputs, inputs) {
    return diff(inputNames, withHash(oldInputs), withHash(inputs));
  },

  replacesOn(property) {
    return property === "triggers";
  },

  async create(inputs, operation) {
    if (!operation.preview) await copy(inputs, operation);
    return { id: operation.preview ? "" : randomBytes(4).toString("hex"), outputs: inputs };
  },

  async update(state, inputs, operation) {
    const copied = JSON.stringify(target(state)) === JSON.stringify(target(inputs));
    if (!operation.preview && !copied) await copy(inputs, operation);
    return inputs;
  },

  async delete() {
    // The file stays.
  },
};

// The engine's mark of an asset; an archive has another one.
const assetMark = "c44067f5952c0a294b673a41bacd8c17";

function sourceFailures(inputs: Properties): Failure[] {
  const source = plain(inputs.source ?? null);
  // Text and what is behind an URI have no path.
  if (isObject(source) && Object.values(source).includes(assetMark) && source.path) return [];
  const reason = isUnknown(source)
    ? "either asset or archive must be set"
    : "this stand-in for the command plugin copies a FileAsset only";
  return [{ property: "asset", reason }];
}

/** An asset is its content: its path says nothing. */
function withHash(inputs: Properties): Properties {
  return { ...inputs, source: target(inputs).hash };
}

function target(inputs: Properties): { hash: Value; remotePath: Value } {
  const source = plain(inputs.source ?? null);
  return {
    hash: isObject(source) ? (source.hash ?? null) : source,
    remotePath: plain(inputs.remotePath ?? null),
  };
}

async function copy(inputs: Properties, { log, signal, deadline }: Operation): Promise<void> {
  const { source, remotePath } = plain(inputs) as { source: { path: string }; remotePath: string };
  const client = await connect(inputsOf(inputs).connection, log, signal, deadline);
  await upload(client, source.path, remotePath).finally(() => client.end());
}

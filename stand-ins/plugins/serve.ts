import {
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { rootOf, type Change, type Changes } from "./diff";
import { EngineLog } from "./engineLog";
import type { Operation, Plugin, ResourceType } from "./resourceType";
import type { Properties } from "./values";

const { Kind } = proto.PropertyDiff;
const { DiffChanges } = proto.DiffResponse;
const kinds: Record<Change, [inPlace: proto.PropertyDiff.Kind, replace: proto.PropertyDiff.Kind]> =
  {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  };

/** Serves a plugin to the engine: prints the port, answers until the engine ends the process. */
export function serve(plugin: Plugin): void {
  const cancelled = new AbortController();
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  server.addService(ResourceProviderService, handlers(plugin, engineLog(), cancelled));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      throw error;
    }
    process.stdout.write(`${port}\n`);
  });
  const end = (): void => process.exit(0);
  process.once("SIGINT", end).once("SIGTERM", end);
  // An engine that is killed ends nothing: this process notices that it was handed to another parent.
  const engine = process.ppid;
  setInterval(() => process.ppid === engine || end(), 1000).unref();
}

// The engine's address is the one argument that is not a flag.
function engineLog(): EngineLog {
  return new EngineLog(process.argv.slice(2).find((argument) => !argument.startsWith("-")));
}

function handlers(
  plugin: Plugin,
  log: EngineLog,
  cancelled: AbortController,
): UntypedServiceImplementation {
  const typeOf = (urn: string): ResourceType => {
    const { type } = parseUrn(urn);
    const found = plugin.resources[type];
    if (!found) {
      const known = Object.keys(plugin.resources).join(", ");
      throw new Error(
        `this stand-in for the ${plugin.name} plugin has no ${type}; it has ${known}`,
      );
    }
    return found;
  };
  const operation = (urn: string, preview: boolean, timeout: number): Operation => ({
    name: parseUrn(urn).name,
    preview,
    log: log.of(urn),
    signal: cancelled.signal,
    deadline: deadlineIn(timeout),
  });

  return {
    getPluginInfo: answer(() => new PluginInfo().setVersion(plugin.version)),
    getSchema: answer(() => {
      const schema = { name: plugin.name, version: plugin.version };
      return new proto.GetSchemaResponse().setSchema(JSON.stringify(schema));
    }),
    checkConfig: answer((request: proto.CheckRequest) =>
      new proto.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: answer(() => new proto.DiffResponse().setChanges(DiffChanges.DIFF_NONE)),
    configure: answer(() =>
      new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true),
    ),
    check: answer((request: proto.CheckRequest) => {
      const { inputs, failures } = typeOf(request.getUrn()).check(properties(request.getNews()));
      return new proto.CheckResponse()
        .setInputs(struct(inputs))
        .setFailuresList(
          failures.map(({ property, reason }) =>
            new proto.CheckFailure().setProperty(property).setReason(reason),
          ),
        );
    }),
    diff: answer((request: proto.DiffRequest) => {
      const type = typeOf(request.getUrn());
      const inputs = withIgnored(
        properties(request.getOlds()),
        properties(request.getNews()),
        request.getIgnorechangesList(),
      );
      // An output may be a secret that is none as an input (additionalSecretOutputs), and is no change.
      return diffResponse(type, type.diff(properties(request.getOldInputs()), inputs));
    }),
    create: answer(async (request: proto.CreateRequest) => {
      const urn = request.getUrn();
      const inputs = properties(request.getProperties());
      const { id, outputs } = await typeOf(urn)
        .create(inputs, operation(urn, request.getPreview(), request.getTimeout()))
        .finally(() => log.flush());
      return new proto.CreateResponse().setId(id).setProperties(struct(outputs));
    }),
    update: answer(async (request: proto.UpdateRequest) => {
      const urn = request.getUrn();
      const state = properties(request.getOlds());
      const inputs = withIgnored(
        state,
        properties(request.getNews()),
        request.getIgnorechangesList(),
      );
      const outputs = await typeOf(urn)
        .update(state, inputs, operation(urn, request.getPreview(), request.getTimeout()))
        .finally(() => log.flush());
      return new proto.UpdateResponse().setProperties(struct(outputs));
    }),
    delete: answer(async (request: proto.DeleteRequest) => {
      const urn = request.getUrn();
      await typeOf(urn)
        .delete(properties(request.getProperties()), operation(urn, false, request.getTimeout()))
        .finally(() => log.flush());
      return new Empty();
    }),
    // Nothing can be read back: what is recorded is what there is.
    read: answer((request: proto.ReadRequest) =>
      new proto.ReadResponse()
        .setId(request.getId())
        .setProperties(request.getProperties())
        .setInputs(request.getInputs()),
    ),
    cancel: answer(() => {
      cancelled.abort();
      return new Empty();
    }),
  };
}

/** Seconds, of which parts do not count; 0 is no end. */
function deadlineIn(seconds: number): AbortSignal {
  return seconds === 0
    ? new AbortController().signal
    : AbortSignal.timeout(Math.trunc(seconds) * 1000);
}

/** A handler that answers with what `work` returns, or with the error it throws. */
function answer<Request, Response>(
  work: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(work)
      .then(
        (response) => callback(null, response),
        (error: unknown) =>
          callback({
            code: status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          }),
      );
  };
}

function diffResponse(type: ResourceType, changes: Changes): proto.DiffResponse {
  const response = new proto.DiffResponse()
    .setChanges(changes.size > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE)
    .setHasdetaileddiff(true);
  const changed = new Set<string>();
  const replaced = new Set<string>();
  for (const [path, change] of changes) {
    const root = rootOf(path);
    const replace = type.replacesOn(root);
    const [inPlace, replacing] = kinds[change];
    response
      .getDetaileddiffMap()
      .set(path, new proto.PropertyDiff().setKind(replace ? replacing : inPlace));
    changed.add(root);
    if (replace) {
      replaced.add(root);
    }
  }
  return response.setDiffsList([...changed]).setReplacesList([...replaced]);
}

function withIgnored(state: Properties, inputs: Properties, ignored: string[]): Properties {
  const kept = ignored
    .filter((name) => name in state)
    .map((name) => [name, state[name] ?? null] as const);
  return { ...inputs, ...Object.fromEntries(kept) };
}

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>` */
function parseUrn(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

function properties(message: Struct | undefined): Properties {
  return message?.toJavaScript() ?? {};
}

function struct(values: Properties): Struct {
  return Struct.fromJavaScript(values);
}

import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Where a resource's operation says what it does. */
export interface Log {
  /** A line that shows beside the resource while it runs, and is gone afterwards. */
  status(message: string): void;
  /** A line that stays in the diagnostics. */
  warning(message: string): void;
  /** A line that stays in the diagnostics, and counts as a failure of the update. */
  error(message: string): void;
}

/** The engine's log, to which this plugin's messages go. */
export class EngineLog {
  readonly #client: EngineClient | undefined;
  // Each line waits for the one before it: the engine would otherwise show them in any order.
  #sent: Promise<void> = Promise.resolve();

  constructor(engineAddress: string | undefined) {
    this.#client = engineAddress
      ? new EngineClient(engineAddress, credentials.createInsecure())
      : undefined;
  }

  /** The log of one resource. */
  of(urn: string): Log {
    return {
      status: (message) => this.#send(urn, LogSeverity.INFO, message, true),
      warning: (message) => this.#send(urn, LogSeverity.WARNING, message, false),
      error: (message) => this.#send(urn, LogSeverity.ERROR, message, false),
    };
  }

  /** Waits until the engine has all messages. */
  async flush(): Promise<void> {
    await this.#sent;
  }

  #send(urn: string, severity: LogSeverity, message: string, ephemeral: boolean): void {
    const client = this.#client;
    if (!client) {
      return;
    }
    const request = new LogRequest();
    request.setUrn(urn);
    request.setSeverity(severity);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    // A log that the engine no longer takes must not fail the operation.
    const send = (): Promise<void> => new Promise((done) => client.log(request, () => done()));
    this.#sent = this.#sent.then(send);
  }
}

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { SchemaPart } from "../../../src/plugin/correctSchema";

/** The package in a folder, run as the engine's Node.js language host runs a component plugin. */
export interface Plugin {
  getSchema(): Promise<SchemaPart>;
  stderr(): string;
  stop(): Promise<void>;
}

/** @param cwd where the program that uses the plugin is; not the plugin's own folder. */
export async function startPlugin(folder: string, cwd: string): Promise<Plugin> {
  const runPlugin = join(folder, "node_modules/@pulumi/pulumi/cmd/run-plugin/index.js");
  const env = { ...process.env, PULUMI_NODEJS_TYPESCRIPT: "true" };
  const child = spawn(process.execPath, [runPlugin, folder, "127.0.0.1:1"], { cwd, env });
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const port = await firstLine(child, () => stderr);
  const client = new ResourceProviderClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
    { "grpc.max_receive_message_length": -1 },
  );
  return {
    getSchema: () =>
      new Promise((resolve, reject) => {
        client.getSchema(new GetSchemaRequest(), (error, response) => {
          if (error) reject(error);
          else resolve(JSON.parse(response.getSchema()) as SchemaPart);
        });
      }),
    stderr: () => stderr,
    async stop() {
      client.close();
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

/** The port that a plugin prints first. */
async function firstLine(
  child: ChildProcessWithoutNullStreams,
  stderr: () => string,
): Promise<string> {
  for await (const line of createInterface(child.stdout)) {
    if (/^\d+$/.test(line)) return line;
    throw new Error(`expected a port from the plugin, got '${line}'`);
  }
  throw new Error(`the plugin ended before it printed a port: ${stderr()}`);
}

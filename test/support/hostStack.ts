import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RootlessDockerHost, type RootlessDockerHostArgs } from "../../index";
import { remoteDocker, type RemoteDocker } from "../../stand-ins/remoteDocker";
import { stepNames } from "../../src/steps";
import type { TestHost } from "../../stand-ins/hosts";
import { type Outcome, Stack } from "./stack";

/** Arguments of the component but the connection, which the host gives. */
export type ComponentArgs = Omit<RootlessDockerHostArgs, "connection">;

/** Keys of a connection to a disposable host, as a user would write them. */
export function connectionTo(host: TestHost) {
  const { address, port, user, hostKey, privateKey } = host;
  return { host: address, port, user, hostKey, privateKey };
}

/** One stack with one component named "web", on the real engine and a real host. */
export class HostStack {
  private constructor(
    readonly host: TestHost,
    readonly stack: Stack,
  ) {}

  /** @param backendDir the folder that keeps the state; a new one unless it is given. */
  static async on(host: TestHost, stackName: string, backendDir?: string): Promise<HostStack> {
    return new HostStack(host, await Stack.start(stackName, backendDir));
  }

  up(wishes: ComponentArgs | (() => ComponentArgs)): Promise<Outcome> {
    return this.stack.up(this.program(wishes));
  }

  /** `up` by a line of shell. */
  upBy(line: string, wishes: () => ComponentArgs): Promise<Outcome> {
    return this.stack.upBy(line, this.program(wishes));
  }

  tryUp(args: Partial<RootlessDockerHostArgs>): Promise<Outcome> {
    return this.stack.tryUp(this.program(args));
  }

  /** `pulumi preview --diff`, without what differs from host to host. */
  async preview(wishes: ComponentArgs): Promise<string> {
    const text = await this.stack.previewText(this.program(wishes), { diff: true });
    return anonymous(text, this.host);
  }

  /** `writesOf`. */
  writesOf(operation: "up" | "preview", wishes: ComponentArgs): Promise<string[]> {
    return this.stack.writesOf(operation, this.program(wishes));
  }

  destroy(): Promise<Outcome> {
    return this.stack.destroy();
  }

  /** The component's outputs, as the state records them. */
  get outputs(): Record<string, unknown> {
    return this.stack.outputs("web");
  }

  /**
   * The docker CLI of this machine, through the output `dockerHost`.
   *
   * @param sshOptions arguments of its `ssh` that say which host to believe. Defaults to the host's key in a file.
   */
  docker(sshOptions?: readonly string[]): Promise<RemoteDocker> {
    const { address, hostKey, privateKey } = this.host;
    const folder = mkdtempSync(join(tmpdir(), "docker-cli-"));
    const dockerHost = String(this.outputs.dockerHost);
    return remoteDocker({ dockerHost, address, hostKey, sshOptions, privateKey, folder });
  }

  /** Process id and start time of the account's daemon. */
  async daemonStart(): Promise<string> {
    return this.host.run(
      "systemctl --user -M app@ show -p MainPID,ActiveEnterTimestampMonotonic docker 2>/dev/null || pgrep -u app -x dockerd",
    );
  }

  /** The program; arguments that only it knows when it runs are a function. */
  program(args: Partial<RootlessDockerHostArgs> | (() => ComponentArgs)) {
    return () => {
      const known = typeof args === "function" ? args() : args;
      new RootlessDockerHost("web", { connection: connectionTo(this.host), ...known });
    };
  }
}

/** A preview without names of the engine's own, addresses and keys, its resources sorted. */
function anonymous(preview: string, host: TestHost): string {
  const text = preview
    .replace(/^ *\[(id|provider)=.*\n/gm, "")
    .replace(/^Previewing update.*\n/gm, "")
    .replace(/\[urn=.*::(.*)\]/g, "[$1]")
    .replaceAll(host.address, "HOST")
    .replaceAll(host.hostKey, "HOSTKEY")
    .replace(/("?agent"? *: )"[0-9a-f]{8}"/g, '$1"CODE"')
    .replace(/("agent: .")[0-9a-f]{8}/g, "$1CODE")
    .replace(/(# \S+\.sh )[0-9a-f]{8}/g, "$1CODE")
    .replace(/\b[0-9a-f]{16}\b/g, "INSTALLATION")
    // The packed agent, where it is the context of a line that changed.
    .replace(/^( +)[A-Za-z0-9+/=]{60,}(\.\.\.)?$/gm, "$1PACKED");
  // Steps that run side by side come in any order.
  const [head, ...children] = text.split(/^(?= *[-+~]+ (?:command|random):)/m);
  const last = children.pop() ?? "";
  const [lastChild, ...tail] = last.split(/^(?=Resources:)/m);
  return [head, ...[...children, lastChild].sort(byName), ...tail].join("");
}

/**
 * What changes, of a preview: resources, and the lines of them that are marked, without their columns; then what is
 * said of them.
 */
export function changedPart(preview: string): string {
  const lines = preview.split("\n");
  const marked = lines.filter((line) => /^ *([-+~]|\[web[a-z-]*\]$|Resources:)/.test(line));
  // In any order.
  const said = lines.filter((line) => /^web[a-z-]*: /.test(line)).sort();
  return [...marked.map((line) => line.replace(/ +: /, ": ")), ...said].join("\n");
}

function byName(a: string, b: string): number {
  const name = (block: string) => /\[(web-[a-z]+)\]/.exec(block)?.[1] ?? "";
  return name(a) < name(b) ? -1 : 1;
}

/** Every step that runs on the host, sorted. */
export const everyStep = ["agent", "copy", ...stepNames].sort();

/** Every child of a component, sorted. */
export const everyChild = ["drift", "installation", ...everyStep].sort();

/** The lines of an operation that say what changed on the host, step by step. */
export function stepsRun({ events }: Outcome): string[] {
  return events.flatMap(({ resourcePreEvent }) => {
    const { op, urn } = resourcePreEvent?.metadata ?? { op: "same", urn: "" };
    const name = urn.split("::").at(-1) ?? "";
    return op !== "same" && name.startsWith("web-") ? [`${op} ${name}`] : [];
  });
}

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, renderDocument } from "../../../src/steps/document";
import type { TestHost } from "../../../stand-ins/hosts";
import { agentFunctions } from "../../support/hostPrograms";

/** What the host made of a document. */
export interface ReadDocument {
  /** The bytes of the file of a key, undefined where there is none. */
  text(key: string): Buffer | undefined;
  /** All keys that the host knows. */
  keys: string[];
  daemonJson: string;
  environment: string;
}

/**
 * A host on which the agent's own functions read documents, many in one login. They lie in its root
 * file system, where this machine can look at the bytes.
 */
export class ReadingHost {
  readonly #folder: string;

  constructor(readonly host: TestHost) {
    this.#folder = join(host.root ?? "", "srv/hostile");
    writeFileSync(join(host.root ?? "", "srv/functions"), agentFunctions());
  }

  /** Runs shell code with the agent's functions and a work directory of its own. */
  private run(code: string): Promise<string> {
    const begin =
      ". /srv/functions\nSTEP=daemon ID=f00d WORK=/srv/work ACCOUNT=app ACCOUNT_RUNTIME=/run/user/1000 ACCOUNT_HOME=/home/app\nrm -rf /srv/work; mkdir /srv/work\nfor file in changed facts problems findings wanted declared; do : >$WORK/$file; done\n";
    return this.host.run("sh -eu", { input: begin + code });
  }

  async read(documents: string[]): Promise<ReadDocument[]> {
    this.#begin(documents);
    await this.run(`
      for document in /srv/hostile/*/document; do
        WORK=\${document%/document}
        DOC=$WORK/doc
        read_document "$document" "$DOC"
        compose_daemon_json >"$WORK/daemon.json"
        compose_environment >"$WORK/environment"
      done`);
    return documents.map((_document, index) => this.#result(index));
  }

  /** The environment of a real service whose environment file the agent has composed. */
  async environmentOf(values: Record<string, string>): Promise<Map<string, Buffer>> {
    const entries = Object.entries(values);
    const document: Document = Object.fromEntries(
      entries.map(([name, value]) => [`environment/${name}`, value]),
    );
    await this.read([renderDocument(document)]);
    await this.host.run(
      "systemd-run -q --wait --pipe -p EnvironmentFile=/srv/hostile/0/environment /usr/bin/env -0 >/srv/hostile/environ",
    );
    return environmentIn(readFileSync(join(this.#folder, "environ")));
  }

  #begin(documents: string[]): void {
    rmSync(this.#folder, { recursive: true, force: true });
    documents.forEach((document, index) => {
      const folder = join(this.#folder, String(index));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "document"), document);
    });
  }

  #result(index: number): ReadDocument {
    const folder = join(this.#folder, String(index));
    const files = join(folder, "doc/text");
    const keys = readdirSync(files, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(files.length + 1));
    return {
      text: (key) => (keys.includes(key) ? readFileSync(join(files, key)) : undefined),
      keys,
      daemonJson: readFileSync(join(folder, "daemon.json"), "utf8"),
      environment: readFileSync(join(folder, "environment"), "utf8"),
    };
  }
}

/** Variables by name of what `env -0` prints, or of /proc/PID/environ. */
function environmentIn(bytes: Buffer): Map<string, Buffer> {
  const variables = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0, at);
    const equals = bytes.indexOf("=", at);
    variables.set(bytes.toString("utf8", at, equals), bytes.subarray(equals + 1, end));
    at = end + 1;
  }
  return variables;
}

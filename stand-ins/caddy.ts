import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "./cache";
import { execOrThrow } from "./hosts/exec";
import { progress } from "./progress";

/** The version of Caddy that tests use. */
const caddyVersion = "2.11.9";

const recipe = ["CGO_ENABLED=0", "usr/bin/caddy", process.arch];

/**
 * The path of a tar for `docker import`, with a static Caddy and nothing else. It is built from its Go module if the cache
 * does not have it: that takes some minutes of a processor.
 */
export async function caddyImageTar(): Promise<string> {
  const dir = await cached(cacheDir("caddy", caddyVersion, hashOf(recipe)), async (tmp) => {
    const module = `github.com/caddyserver/caddy/v2/cmd/caddy@v${caddyVersion}`;
    const root = join(tmp, "root");
    mkdirSync(join(root, "usr/bin"), { recursive: true });
    await progress(`building Caddy ${caddyVersion} from its Go module`, () =>
      execOrThrow("go", ["install", "-trimpath", "-ldflags=-s -w", module], {
        env: { CGO_ENABLED: "0", GOBIN: join(root, "usr/bin"), GOTOOLCHAIN: "local" },
      }),
    );
    const owner = ["--owner=0", "--group=0"];
    await execOrThrow("tar", ["-C", root, ...owner, "-cf", join(tmp, "caddy.tar"), "."]);
    rmSync(root, { recursive: true });
  });
  return join(dir, "caddy.tar");
}

/** What `docker import` gives that image besides, as the official one has it: arguments of `-c`. */
export const caddyImageChanges = [
  "ENV XDG_CONFIG_HOME=/config",
  "ENV XDG_DATA_HOME=/data",
  'CMD ["/usr/bin/caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]',
];

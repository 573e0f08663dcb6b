import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type TestHost,
} from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { DriftDetection, PrivilegedPorts } from "../../index";
import {
  changedPart,
  connectionTo,
  HostStack,
  stepsRun,
  type ComponentArgs,
} from "../support/hostStack";
import { said } from "../support/stack";

// A preview that asks the host. In the order of the tests: each begins and ends without drift.
let host: TestHost;
let installation: HostStack;
let wishes: ComponentArgs;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  installation = await HostStack.on(host, "drift-preview");
  const userKey = (await execOrThrow("ssh-keygen", ["-y", "-f", host.privateKeyPath])).trim();
  wishes = {
    account: { name: "app", authorizedKeys: [userKey] },
    daemon: { "log-level": "warn", "data-root": "/home/app/data" },
    environment: { NO_PROXY: "localhost", API_TOKEN: pulumi.secret("s3cret-one") },
    kernel: { sysctls: { "net.core.somaxconn": "8192" } },
    privilegedPorts: PrivilegedPorts.FileCapability,
    operations: { driftDetection: DriftDetection.Preview },
  };
});
afterAll(destroyAllHosts);

/** What a preview shows as found, a line each: `STEP ABOUT: FOUND`. */
async function shownDrift(on = installation, args = wishes): Promise<string[]> {
  const text = await on.preview(args);
  expect(text).not.toContain(" could not be checked: ");
  const [block = ""] = /\[web-drift\]\n([^]*?)\n *(?:[~+-]+ command:|Resources)/.exec(text) ?? [];
  let step = "";
  return block.split("\n").flatMap((line) => {
    step = /^ *[+~]? *(\w+) *: \(json\)/.exec(line)?.[1] ?? step;
    const [, about, found] = /^ *\+ (.*?) *: .*"found (.*?)(?:, expected .*)?"$/.exec(line) ?? [];
    return about ? [`${step} ${about}: ${found}`] : [];
  });
}

async function isQuiet(): Promise<void> {
  expect(await installation.preview(wishes)).toMatch(/Resources:\n +\d+ unchanged/);
  expect(stepsRun(await installation.up(wishes))).toEqual([]);
}

test("a new host: what an up would end with, and nothing is changed", async () => {
  const before = await snapshotHost(host);
  const impossible: ComponentArgs = {
    ...wishes,
    account: { name: "app", create: false },
    kernel: { sysctls: { "kernel.keys.maxkeys": "1" } },
  };
  const outcome = await installation.stack.preview(installation.program(impossible));
  const warnings = said(outcome, "web", "lasting").flatMap(({ severity, message }) =>
    severity === "warning" ? [message] : [],
  );
  expect(warnings).toContainEqual(
    expect.stringMatching(
      /up would fail: preflight: account\.create: account app does not exist, /,
    ),
  );
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  const { failure } = await installation.tryUp(impossible);
  for (const line of warnings) expect(failure).toContain(/preflight: .*/.exec(line)?.[0]);
  // Refused, the machine is as new.
  const next = await installation.stack.preview(installation.program(wishes));
  expect(said(next, "web", "lasting").map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^web: the machine now => after pulumi up\n {2}account app: none => new/),
  );
  await installation.destroy();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

test("a new host that can take it: what it has now, and nobody has left anything there yet", async () => {
  const text = await installation.preview(wishes);
  expect(text).toMatch(
    /^web: the machine now => after pulumi up\n {2}account app: none => new, with 65536 subordinate ids\n/m,
  );
  expect(await shownDrift()).toEqual([]);
  expect(stepsRun(await installation.up(wishes))).toContain("create web-drift");
  await isQuiet();
});

const home = "/home/app";
const units = `${home}/.config/systemd/user`;
const asApp = "runuser -u app -- env XDG_RUNTIME_DIR=/run/user/$(id -u app)";
const sysctlFile = (key: string) => `/etc/sysctl.d/99-zz-rootless-docker-${key}.conf`;

/** What somebody does by hand, and the lines that a preview then shows of it. One batch goes together. */
const batches: [string, [command: string, ...shown: (string | RegExp)[]][]][] = [
  [
    "values and files",
    [
      ["sysctl -q -w net.ipv4.ping_group_range='1 0'", "machine net.ipv4.ping_group_range: 1 0"],
      [
        `rm ${sysctlFile("net.core.somaxconn")}`,
        `machine ${sysctlFile("net.core.somaxconn")}: absent`,
      ],
      [
        `echo '# mine' >>${sysctlFile("net.ipv4.ping_group_range")}`,
        `machine ${sysctlFile("net.ipv4.ping_group_range")}: other content`,
      ],
      ["setcap -r /usr/bin/rootlesskit", "machine /usr/bin/rootlesskit: none"],
      [
        "loginctl disable-linger app",
        "daemon linger of app: off",
        // Its service manager ends where nobody is logged in.
        "daemon docker.service of app: not running",
      ],
      [
        `sed -i s/warn/debug/ ${home}/.config/docker/daemon.json`,
        `daemon ${home}/.config/docker/daemon.json: other content`,
      ],
      [
        `chmod 644 ${home}/.config/docker/environment`,
        `daemon ${home}/.config/docker/environment: a file with mode 644`,
      ],
      [`: >${home}/.ssh/authorized_keys`, `machine a line of ${home}/.ssh/authorized_keys: absent`],
    ],
  ],
  [
    "what is gone",
    [
      [
        `${asApp} systemctl --user stop docker.service`,
        "daemon docker.service of app: not running",
      ],
      [
        `rm ${units}/default.target.wants/docker.service`,
        `daemon ${units}/default.target.wants/docker.service: absent`,
      ],
      ["dpkg --purge --force-depends slirp4netns", "machine package slirp4netns: not installed"],
      [
        `rm -r ${home}/.docker/contexts`,
        `daemon ${home}/.docker/contexts: absent`,
        `daemon ${home}/.docker/contexts/meta: absent`,
        /^daemon \S+\/\.docker\/contexts\/meta\/[0-9a-f]{64}: absent$/,
        /^daemon \S+\/\.docker\/contexts\/meta\/[0-9a-f]{64}\/meta\.json: absent$/,
      ],
      [
        "rm -r /etc/systemd/system/user@$(id -u app).service.d; systemctl daemon-reload",
        /^machine \/etc\/systemd\/system\/user@\d+\.service\.d: absent$/,
        /^machine \/etc\/systemd\/system\/user@\d+\.service\.d\/rootless-docker\.conf: absent$/,
      ],
      [
        `${asApp} docker context use default`,
        `daemon currentContext in ${home}/.docker/config.json: absent`,
      ],
    ],
  ],
];

describe.each(batches)("%s", (_name, rows) => {
  let shown: string[];

  beforeAll(async () => {
    await host.run(rows.map(([command]) => command).join("\n"));
    shown = await shownDrift();
  });

  const isLine = (wanted: string | RegExp) => (line: string) =>
    typeof wanted === "string" ? line === wanted : wanted.test(line);

  test.each(rows)("%s", (_command, ...wanted) => {
    const lines = wanted.flatMap((one) => shown.filter(isLine(one)));
    expect([shown, lines.length]).toEqual([shown, wanted.length]);
  });

  test("and no other line", () => {
    const isWanted = (line: string) =>
      rows.some(([, ...wanted]) => wanted.some((one) => isLine(one)(line)));
    expect(shown.filter((line) => !isWanted(line))).toEqual([]);
  });

  test("the step of each runs, and no other; then nothing is shown", async () => {
    const steps = new Set(shown.map((line) => line.split(" ")[0]));
    expect(stepsRun(await installation.up(wishes)).sort()).toEqual(
      [...steps, "drift"].map((step) => `update web-${step}`).sort(),
    );
    await isQuiet();
  });
});

/** The one warning of a preview, and that it shows no change. */
async function warningOf(args: ComponentArgs = wishes): Promise<string> {
  const outcome = await installation.stack.preview(installation.program(args));
  const warnings = said(outcome, "web", "lasting").filter(({ severity }) => severity === "warning");
  expect(warnings).toHaveLength(1);
  return warnings[0].message;
}

const noAnswer: [string, (on: TestHost) => (() => unknown) | Promise<() => unknown>, RegExp][] = [
  [
    "a host that is down",
    async (on) => {
      await on.setReachable(false);
      return () => on.setReachable(true);
    },
    /^\S+ could not be checked: (no login within 5 seconds|connect EHOSTUNREACH \S+)\. This preview does not show changes that somebody made there$/,
  ],
  [
    "a login that is refused",
    (on) => withRootKeys(on, () => ""),
    /could not be checked: All configured authentication methods failed\./,
  ],
  [
    "a host that takes its time",
    (on) => withRootKeys(on, (keys) => keys.replace(/^ssh-/gm, 'command="sleep 60" ssh-')),
    /could not be checked: no answer within 10 seconds\./,
  ],
  [
    "an agent that is not whole",
    async (on) => {
      await on.run(
        "cd /var/lib/rootless-docker/agents; for a in *; do cp -a $a/agent /root/; echo >>$a/agent; done",
      );
      return () =>
        on.run("cd /var/lib/rootless-docker/agents; for a in *; do cp -a /root/agent $a/; done");
    },
    /could not be checked: exit status 1: sha256sum: WARNING: 1 computed checksum did NOT match\./,
  ],
];

/** Root's keys are read at each login: changed from outside, since nobody gets in meanwhile. */
function withRootKeys(on: TestHost, change: (keys: string) => string): () => void {
  const path = join(on.root ?? "", "root/.ssh/authorized_keys");
  const before = readFileSync(path, "utf8");
  writeFileSync(path, change(before));
  return () => writeFileSync(path, before);
}

describe.each(noAnswer)("%s", (_name, begin, warning) => {
  test("one warning, and the preview is that of the program alone, before and after", async () => {
    await host.run("sysctl -q -w net.ipv4.ping_group_range='1 0'");
    const end = await begin(host);
    try {
      expect(await warningOf()).toMatch(warning);
      expect(await installation.preview(wishes)).toMatch(/Resources:\n +\d+ unchanged/);
      const edited = { ...wishes, kernel: { sysctls: { "net.core.somaxconn": "4097" } } };
      expect(changedPart(await installation.preview(edited))).toContain(
        '~ sysctl.d/net.core.somaxconn: "8192" => "4097"',
      );
    } finally {
      await end();
    }
    expect(await shownDrift()).toEqual(["machine net.ipv4.ping_group_range: 1 0"]);
    expect(stepsRun(await installation.up(wishes)).sort()).toEqual([
      "update web-drift",
      "update web-machine",
    ]);
    await isQuiet();
  });
});

test("a host that has to answer: one error, in a preview and in up, and nothing runs", async () => {
  const program = installation.program({
    ...wishes,
    operations: { driftDetection: DriftDetection.Required },
  });
  expect(
    await installation.preview({
      ...wishes,
      operations: { driftDetection: DriftDetection.Required },
    }),
  ).toMatch(/Resources:\n +\d+ unchanged/);
  await host.setReachable(false);
  try {
    await expect(installation.stack.preview(program)).rejects.toThrow(
      /\S+ could not be checked: .*\. Nothing runs, because operations\.driftDetection is set to required\. To fix: make the machine reachable, or set operations\.driftDetection to preview/,
    );
    const noWait = { connection: { ...connectionTo(host), connectTimeout: 0 } };
    const required = {
      ...wishes,
      ...noWait,
      operations: { driftDetection: DriftDetection.Required },
    };
    const up = await installation.tryUp(required);
    expect(up.failure).toContain("driftDetection is set to required");
    // A hook ends it before it begins; the engine reports it all the same.
    expect(stepsRun(up)).toEqual(["update web-copy"]);
    expect(up.failure).toMatch(/hook "rootless-docker:web-answer" failed: nothing runs: /);
    const edit = await installation.tryUp({
      ...required,
      operations: { ...required.operations, recheck: "1" },
    });
    expect(edit.failure).toContain("driftDetection is set to required");
    expect(edit.failure).toMatch(/hook "rootless-docker:web-answer" failed: nothing runs: /);
    expect(edit.failure).not.toContain("dial tcp");
  } finally {
    await host.setReachable(true);
  }
});

test("no secret leaves the host, and none is shown", async () => {
  const installations = "/var/lib/rootless-docker/installations";
  await host.run(`grep -qr s3cret-one ${home}/.config/docker ${installations}/*/values
    for f in ${home}/.config/docker/*; do [ ! -f $f ] || echo >>$f; done
    sed -i s/ssh-ed25519/ssh-dss/ ${home}/.ssh/authorized_keys`);
  const answer = await host.run(
    "cd /var/lib/rootless-docker/agents; for a in *; do sh $a/agent check host $a; done",
  );
  const text = await installation.preview(wishes);
  expect(await shownDrift()).not.toEqual([]);
  expect(answer).not.toMatch(/s3cret-one|AAAAC3/);
  expect(text).not.toContain("s3cret-one");
  await installation.up(wishes);
  await isQuiet();
});

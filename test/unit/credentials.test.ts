import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { RootlessDockerHost, type RootlessDockerHostArgs } from "../../index";
import { hasCredentials } from "../../src/validation/credentials";
import { quote } from "../../src/validation/quote";
import { problemsOf, withValue } from "../support/arguments";
import { shown, startRecording } from "./mocks";

// Credentials that nobody has marked: they are nowhere in clear, not in a document, a preview, the state or a
// message, whether the arguments are accepted or not.

afterEach(() => jest.restoreAllMocks());

const connection = {
  host: "machine.example",
  privateKey: "key",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
};

interface Seen {
  /** What a program sent and said, as people may see it. */
  text: string;
  /** What it sent, with its secrets. */
  sent: string;
  isRefused: boolean;
}

/** Runs a program that may be refused, until its last child is registered, or an error says why there is none. */
async function run(args: Partial<RootlessDockerHostArgs>, preview: boolean): Promise<Seen> {
  const record = await startRecording({ preview });
  const failures: unknown[] = [];
  const note = (error: unknown) => failures.push(error);
  process.on("unhandledRejection", note);
  let thrown = "";
  try {
    new RootlessDockerHost("web", { account: { name: "app" }, ...args, connection });
  } catch (error) {
    thrown = String(error) + JSON.stringify(error);
  }
  const isRefused = () => thrown !== "" || failures.length > 0 || record.errors.length > 0;
  const isWhole = () => record.registrations.some(({ name }) => name === "web-daemon");
  await until(() => isRefused() || isWhole());
  process.off("unhandledRejection", note);
  return {
    text: JSON.stringify(shown({ ...record, thrown, failures: failures.map(String) })),
    sent: JSON.stringify(record.registrations),
    isRefused: isRefused(),
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !condition(); turn++)
    await new Promise((resolve) => setImmediate(resolve));
  if (!condition()) throw new Error("neither was everything registered, nor anything refused");
  // The errors of Outputs come last.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What is taken is sent to the host, what is refused is not; and nobody sees the word in either case. */
async function expectHidden(
  word: string,
  args: Partial<RootlessDockerHostArgs>,
  { preview, isRefused }: { preview: boolean; isRefused: boolean },
): Promise<void> {
  const seen = await run(args, preview);
  expect(seen.isRefused).toBe(isRefused);
  if (!isRefused) expect(seen.sent).toContain(word);
  expect(seen.text).not.toContain(word);
}

/** Everything in front of a host that can be somebody's password, as Go's HTTP client reads it or does not. */
const addressesOfProxies = [
  "http://user:SECRET@proxy.example:3128",
  "user:SECRET@proxy.example:3128",
  "SECRET@proxy.example",
  "http://SECRET@proxy.example",
  "socks5://user:SECRET@[::1]:1080/",
];
const otherAddresses = [
  "http://user:s3/SECRET@proxy.example",
  "user:s3/SECRET@proxy.example",
  "http://user:SECRET%zz@proxy.example",
  "ftp://user:SECRET@proxy.example",
  "user:SECRET @proxy.example",
  "user:SECRET@",
];

const proxyNames =
  "HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY http_proxy https_proxy all_proxy Https_Proxy MY_PROXY proxy";
const eachOf = (names: string, value: string) =>
  Object.fromEntries(names.split(" ").map((name) => [name, value]));

const isProxy = (address: string) => addressesOfProxies.includes(address);

/** Every place of an address, as many at once as are taken or refused together, and which addresses it takes. */
const places: [
  string,
  (address: string) => Partial<RootlessDockerHostArgs>,
  (address: string) => boolean,
][] = [
  [
    "proxies of the environment",
    (address) => ({ environment: eachOf(proxyNames, address) }),
    isProxy,
  ],
  [
    "proxies of daemon.json",
    (address) => ({
      daemon: {
        proxies: eachOf("http-proxy https-proxy ftp-proxy", address),
        "http-proxy": address,
        "log-driver": "loki",
        "log-opts": { "loki-proxy-url": address },
      },
    }),
    isProxy,
  ],
  [
    "other places, which take it",
    (address) => ({
      environment: { DOCKER_HOST: withScheme(address) },
      daemon: {
        "insecure-registries": [withScheme(address)],
        "log-driver": "loki",
        "log-opts": { "loki-url": withScheme(address) },
        labels: [{ [withScheme(address)]: 1 }],
      },
    }),
    () => true,
  ],
  [
    "other places, which refuse it",
    (address) => ({
      daemon: {
        "registry-mirrors": [withScheme(address)],
        "data-root": withScheme(address),
        hosts: [withScheme(address)],
      },
    }),
    () => false,
  ],
];

/** Outside of a proxy, a token without a scheme looks like any address of mail. */
const withScheme = (address: string) =>
  /^[^:/]*@|[ ]/.test(address) ? "tcp://SECRET@proxy.example" : address;

const logOptions = (driver: string, options: Record<string, string>) => ({
  daemon: { "log-driver": driver, "log-opts": options },
});

describe.each([
  { mode: "up", preview: false },
  { mode: "preview", preview: true },
])("in $mode", ({ preview }) => {
  test.each(places)("%s: a user or password is nowhere in clear", async (_what, place, takes) => {
    for (const [index, address] of [...addressesOfProxies, ...otherAddresses].entries()) {
      const plain = place(address);
      const later = Object.fromEntries(
        Object.entries(plain).map(([option, value]) => [option, pulumi.output(value)]),
      );
      // Each in both modes, once as it is and once as an Output.
      const args = (index % 2 === 0) === preview ? plain : later;
      await expectHidden("SECRET", args, { preview, isRefused: !takes(address) });
    }
  });

  test.each<[string, Partial<RootlessDockerHostArgs>]>([
    ["a token of a log driver", logOptions("splunk", { "splunk-token": "HIDDEN" })],
    ["a password", logOptions("plugin", { "some-password": "HIDDEN" })],
    ["a cloud's key", { environment: { AWS_SECRET_ACCESS_KEY: "HIDDEN" } }],
    ["a token", { environment: { AWS_SESSION_TOKEN: "HIDDEN" } }],
    ["a password in one word", { environment: { PGPASSWORD: "HIDDEN" } }],
    ["a short one", { environment: { DB_PASS: "HIDDEN" } }],
    ["a header", { environment: { OTEL_EXPORTER_OTLP_HEADERS: "authorization=HIDDEN" } }],
    ["a storage's key", { environment: { AZURE_STORAGE_KEY: "HIDDEN" } }],
    ["a database's address", { environment: { DB_CONNECTION_STRING: "HIDDEN" } }],
    ["a token of GitHub's", { environment: { GITHUB_PAT: "HIDDEN" } }],
    ["Docker's own logins", { environment: { LOGINS: '{"auths":{"ghcr.io":{"auth":"HIDDEN"}}}' } }],
    ["a data source", { environment: { DATABASE_DSN: "user=u password=HIDDEN host=db" } }],
    ["a header's value", { environment: { HEADER: "Authorization: Bearer HIDDEN" } }],
    ["a query", logOptions("splunk", { "splunk-url": "https://x.example/?token=HIDDEN" })],
    ["a signature", { environment: { BLOB: "https://x.example/c?se=1&sig=HIDDEN" } }],
    [
      "an argument",
      { daemon: { runtimes: { r: { path: "r", runtimeArgs: ["--api-token=HIDDEN"] } } } },
    ],
    ["a password like a variable", { environment: { DB: "host=db password=$ecretHIDDEN" } }],
    ["a password like a specifier", { environment: { DB: "host=db password=%ecretHIDDEN" } }],
    ["a connection string", { environment: { AZ: "AccountName=x;AccountKey=HIDDEN==" } }],
    ["a header of another scheme", { environment: { HEADER: "Authorization: Token HIDDEN" } }],
    ["an option's next word", { environment: { ARGS: "-v --password HIDDEN" } }],
    ["a quoted next word", { environment: { ARGS: `["--password","HIDDEN"]` } }],
    [
      "the next of a list",
      { daemon: { runtimes: { r: { path: "r", runtimeArgs: ["--password", "HIDDEN"] } } } },
    ],
    ["a private key", { environment: { PEM: "-----BEGIN EC PRIVATE KEY-----\nHIDDEN" } }],
    ["a password with a blank", { environment: { DB: "postgres://u:pa HIDDEN@db.example/x" } }],
    ["a proxy's address", { environment: { PROXY_URL: "HIDDEN@proxy.example" } }],
  ])("what is called a secret is one: %s", async (_what, args) => {
    await expectHidden("HIDDEN", args, { preview, isRefused: false });
  });

  test.each<[string, Partial<RootlessDockerHostArgs>]>([
    [
      "a directive",
      { unitOverrides: { Service: { ExecStartPost: "/x https://u:HIDDEN@m.example" } } },
    ],
    ["a name that is marked", { environment: pulumi.secret({ "PW HIDDEN": "x" }) }],
    ["a name with a value", { environment: { "PASSWORD=HIDDEN": "" } }],
    ["the environment as a text", { environment: "HTTP_PROXY=HIDDEN@proxy" as never }],
    ["proxies as a text", { daemon: { proxies: "HIDDEN@proxy" } }],
    ["proxies as a list", { daemon: { proxies: ["HIDDEN@proxy"] } }],
  ])("what is refused is not quoted, where it may be a secret: %s", async (_what, args) => {
    await expectHidden("HIDDEN", args, { preview, isRefused: true });
  });

  test("what is none stays for a reviewer to see", async () => {
    const { text, isRefused } = await run(
      {
        environment: {
          HTTPS_PROXY: "http://proxy.example:3128",
          NO_PROXY: "me@SHOWN,.example",
          ARGS: "--token-file=/run/SHOWN6/token --password=$SHOWN7",
          MORE: "--password ${SHOWN10} --token %d/token --password-stdin registry.example",
          URLS: "http://SHOWN11:3128 mail@example https://[::1]:443/ AccountName=x",
          NAMES: "BEGIN PUBLIC KEY----- SHOWN12 --token --secret -v authorization-plugins: no",
        },
        unitOverrides: {
          Unit: { Description: "Basic documentation of token: SHOWN9" },
          Service: { ExecStartPost: "/bin/x --password-file=%d/SHOWN8" },
        },
        daemon: {
          proxies: { "no-proxy": "SHOWN2@example" },
          "registry-mirrors": ["https://SHOWN3.example"],
          "log-driver": "fluentd",
          "log-opts": { tag: "mail@SHOWN4", image: "app:3@sha256:SHOWN5", "max-size": "1m" },
        },
      },
      preview,
    );
    expect(isRefused).toBe(false);
    for (const part of [
      "SHOWN,",
      "SHOWN2",
      "SHOWN3",
      "SHOWN4",
      "SHOWN5",
      "SHOWN6",
      "SHOWN7",
      "SHOWN8",
      "SHOWN9",
      "SHOWN10",
      "SHOWN11",
      "SHOWN12",
      "proxy.example",
    ])
      expect(text).toContain(part);
  });
});

test("a text that is too long to be looked through is not quoted", () => {
  expect(quote("a".repeat(1000))).toBe(`'${"a".repeat(77)}...'`);
  expect(quote("a".repeat(1001))).toBe("the value");
});

const password = fc
  .string({ unit: "binary", maxLength: 12 })
  .filter((text) => !/[\0\s]/.test(text))
  .map((text) => `SECRET${text}`);

test("whatever the password and the rest: a proxy's value is never quoted, and always a secret", () => {
  const value = fc
    .tuple(fc.constantFrom("", "http://", "x://", "//", "a b "), fc.constantFrom("", "user:"))
    .chain((parts) => password.map((word) => `${parts.join("")}${word}@proxy.example`));
  const option = fc.constantFrom(
    "environment.HTTP_PROXY",
    "environment.all_proxy",
    "daemon.proxies.http-proxy",
    "daemon.proxies.https-proxy",
  );
  fc.assert(
    fc.property(option, value, (path, text) => {
      expect(problemsOf(withValue(path, text)).join()).not.toContain("SECRET");
      expect(hasCredentials(path.split(".").at(-1) ?? "", text)).toBe(true);
      expect(hasCredentials("environment", { HTTP_PROXY: [text] })).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

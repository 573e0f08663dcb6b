import type { Accepted, Refused } from "../../support/arguments";
import { certificate } from "../../support/certificate";

const notAddress =
  "is not the address of a registry; write its host, such as ghcr.io or registry.example:5000";
const hasPath = "has a path, but docker keeps one login for each host; write only the host";
const shortName =
  "has neither a dot nor a port, so docker takes it for a name on Docker Hub; write the host's whole name";
const notUser =
  "has a colon, or a space at the beginning or end, which is not allowed in a login; write only the name";

const login = { username: "me", password: "s3cret" };

/** A row of one login, and the option of it that is told. */
const row = (given: object, option: string, reason: string): Refused => [
  "registryAuth",
  [{ ...login, ...given }],
  reason,
  `registryAuth[0].${option}`,
];

/** A row of one certificate. */
const trusting = (pem: unknown, reason: string): Refused => [
  "registryCertificates",
  { "registry.example:5000": pem },
  `the value ${reason}; write the certificates of the authority as PEM (-----BEGIN CERTIFICATE----- ...)`,
  "registryCertificates.registry.example:5000",
];

const notHelper =
  "is not the name of a credential helper; write what follows docker-credential- in its program's name, such as ecr-login";

/** A row of one credential helper. */
const helper = (name: unknown, reason: string): Refused => [
  "registryCredentialHelpers",
  { "registry.example": name },
  reason,
  "registryCredentialHelpers.registry.example",
];

export const refused: Refused[] = [
  trusting(7, "is not a string"),
  trusting("/etc/ssl/ca.crt", "is not a certificate"),
  trusting(certificate.replace("M", "!"), "has a certificate in it that cannot be read"),
  trusting(
    `${certificate}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    "has a certificate in it that cannot be read",
  ),
  trusting(
    `${certificate}-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n`,
    "has a private key in it",
  ),
  trusting(`${certificate}${"#\n".repeat(50_000)}`, "is larger than 100 KB"),
  [
    "registryCertificates",
    { "https://registry.example": certificate },
    "'https://registry.example' has a scheme or a path; write only the registry's host, such as registry.example:5000",
  ],
  ["registryCertificates", { registry: certificate }, `'registry' ${shortName}`],
  ["registryCredentialHelpers", "ecr-login", "'ecr-login' is not an object; write one"],
  [
    "registryCredentialHelpers",
    { "ghcr.io/team": "gcr" },
    "'ghcr.io/team' has a scheme or a path; write only the registry's host, such as registry.example:5000",
  ],
  helper(7, "'7' is not a string; write one"),
  helper("", `'' ${notHelper}`),
  helper("../bin/sh", `'../bin/sh' ${notHelper}`),
  helper("ecr login", `'ecr login' ${notHelper}`),
  helper(
    "docker-credential-ecr-login",
    "'docker-credential-ecr-login' includes the prefix docker-credential-; write only the part after it, such as ecr-login",
  ),
  ["registryAuth", { ...login }, "the value is not a list; write one"],
  ["registryAuth", "s3cret", "the value is not a list; write one"],
  [
    "registryAuth",
    ["me:s3cret"],
    "the value is not an object; write one",
    "registryAuth[0],registryAuth[0].username,registryAuth[0].password",
  ],
  [
    "registryAuth",
    [{}],
    "is missing; write the user name",
    "registryAuth[0].username,registryAuth[0].password",
  ],
  row({ server: "ghcr.io" }, "server", "no such option; use address, username, password"),
  row({ address: 7 }, "address", "the value is not a string; write one"),
  row({ address: "" }, "address", `'' ${notAddress}`),
  row({ address: "ftp://ghcr.io" }, "address", `'ftp://ghcr.io' ${notAddress}`),
  row({ address: "ghcr.io:99999" }, "address", `'ghcr.io:99999' ${notAddress}`),
  row({ address: "-ghcr.io" }, "address", `'-ghcr.io' ${notAddress}`),
  row({ address: "[::1]:5000" }, "address", `'[::1]:5000' ${notAddress}`),
  row({ address: "a b.example" }, "address", `'a b.example' ${notAddress}`),
  row({ address: "https://me:s3cret@ghcr.io" }, "address", `the value ${notAddress}`),
  row({ address: "ghcr.io/team" }, "address", `'ghcr.io/team' ${hasPath}`),
  row({ address: "https://ghcr.io/v2/team" }, "address", `'https://ghcr.io/v2/team' ${hasPath}`),
  row({ address: "registry" }, "address", `'registry' ${shortName}`),
  row({ username: "" }, "username", "the value is empty; write something, or leave the option out"),
  row({ username: "me:too" }, "username", `the value ${notUser}`),
  row({ username: " me" }, "username", `the value ${notUser}`),
  row({ username: 7 }, "username", "the value is not a string; write one"),
  row(
    { password: "" },
    "password",
    "the value is empty; write the password or a token of the registry",
  ),
  row(
    { password: "s3cret\n" },
    "password",
    "the value has a line break, which docker login cuts off; write it on one line",
  ),
  row({ password: 7 }, "password", "the value is not a string; write one"),
  [
    "registryAuth",
    [
      { address: "ghcr.io", ...login },
      { address: "https://ghcr.io/", ...login },
    ],
    "is ghcr.io, like registryAuth[0].address, but docker keeps only one login for a registry; leave one of the two out",
    "registryAuth[1].address",
  ],
  [
    "registryAuth",
    [login, { address: "index.docker.io", ...login }],
    "is docker.io, like registryAuth[0].address, but docker keeps only one login for a registry; leave one of the two out",
    "registryAuth[1].address",
  ],
];

export const accepted: Accepted[] = [
  ["registryCertificates", { "10.0.0.1:5000": `# two\n${certificate}\n\n${certificate.trim()}` }],
  ["registryCredentialHelpers", { "docker.io": "pass", "registry.example:5000": "Acr.env_1" }],
  ["registryAuth", []],
  ["registryAuth", [login]],
  ["registryAuth", [{ address: null, ...login }]],
  ["registryAuth", [{ address: "Registry-1.Example:443", ...login, password: ' : $(id) " ü' }]],
];

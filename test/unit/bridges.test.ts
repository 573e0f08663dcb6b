import { readSettings } from "../../src/steps/settings";
import { renderDocument } from "../../src/steps/document";
import { documentsOfSettings } from "../support/documents";

const opts = (mtu: number) => `{"com.docker.network.driver.mtu":"${mtu}"}`;
const own = { bridge: { "com.docker.network.driver.mtu": "9000" } };
const variable = (name: string) => `DOCKERD_ROOTLESS_ROOTLESSKIT_${name}`;

interface Row {
  args: object;
  /** What is marked as a secret. Defaults to nothing. */
  secret?: string;
  /** As the document of the step daemon has it; undefined where it has none. */
  mtu?: string;
  bridge?: string;
}

// Bridges have RootlessKit's MTU, unless the user says otherwise.
test.each<Row>([
  { args: {}, mtu: "65520", bridge: opts(65_520) },
  { args: { network: { driver: "pasta" } }, mtu: "65520", bridge: opts(65_520) },
  { args: { network: { mtu: 1400 } }, mtu: "1400", bridge: opts(1400) },
  { args: { daemon: { mtu: 9000 } }, mtu: "9000", bridge: opts(9000) },
  { args: { daemon: { mtu: 9000 }, network: { mtu: 1400 } }, mtu: "9000", bridge: opts(9000) },
  { args: { daemon: { mtu: 0 } }, mtu: "0" },
  { args: { daemon: { mtu: 9000 } }, secret: "daemon.mtu" },
  { args: { daemon: { "default-network-opts": own } }, mtu: "65520" },
  {
    args: { daemon: { "default-network-opts": own } },
    secret: "daemon.default-network-opts",
    mtu: "65520",
  },
  ...["MTU", "NET"].map((name) => ({ args: { environment: { [variable(name)]: "1500" } } })),
  { args: { environment: { [variable("MTU")]: "1500" } }, secret: "environment" },
  { args: { environment: { [variable("FLAGS")]: "--debug --mtu=1500" } } },
  {
    args: { environment: { [variable("FLAGS")]: "--debug" } },
    mtu: "65520",
    bridge: opts(65_520),
  },
  {
    args: { environment: { [variable("MTU")]: "1500" }, daemon: { mtu: 1400 } },
    mtu: "1400",
    bridge: opts(1400),
  },
])("$args, secret $secret", ({ args, secret, mtu, bridge }) => {
  const all = { connection: { host: "h" }, ...args };
  const { settings, problems } = readSettings(all, secret === undefined ? [] : [secret]);
  expect(problems).toEqual([]);
  const lines = renderDocument(documentsOfSettings(settings, "project/stack/web").daemon).split(
    "\n",
  );
  const valueOf = (key: string) =>
    lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2);
  expect({
    mtu: valueOf("daemon.json/mtu"),
    bridge: valueOf("default-network-opts.bridge"),
  }).toEqual({ mtu, bridge });
});

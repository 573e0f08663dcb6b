import fc from "fast-check";
import { renderDocument } from "../../../src/steps/document";
import { destroyAllHosts } from "../../../testbed/hosts";
import { asAccount, bootHost } from "../../../testkit/host";
import type { StepArgs } from "../../../testkit/documents";
import { Installation } from "../../../testkit/installation";
import { problemsOf } from "../../../testkit/arguments";
import { nearlyRight } from "../../../testkit/fuzz/inputs";
import { environmentIn, ReadingHost } from "./readingHost";
import { text } from "../../../testkit/fuzz/values";

// The files on the host, as those programs understand them that read them there.

afterAll(destroyAllHosts);

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const connection = { host: "machine.example" };

let host: ReadingHost;
let app: Installation;
const plain: StepArgs = { account: { name: "app" } };

beforeAll(async () => {
  const booted = await bootHost();
  host = new ReadingHost(booted);
  app = new Installation(booted, "a1");
  await app.applyAll(plain);
});

/** Some of a generator's values that the package takes, each put into arguments. */
function taken<T>(values: fc.Arbitrary<T>, count: number, args: (value: T) => object): T[] {
  const all = fc.sample(values, { seed, numRuns: count * 3 });
  const right = all.filter((value) => problemsOf({ connection, ...args(value) }).length === 0);
  expect(right.length).toBeGreaterThan(count);
  return right.slice(0, count);
}

describe(`FUZZ_SEED=${seed}`, () => {
  test("dockerd: labels of daemon.json, and its environment", async () => {
    const labels = taken(
      fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), text),
      300,
      ([name, value]) => ({ daemon: { labels: [`${name}=${value}`] } }),
    ).map(([name, value], index) => `${name}${index}=${value}`);
    const values = taken(text, 1000, (value) => ({ environment: { A: value } }));
    const environment = Object.fromEntries(values.map((value, index) => [`A${index}`, value]));
    await app.apply("daemon", { ...plain, daemon: { labels }, environment });
    const info = await asAccount(host.host, "app", "docker info --format '{{json .Labels}}'");
    // dockerd keeps them in a map.
    expect((JSON.parse(info) as string[]).sort()).toEqual(labels.sort());
    await host.host.run("cat /proc/$(pgrep -u app -o dockerd)/environ >/srv/environ");
    const got = environmentIn(host.bytes("srv/environ"));
    for (const [name, value] of Object.entries(environment))
      expect(got.get(name)?.toString()).toBe(value);
  });

  test("sshd: authorized_keys has the lines, and none of them spoils another's login", async () => {
    const generated = nearlyRight["account.authorizedKeys"] as fc.Arbitrary<string[]>;
    const keys = taken(generated, 60, (authorizedKeys) => ({ account: { authorizedKeys } })).flat();
    const user = (await host.host.run("cat /root/.ssh/authorized_keys")).trim().split("\n")[0];
    await app.apply("account", { account: { name: "app", authorizedKeys: [...keys, user] } });
    const lines = new Set([...keys.map((key) => key.trim()), user]);
    expect(host.bytes("home/app/.ssh/authorized_keys").toString()).toBe([...lines, ""].join("\n"));
    expect((await host.host.ssh("id -un", { user: "app" })).stdout).toBe("app\n");
    await app.apply("account", plain);
  });

  test("modprobe: options have the values", async () => {
    const options = taken(nearlyRight.kernelModuleOptions, 60, (kernelModuleOptions) => ({
      kernelModuleOptions,
    })) as Record<string, string>[];
    const wanted = Object.assign({}, ...options) as Record<string, string>;
    // As on a kernel that has all these modules, none of them loaded: this one is the machine's own.
    const code = Object.entries(wanted).map(
      ([name, value]) => `want_module_option ${name} '${value}'`,
    );
    await host.run(
      `module_has_parameter() { :; }\noption_taken() { :; }\nmoduleoption_save() { :; }\n${code.join("\n")}`,
    );
    const lines = (await host.host.run("modprobe --showconfig")).split("\n");
    for (const [name, value] of Object.entries(wanted)) {
      const [module, parameter] = name.split(".");
      expect(lines).toContain(`options ${module.replaceAll("-", "_")} ${parameter}=${value}`);
    }
  });

  test("systemd-sysctl: a setting has the value again after a boot", async () => {
    // The only setting of a container's own that takes any text.
    const name = "kernel.domainname";
    const values = taken(
      (nearlyRight.sysctls as fc.Arbitrary<Record<string, string>>).map(
        (all) => Object.values(all)[0] ?? "x",
      ),
      150,
      (value) => ({ sysctls: { [name]: value } }),
    ).filter((value) => Buffer.byteLength(value) <= 64);
    await host.read(values.map((value) => renderDocument({ [name]: value })));
    await host.run(`
      for directory in /srv/hostile/*; do
        want_nothing_yet
        want_sysctl ${name} "$(cat $directory/doc/text/${name})"
        cat /proc/sys/kernel/domainname >$directory/now
        echo other >/proc/sys/kernel/domainname
        /usr/lib/systemd/systemd-sysctl /etc/sysctl.d/99-zz-rootless-docker-${name}.conf
        cat /proc/sys/kernel/domainname >$directory/booted
      done`);
    values.forEach((value, index) => {
      for (const when of ["now", "booted"])
        expect(host.bytes(`srv/hostile/${index}/${when}`).toString()).toBe(`${value}\n`);
    });
  });
});

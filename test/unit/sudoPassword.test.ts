import * as pulumi from "@pulumi/pulumi";
import { PrivilegeEscalation } from "../../index";
import { textOf } from "../../src/changes/hooks";
import { Inputs } from "../../src/inputs";
import { withoutPassword, withPassword } from "../../src/ssh/sudoPassword";
import { stepNames } from "../../src/steps";
import { create, modes, usual } from "./component/create";
import { inSecret, shown, step, unknown } from "./mocks";

// `connection.sudoPassword`: where it goes, and how the rest is told from it. On a host it is in test/scenario.
const password = "key: '$(id)\" # SECRET";
const connection = {
  host: "machine.example",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
  user: "admin",
};

test.each(["", "a: 1\nb: 2\n", "# core/frame.sh 0000\n"])(
  "what stands behind the password comes back: %j",
  (text) => {
    for (const isSecret of [true, false]) {
      const stdin = withPassword(password, { text, isSecret });
      expect(stdin.split("\n")[0]).toBe(password);
      expect(withoutPassword(stdin, true)).toEqual({ text, isSecret });
      expect(withoutPassword(text, isSecret)).toEqual({ text, isSecret });
      expect(withPassword(undefined, { text, isSecret })).toBe(text);
    }
  },
);

test("what hooks compare is the document, as secret as it is by itself", async () => {
  const given = (isSecret: boolean) =>
    textOf(pulumi.secret(withPassword(password, { text: "a: 1\n", isSecret })));
  expect(await given(false)).toEqual({ text: "a: 1\n", isSecret: false });
  expect(await given(true)).toEqual({ text: "a: 1\n", isSecret: true });
  expect(await textOf(pulumi.secret("a: 1\n"))).toEqual({ text: "a: 1\n", isSecret: true });
});

test.each([PrivilegeEscalation.Doas, PrivilegeEscalation.None])(
  "%s does not use sudo",
  (escalation) => {
    const given = { ...connection, sudoPassword: password, privilegeEscalation: escalation };
    const make = () => new Inputs({ connection: given });
    expect(make).toThrow(
      `connection.privilegeEscalation: '${escalation}' does not use sudo, but connection.sudoPassword requires it; leave one of the two out`,
    );
    expect(make).not.toThrow(/SECRET/);
  },
);

const ways: [string, pulumi.Input<string>][] = [
  ["plain", password],
  ["a secret", pulumi.secret(password)],
  ["a promise", Promise.resolve(password)],
];

describe.each(modes)("in $mode", ({ preview }) => {
  test.each(ways)("%s: on stdin of all that becomes root, and nowhere else", async (_name, way) => {
    const keys = [pulumi.secret("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA= me")];
    const args = { ...usual, account: { name: "app", authorizedKeys: keys } };
    const outcome = await create(
      { ...args, connection: { ...connection, sudoPassword: way } },
      preview,
    );
    for (const name of ["agent", ...stepNames]) {
      const { stdin } = step(outcome, name).inputs;
      const [first, second] = String(inSecret(stdin)).split("\n");
      expect(first).toBe(password);
      const isSecret = name === "machine";
      expect([name, second]).toEqual([
        name,
        `# The line above is for sudo.${isSecret ? " The rest is a secret, too." : ""}`,
      ]);
    }
    const { stdin, ...copy } = step(outcome, "copy").inputs;
    expect(stdin).toBeUndefined();
    expect(JSON.stringify(copy)).not.toContain("SECRET");
    const seen = shown([outcome.registrations, outcome.outputs, outcome.warnings]);
    expect(JSON.stringify(seen)).not.toContain("SECRET");
    // Beside stdin it is in the component's own connection.
    const others = outcome.registrations
      .filter(({ parent }) => parent !== undefined)
      .map(({ inputs }) => ({ ...inputs, stdin: undefined }));
    expect(JSON.stringify(others)).not.toContain("SECRET");
    if (preview) return;
    // The commands can be read, and say that there is a line more.
    const daemon = step(outcome, "daemon").inputs;
    for (const text of [daemon.create, daemon.update, daemon.delete])
      expect(text).toMatch(/ daemon \$i password [0-9a-f]{12}(; })?'$/);
    expect(step(outcome, "agent").inputs.delete).toMatch(/ revert agent \$i password; }'$/);
  });

  test("one that is not known yet makes what is on stdin unknown, as a known one makes it secret", async () => {
    const sudoPassword = preview ? unknown<string>() : pulumi.secret(password);
    const outcome = await create(
      { ...usual, connection: { ...connection, sudoPassword } },
      preview,
    );
    const { stdin } = step(outcome, "machine").inputs;
    if (preview) expect(shown(stdin)).toBe("[unknown]");
    else expect(String(inSecret(stdin))).toContain("apparmor-profile");
  });

  test.each([["whole", pulumi.output(connection)]])(
    "a connection without one that is known late: %s",
    async (_name, given) => {
      const outcome = await create({ ...usual, connection: given }, preview);
      expect(step(outcome, "machine").inputs.stdin).toMatch(/^# core [0-9a-f]{8}\n/);
      expect(step(outcome, "agent").inputs).not.toHaveProperty("stdin");
    },
  );
});

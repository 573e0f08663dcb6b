import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const path = join(__dirname, "../../src/host/resources/namedPrograms.sh");
const [namedPrograms = ""] =
  /^named_programs\(\) \{\n[^]*?^\}\n/m.exec(readFileSync(path, "utf8")) ?? [];

// As packages_of_named_programs writes it, where /usr is merged and iptables is an alternative.
const known = [
  ...["bin", "sbin"].flatMap((name) => [
    `is\t/${name}\t/usr/${name}`,
    `is\t/usr/${name}\t/usr/${name}`,
  ]),
  "leads\t/usr/sbin/iptables-restore\t/etc/alternatives/iptables-restore",
  "leads\t/etc/alternatives/iptables-restore\t/usr/sbin/iptables-nft",
  "has\tiptables\t/usr/sbin/iptables-nft",
  "has\tdocker-cli\t/usr/bin/docker",
  "own\tapp",
];

let work: string;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "programs-"));
  writeFileSync(join(work, "programs-of-packages"), known.join("\n") + "\n");
});
afterAll(() => rmSync(work, { recursive: true }));

const docker = "docker-cli";
const shell = "#!/bin/sh\n";

test.each([
  [
    "/etc/network/interfaces",
    "iface e inet dhcp\n  pre-up iptables-restore </etc/rules",
    "iptables",
  ],
  ["/etc/network/if-up.d/rules", `${shell}iptables-restore </etc/rules`, "iptables"],
  ["/etc/wireguard/wg0.conf", "PostUp = iptables-restore -n /etc/rules", "iptables"],
  ["/etc/udev/rules.d/1.rules", 'RUN+="/sbin/iptables-restore /etc/rules"', "iptables"],
  ["/etc/systemd/system/rules.service", "ExecStart=-iptables-restore /etc/rules", "iptables"],
  ["/etc/init.d/site", `${shell}case $1 in\nstart) docker ps ;;\nesac`, docker],
  ["/etc/cron.daily/site", `${shell}[ -e /x ] && docker ps`, docker],
  ["/etc/cron.d/site", "0 3 * * * root docker ps", docker],
  ["/etc/anacrontab", "1 5 site docker system prune", docker],
  ["/usr/local/bin/site", `${shell}out=$(docker ps)`, docker],
  ["/var/spool/cron/crontabs/bob", "@daily docker ps", docker],
  // Goes with the account.
  ["/var/spool/cron/crontabs/app", "@daily docker ps", ""],
  ["/etc/hosts", "192.0.2.1 docker docker.example", ""],
  ["/etc/hostname", "docker", ""],
  ["/etc/samba/smb.conf", "[docker]\npath = /srv", ""],
  ["/etc/prometheus.yml", "- job_name: docker\n  backend = docker", ""],
  ["/etc/systemd/system/site.service", "Description=docker\nAfter=docker.service", ""],
  ["/etc/profile.d/site.sh", `${shell}# docker ps\nif command -v docker; then echo docker; fi`, ""],
])("%s: %j names %j", (file, text, name) => {
  const lines = text.split("\n").map((line) => `${file}\0${line}\n`);
  const found = execFileSync("sh", ["-c", `${namedPrograms} named_programs`], {
    input: [...lines, "end\n"].join(""),
    env: { ...process.env, WORK: work },
  }).toString();
  expect(found.split("\n").flatMap((line) => /^has\t([^\t]*)/.exec(line)?.[1] ?? [])).toEqual(
    name ? [name] : [],
  );
});

test("scripts are those that a unit or root's cron names, and what was not read to its end is late", () => {
  const input = ["crontabs/root\0@daily /opt/roots", "crontabs/bob\0@daily /opt/bobs"]
    .map((line) => `/var/spool/cron/${line}\n`)
    .join("");
  const found = execFileSync("sh", ["-c", `${namedPrograms} named_programs`], {
    input,
    env: { ...process.env, WORK: work },
  }).toString();
  expect(found).toBe("script\t/opt/roots\nlate\n");
});

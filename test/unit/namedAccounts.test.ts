import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const path = join(__dirname, "../../src/host/resources/namedAccounts.sh");
const [pattern = ""] =
  /^setting_that_names\(\) \{\n[^]*?^\}\n/m.exec(readFileSync(path, "utf8")) ?? [];

/** Those of the lines that the shell takes for a setting or a command of the account app, of uid 1001. */
function naming(lines: string[]): string[] {
  const script = `${pattern} grep -iE -e "$(setting_that_names app 1001)" || true`;
  const found = execFileSync("sh", ["-c", script], { input: lines.join("\n") }).toString();
  return found.split("\n").slice(0, -1);
}

const settings = [
  "tmpfs /srv/media tmpfs mode=0700,uid=app 0 0",
  "/dev/sdb1 /srv/usb vfat noauto,uid=1001,mode=0700 0 0",
  "Options=X-mount.owner=app",
  "/srv *(rw,all_squash,anonuid=1001)",
  "user=app",
  "  uid = app",
  "force user = app",
  "valid users = bob, app",
  "valid users = @app",
  "export APACHE_RUN_USER=app",
  "relay unix - n n - - pipe flags=Rq user=app argv=/bin/true",
  "user www-data app;",
  "Group app",
  '"user": "app",',
  "owner: 'app'",
  "0 3 * * * root su - app -c true",
  "0 3 * * * root runuser -u app -- true",
  "sudo -n -u app true",
  "--user app",
  "start-stop-daemon --start --chuid app:app --exec /bin/true",
  "setpriv --reuid=app --regid app true",
  "chown -R root:app /run/shop",
  "RUN_AS_USER=app",
  "runas: app",
  "run_user app;",
  "become_user: app",
  "exec chpst -u app:app /usr/local/bin/shop",
  "exec s6-setuidgid app /usr/local/bin/shop",
  "install -d -o app -g adm /run/shop",
  "setfacl -m u:app:rx /srv/shop",
  "chroot --userspec=app:app /srv/shop /bin/true",
  'meta skuid "app" ip daddr 10.0.0.0/8 drop',
  "meta skuid != { root, app } drop",
  "meta skgid 1001 accept",
  "$FileOwner app",
  'file("/var/log/shop" owner("app"));',
  'action(type="omfile" fileOwner="app")',
  "mail_uid = app",
  "guest account = app",
];

const words = [
  "# user = app",
  "; user=app",
  "DB_USER=app",
  "DATABASE_USER: app",
  "AllowUsers app",
  "user = apple",
  "user = my-app",
  "user=app.example.com",
  "uid=10011",
  "app: user",
  "upstream app {",
  "The users like the app",
  "install -m 644 app /srv",
  "run app",
];

test("lines that say the account, and those where its name is a word", () => {
  expect(naming([...words, ...settings])).toEqual(settings);
});

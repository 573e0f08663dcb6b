import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { give } from "../../testkit/accountOnly";
import type { StepArgs } from "../../testkit/documents";
import { cutAt } from "../../testkit/cut";
import { bootHost } from "../../testkit/host";
import { root } from "./administrator/life";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

// Whose an account is that has a recorded one's name, uid or home: after the hand of an administrator, and
// after a run that was cut.
let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run("touch /etc/subuid /etc/subgid");
});

/**
 * What is done with one installation, in order: "up", "destroy" or "destroy with data", whether they succeed or
 * not; an `up` with other arguments; else lines for root's shell.
 */
type Act = string | { up: StepArgs };

interface Row {
  name: string;
  /** The account. Defaults to app. */
  account?: string;
  wishes?: StepArgs;
  acts: Act[];
  /** As root: fails where something of theirs is gone, or given away. */
  holds: string;
  /** What the runs say. */
  said?: RegExp;
}

const key = "ssh-ed25519 AAAAC3Nz a";
const keys = { authorizedKeys: [key] };
const precious = (home: string) =>
  `echo precious >${home}/precious; chmod 600 ${home}/precious; chown --reference=${home} ${home}/precious`;
const plain = "-K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0";

const uncut = "rm /usr/local/sbin/*";

/** What is known of an account, and its home, are not there: a directory service and NFS are down. */
const away = `for f in passwd group shadow gshadow; do cp -p /etc/$f /root/$f; sed -i /^app:/d /etc/$f; done; mv /home/app /home/.away`;
const backAgain =
  "for f in passwd group shadow gshadow; do cp -p /root/$f /etc/$f; done; rm -rf /home/app; mv /home/.away /home/app";
const noSuch =
  /account app: found no such account, which was there before the first up \(uid 2303, home \/home\/app\)[^]*'touch \/var\/lib\/rootless-docker\/things\/account\/app\/baseline\/another'/;

/** A program of the account's service manager, which writes a file when it is ended. */
const savesWhenEnded = `systemctl start user@$(id -u app).service
  runuser -u app -- env XDG_RUNTIME_DIR=/run/user/$(id -u app) systemd-run --user -q \\
    sh -c 'trap "echo precious >/home/app/precious; exit" TERM; touch /run/user/$(id -u)/up; sleep 1000 & wait'
  until [ -e /run/user/$(id -u app)/up ]; do sleep 0.1; done`;

const rows: Row[] = [
  {
    name: "of two accounts of one installation, each is asked for itself: files of the first keep the first",
    wishes: { account: { name: "app", ...keys } },
    acts: [
      "up",
      `${precious("/home/app")}; chmod 000 /home/app/.ssh/authorized_keys`,
      { up: { account: { name: "second", ...keys } } },
      "chmod 600 /home/app/.ssh/authorized_keys",
      "destroy",
    ],
    holds: "id app; cat /home/app/precious; none id second; none ls /home/second",
    said: /account app stays[^]*precious/,
  },
  ...(["up", "true"] as const).map((then) => ({
    name: `made by somebody who was faster than useradd, then ${then === "up" ? "an up and " : ""}a destroy`,
    acts: [
      `printf '#!/bin/sh\\n/usr/sbin/useradd -m ${plain} app\\nexec /usr/sbin/useradd "$@"\\n' >/usr/local/sbin/useradd
      chmod 755 /usr/local/sbin/useradd`,
      "up",
      uncut,
      then,
      "destroy with data",
    ],
    holds: "id app; ls -d /home/app/.bashrc",
  })),
  ...(["before", "after"] as const).map((when) => ({
    name: `made by somebody where useradd was killed ${when} its work`,
    acts: [
      cutAt("useradd", " app", when),
      "up",
      `${uncut}; userdel -r app 2>/dev/null || true; useradd -m ${plain} app; ${precious("/home/app")}`,
      "up",
      "destroy with data",
    ],
    holds: "id app; cat /home/app/precious",
  })),
  {
    name: "the same without a password's entry: it is not half of ours",
    acts: [
      cutAt("useradd", " app"),
      "up",
      `${uncut}; echo 'app:*:1500:100:theirs:/home/app:/bin/sh' >>/etc/passwd; install -d -o app -g 100 /home/app`,
      "up",
      "destroy with data",
    ],
    holds: "id app; ls -d /home/app; pwconv",
  },
  {
    name: "made anew without a home after a userdel that failed",
    acts: [
      "up",
      "setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo $! >/etc/passwd.lock",
      "destroy",
      `kill $(cat /etc/passwd.lock); rm /etc/passwd.lock; userdel app; useradd -M -s /bin/bash ${plain} app; usermod -aG sudo app`,
      "destroy",
    ],
    holds: "id app | grep sudo",
    said: /account app is another one now than when it was recorded/,
  },
  {
    name: "made anew without a home after a destroy that was cut: what is left of the first one is root's, and named",
    acts: [
      "up",
      precious("/home/app"),
      cutAt("rm", "/.rootless-docker-leaving-app"),
      "destroy with data",
      `${uncut}; userdel app; useradd -M -c theirs ${plain} app`,
      "destroy with data",
    ],
    holds:
      'id app; [ "$(stat -c %u:%a /home/.rootless-docker-leaving-app)" = 0:700 ]; rm -r /home/.rootless-docker-leaving-app',
    said: /leaving-app stays/,
  },
  {
    name: "another one with another uid: the first one's range is nobody else's",
    acts: [
      "up",
      `sed -n 's/^app:\\([0-9]*\\):.*/\\1/p' /etc/subuid >/root/first; loginctl disable-linger app
      systemctl stop user@$(id -u app).service; userdel -rf app 2>/dev/null || true; : >/etc/subuid; : >/etc/subgid; useradd -m -u 2202 ${plain} app`,
      "up",
      "sed -n 's/^app:\\([0-9]*\\):.*/\\1/p' /etc/subuid >/root/second",
      "destroy",
    ],
    holds: "grep -q . /root/first /root/second; none cmp -s /root/first /root/second; id app",
  },
  {
    name: "renamed, and its name given to another one: linger and line of the first one are not the other's",
    acts: [
      "up",
      `loginctl disable-linger app; systemctl stop user@$(id -u app).service; usermod -l first app; groupmod -n first app
      useradd -m ${plain} app; loginctl enable-linger app; ${precious("/home/app")}`,
      "destroy with data",
    ],
    holds: "id first; id app; ls /var/lib/systemd/linger/app; loginctl disable-linger app",
    said: /account app is called first now/,
  },
  {
    name: "its line in the id files by its uid: it goes with the account",
    acts: ["up", 'sed -i "s/^app:/$(id -u app):/" /etc/subuid /etc/subgid', "destroy"],
    holds: "none id app; none grep . /etc/subuid /etc/subgid",
  },
  ...(["app", "newbie"] as const).map((login) => ({
    name: `found, removed and made anew as ${login} with the same uid and path: that one's files are its own`,
    wishes: { account: { name: "app", create: false, ...keys } },
    acts: [
      `useradd -m -d /home/app -u 2303 ${plain} app`,
      "up",
      `loginctl disable-linger app; systemctl stop user@2303.service; userdel -rf app 2>/dev/null || true
      useradd -m -d /home/app -u 2303 ${plain} ${login}; install -d -o ${login} -m 700 /home/app/.ssh
      echo '${key}' >/home/app/.ssh/authorized_keys; chown ${login} /home/app/.ssh/authorized_keys`,
      "destroy",
    ],
    holds: `grep AAAAC3Nz /home/app/.ssh/authorized_keys; id ${login}`,
    said:
      login === "app"
        ? /account app: found \/home\/app as its home, which is not the directory that was recorded/
        : /account app is gone/,
  })),
  {
    name: "made here, and called found since: it stays",
    acts: [
      "up",
      precious("/home/app"),
      { up: { account: { name: "app", create: false } } },
      "destroy with data",
    ],
    holds: "id app; cat /home/app/precious; none grep . /etc/subuid",
  },
  {
    name: "what its programs write when they are ended keeps it",
    acts: ["up", savesWhenEnded, "destroy"],
    holds: "id app; cat /home/app/precious",
    said: /account app stays[^]*precious/,
  },
  {
    name: "what they write keeps it where linger was switched off by hand, too",
    acts: ["up", `${savesWhenEnded}; rm /var/lib/systemd/linger/app`, "destroy"],
    holds: "id app; cat /home/app/precious; grep ^app: /etc/subuid",
    said: /account app stays[^]*precious/,
  },
  ...(["destroy with data", "up"] as const).map((then) => ({
    name: `given a home of root's after useradd was killed, then ${then}`,
    acts: [
      cutAt("useradd", " app", "after"),
      "up",
      `${uncut}; mkdir -p /srv/app; usermod -d /srv/app app`,
      then,
      "echo report >/srv/app/file",
      "destroy with data",
    ],
    holds: "cat /srv/app/file; id app; [ $(stat -c %u /srv/app) = 0 ]",
    said: /account app stays[^]*its home is \/srv\/app now/,
  })),
  {
    name: "given an empty home of root's after its own was removed, and the destroy cut",
    acts: [
      "up",
      cutAt("userdel", "app"),
      "destroy with data",
      `${uncut}; mkdir -p /srv/app; usermod -d /srv/app app`,
      "up",
      "echo report >/srv/app/file",
      "destroy with data",
    ],
    holds: "cat /srv/app/file; id app; [ $(stat -c %u /srv/app) = 0 ]",
    said: /account app stays/,
  },
  {
    name: "a destroy that is cut after a useradd that was: nothing is left of either",
    acts: [
      cutAt("useradd", " app", "after"),
      "up",
      `${uncut}; ${cutAt("mv", " /home/app ", "after")}`,
      "destroy with data",
      uncut,
      "destroy with data",
    ],
    holds: "none id app; none ls /home/.rootless-docker-leaving-app; none ls /home/app",
    said: /account app and \/home\/app removed/,
  },
  {
    name: "renamed after useradd was killed: it stays, and is named",
    acts: [
      cutAt("useradd", " app", "after"),
      "up",
      `${uncut}; usermod -l first app`,
      "destroy with data",
    ],
    holds: "id first; ls /home/app",
    said: /account app stays[^]*its name is first now/,
  },
  {
    name: "its home copied to a new place: it is the same account, and its ids stay with it",
    acts: [
      "up",
      "systemctl stop user@$(id -u app).service; cp -a /home/app /srv/app; usermod -d /srv/app app; rm -r /home/app",
      "destroy with data",
    ],
    holds: "id app; grep ^app: /etc/subuid; ls /srv/app",
    said: /account app stays[^]*its home is \/srv\/app now/,
  },
  {
    name: "its mark copied to another one: that one is nobody's",
    acts: [
      "up",
      `loginctl disable-linger app; systemctl stop user@$(id -u app).service
      useradd -m ${plain} -u 2505 -c "$(getent passwd app | cut -d : -f 5)" newbie; ${precious("/home/newbie")}; userdel -f app`,
      "destroy with data",
    ],
    holds: "id newbie; cat /home/newbie/precious",
    said: /account app is gone/,
  },
  {
    name: "with a room and a telephone in its comment: it goes",
    acts: ["up", 'usermod -c "$(getent passwd app | cut -d : -f 5),12,," app', "destroy"],
    holds: "none id app",
    said: /account app and \/home\/app removed/,
  },
  {
    name: "found, removed and made anew, and the administrator says so: what was done for the first is settled",
    wishes: { account: { name: "app", create: false } },
    acts: [
      `useradd -m -u 2303 ${plain} app`,
      "up",
      `loginctl disable-linger app; systemctl stop user@2303.service; userdel -rf app 2>/dev/null || true
      useradd -m -u 2303 ${plain} app`,
      "destroy",
      "touch /var/lib/rootless-docker/things/account/app/baseline/another",
      "destroy",
    ],
    holds: "id app; none ls /var/lib/rootless-docker/things/account/app",
    said: /account app is another one now/,
  },
  {
    name: "found, its home copied, and the administrator says so: what was done for it is taken back",
    wishes: { account: { name: "app", create: false, ...keys } },
    acts: [
      `useradd -m -u 2303 ${plain} app`,
      "up",
      "systemctl stop user@2303.service; cp -a /home/app /srv/app; usermod -d /srv/app app; rm -r /home/app",
      "destroy",
      'stat -L -c "%i %.9W" /srv/app >/var/lib/rootless-docker/things/account/app/baseline/home-moved',
      "destroy",
    ],
    holds: "id app; none grep -r AAAAC3Nz /srv/app; none grep . /etc/subuid",
    said: /run 'stat -L -c "%i %\.9W" \/srv\/app >\/var\/lib\/rootless-docker\/things\/account\/app\/baseline\/home-moved'/,
  },
  {
    name: "found, removed and made anew without a home: its ids are its own",
    wishes: { account: { name: "app", create: false } },
    acts: [
      `useradd -m -u 2303 ${plain} app`,
      "up",
      `loginctl disable-linger app; systemctl stop user@2303.service; userdel -rf app 2>/dev/null || true
      useradd -M -u 2303 app`,
      "destroy",
    ],
    holds: "grep ^app: /etc/subuid",
    said: /run ': >\/var\/lib\/rootless-docker\/things\/account\/app\/baseline\/home'/,
  },
  {
    name: "renamed, its name given to another one, and called so in the program: an error",
    wishes: { account: { name: "app", ...keys } },
    acts: [
      "up",
      `loginctl disable-linger app; systemctl stop user@$(id -u app).service; usermod -l first app; groupmod -n first app
      useradd -m -d /home/newbie ${plain} app`,
      { up: { account: { name: "first", create: false, ...keys } } },
    ],
    holds: "grep AAAAC3Nz /home/app/.ssh/authorized_keys",
    said: /account\.name: found first to be the account that was recorded here as app/,
  },
  {
    name: "renamed, and called so in the program, too: an error, and nothing taken away",
    wishes: { account: { name: "app", ...keys } },
    acts: [
      "up",
      "loginctl disable-linger app; systemctl stop user@$(id -u app).service; usermod -l first app; groupmod -n first app",
      { up: { account: { name: "first", create: false, ...keys } } },
    ],
    holds: "grep AAAAC3Nz /home/app/.ssh/authorized_keys",
    said: /account\.name: found first to be the account that was recorded here as app/,
  },
  {
    name: "what is written while its ids go keeps it",
    acts: [
      "up",
      `cat >/usr/local/sbin/loginctl <<'PROGRAM'
#!/bin/sh
grep -q ^app: /etc/subuid || ! getent passwd app || { echo precious >/home/app/precious; chown --reference=/home/app /home/app/precious; }
exec /usr/bin/loginctl "$@"
PROGRAM
      chmod 755 /usr/local/sbin/loginctl`,
      "destroy",
    ],
    holds: "id app; cat /home/app/precious",
    said: /account app stays[^]*precious/,
  },
  {
    name: "kept, and with a daemon of its own since: it stays under Delete",
    acts: [
      "up",
      precious("/home/app"),
      "destroy",
      "mkdir -p /home/app/.local/share/systemd/user; touch /home/app/.local/share/systemd/user/docker.service; chown -R app /home/app/.local",
      "up",
      "destroy with data",
    ],
    holds:
      "id app; cat /home/app/precious; ls /home/app/.local/share/systemd/user/docker.service; grep ^app: /etc/subuid; grep ^app: /etc/subgid",
    said: /account app, which this package has made, has had a daemon of its own since: it counts as found/,
  },
  {
    name: "kept, and with a daemon of its own since, and the up that says so is cut: it stays under Delete",
    acts: [
      "up",
      precious("/home/app"),
      "destroy",
      "mkdir -p /home/app/.config/systemd/user; touch /home/app/.config/systemd/user/docker.service; chown -R app /home/app/.config",
      cutAt("mv", "/subuid/", "before"),
      "up",
      `${uncut}; rm /home/app/.config/systemd/user/docker.service`,
      "up",
      "destroy with data",
    ],
    holds: "id app; cat /home/app/precious; grep ^app: /etc/subuid; grep ^app: /etc/subgid",
  },
  ...[
    ["a file in its home", "echo theirs >/home/app/file", "cat /home/app/file"],
    [
      "a directory moved to its home",
      "rm /root/b/x; mv /root/b /home/app/b",
      "cat /home/app/b/file",
    ],
    ["a directory moved in its home", "mv /home/app/a /home/app/b", "cat /home/app/b/file"],
    [
      "a temporary file",
      "install -o app /root/b/file /var/tmp/theirs",
      "cat /var/tmp/theirs; rm /var/tmp/theirs",
    ],
    [
      "a crontab",
      "mkdir -p /var/spool/cron/crontabs; touch -d 2020-01-01 /root/b/file; install -p -o app -m 600 /root/b/file /var/spool/cron/crontabs/app",
      "cat /var/spool/cron/crontabs/app; rm -r /var/spool/cron/crontabs",
    ],
  ].map(([what, act, holds]) => ({
    name: `kept, and used since: ${what}: it stays under Delete`,
    acts: [
      "rm -rf /root/b; mkdir /root/b; echo theirs >/root/b/file; touch /root/b/x",
      "up",
      `${precious("/home/app")}; cp -r /root/b /home/app/a`,
      "destroy",
      act,
      "up",
      "destroy with data",
    ],
    holds: `id app; cat /home/app/precious; ${holds}`,
    said: /account app, which this package has made, has been used since: it counts as found/,
  })),
  {
    name: "kept, and not used since: it goes under Delete",
    acts: ["up", precious("/home/app"), "destroy", "up", "destroy with data"],
    holds: "none id app; none ls /home/app",
  },
  {
    name: "kept, and made to linger since: it stays under Delete",
    acts: [
      "up",
      precious("/home/app"),
      "destroy",
      "loginctl enable-linger app",
      "up",
      "destroy with data",
    ],
    holds: "id app; cat /home/app/precious; ls /var/lib/systemd/linger/app",
    said: /account app, which this package has made, has lingered by itself since: it counts as found/,
  },
  {
    name: "made here, said to be there, and without its home by now: a destroy comes to its end",
    acts: ["up", { up: { account: { name: "app", create: false } } }, "rm -r /home/app", "destroy"],
    holds: "id app; none grep ^app: /etc/subuid",
  },
  {
    name: "a service of the machine that runs as it, and has shared memory: logind does not remove that",
    acts: [
      // A uid of its own: logind still ends the rows' before.
      `useradd -m -u 1234 ${plain} app
      systemd-run --quiet --unit=theirs --uid=app perl -e 'shmget(0, 4096, 01600) // die; sleep 1000'
      until ipcs -m | grep app; do sleep 0.1; done`,
      "up",
      "destroy",
    ],
    holds: "sleep 12; ipcs -m | grep app; systemctl stop theirs; ipcrm --all",
    said: /linger of app stays on: process \d+ \(\S+ in \/system\.slice\/theirs\.service\) runs with its uid, whose shared memory logind removes without it/,
  },
  {
    name: "a tree in the place of a home that was not complete: an error, and a destroy leaves it",
    acts: [
      cutAt("useradd", " app", "after"),
      "up",
      `${uncut}; rm -r /home/app; mkdir /home/app; echo precious >/home/app/precious; chown app /home/app`,
      "up",
      "destroy with data",
    ],
    holds: "cat /home/app/precious; id app",
    said: /found files in it \(precious\), before it was complete/,
  },
  {
    name: "the directory that its home was made in, made anew by somebody",
    wishes: { account: { name: "app", home: "/srv/apps/app" } },
    acts: [
      "up",
      `loginctl disable-linger app; systemctl stop user@$(id -u app).service; userdel -rf app 2>/dev/null || true
      rmdir /srv/apps; mkdir -m 2775 /srv/apps`,
      "destroy",
    ],
    holds: "[ $(stat -c %a /srv/apps) = 2775 ]; rmdir /srv/apps",
    said: /\/srv\/apps stays: it is another directory/,
  },
  {
    name: "found, with a link as its home: what was done for it is taken back",
    wishes: { account: { name: "app", create: false, ...keys } },
    acts: [
      `mkdir -p /srv/app; useradd -m -d /srv/app/home -u 2303 ${plain} app; ln -s /srv/app/home /home/app; usermod -d /home/app app`,
      "up",
      "destroy",
    ],
    holds:
      "none grep -r AAAAC3Nz /srv/app; none grep . /etc/subuid; none ls /var/lib/systemd/linger/app; rm /home/app",
  },
  {
    name: "another home (usermod -d) while a removal is cut: an error, and nothing forgotten",
    acts: [
      "up",
      precious("/home/app"),
      cutAt("rm", "/.rootless-docker-leaving-app"),
      "destroy with data",
      `${uncut}; usermod -d /srv/app app`,
      "up",
    ],
    holds:
      "cat /home/.rootless-docker-leaving-app/precious; id app; userdel app; rm -r /home/.rootless-docker-leaving-app",
    said: /found it the home of app now, and not \/home\/app, which was made for it and is not complete \(what an interrupted removal has left of it is \S*leaving-app\)/,
  },
  {
    name: "another uid (usermod -u) while a removal is cut: what is left of its home is named",
    acts: [
      "up",
      precious("/home/app"),
      cutAt("rm", "/.rootless-docker-leaving-app"),
      "destroy with data",
      `${uncut}; usermod -u 2404 app`,
      "destroy with data",
    ],
    holds:
      "cat /home/.rootless-docker-leaving-app/precious; id app; rm -r /home/.rootless-docker-leaving-app",
    said: /account app stays[^]*leaving-app/,
  },
  {
    name: "found, and not there for a while: an error, no other account, and what is ours is known after it",
    wishes: { account: { name: "app", ...keys } },
    acts: [
      `useradd -m -d /home/app -u 2303 ${plain} app`,
      "up",
      away,
      "up",
      "! getent passwd app || exit 1",
      backAgain,
      "up",
      "destroy",
    ],
    holds: "id app; none grep -r AAAAC3Nz /home/app; none grep . /etc/subuid",
    said: noSuch,
  },
  {
    name: "found, and removed, and the administrator says so: made anew",
    acts: [
      `useradd -m -u 2303 ${plain} app`,
      "up",
      "loginctl disable-linger app; systemctl stop user@2303.service; userdel -rf app 2>/dev/null || true",
      "up",
      "touch /var/lib/rootless-docker/things/account/app/baseline/another",
      "up",
      "id app",
      "destroy",
    ],
    holds: "none id app; none ls /home/app; none grep . /etc/subuid",
    said: new RegExp(`${noSuch.source}[^]*account app and /home/app removed`),
  },
  {
    name: "a directory service's, which is away while a destroy runs: an error, and what is ours goes with the next",
    wishes: { account: { name: "app", ...keys } },
    acts: [
      `apt-get -qq update; apt-get -qqy install libnss-extrausers >/dev/null 2>&1; useradd -m -u 2303 ${plain} app
      for f in passwd group shadow; do grep ^app: /etc/$f >/var/lib/extrausers/$f; done
      sed -i /^app:/d /etc/passwd /etc/group /etc/shadow /etc/gshadow
      sed -i -E '/^(passwd|group|shadow):/s/files/files extrausers/' /etc/nsswitch.conf; id app`,
      "up",
      "sed -i 's/ extrausers//' /etc/nsswitch.conf; mv /home/app /home/.away",
      "destroy",
      "sed -i -E '/^(passwd|group|shadow):/s/files/files extrausers/' /etc/nsswitch.conf; mv /home/.away /home/app",
      "destroy",
      "sed -i 's/ extrausers//' /etc/nsswitch.conf",
    ],
    holds:
      "none grep -r AAAAC3Nz /home/app; none grep . /etc/subuid; none ls /var/lib/systemd/linger/app",
    said: noSuch,
  },
  {
    name: "directories exchanged between the record of a home's removal and the removal: root's stays root's",
    acts: [
      "up",
      `mkdir /home/app/mine; chown app /home/app/mine; mkdir -m 700 /home/app/roots; echo secret >/home/app/roots/file
      printf '#!/bin/sh\\ncase "$2" in *"sub seal"*) cd /home/.rootless-docker-leaving-app && mv mine x && mv roots mine && mv x roots ;; esac\\nexec /usr/bin/perl "$@"\\n' >/usr/local/sbin/perl
      chmod 755 /usr/local/sbin/perl; ${cutAt("rm", "/.rootless-docker-leaving-app")}`,
      "destroy with data",
      uncut,
      "up",
    ],
    holds:
      '[ "$(stat -c %U:%a /home/app/mine)" = root:700 ]; [ "$(stat -c %U:%a /home/app/roots)" = app:755 ]',
  },
];

test.each(rows)("$name", async ({ wishes, acts, holds, said }) => {
  await host.run(`rm -rf /var/lib/rootless-docker /srv/app; : >/etc/subuid; : >/etc/subgid
    rm -f /usr/local/sbin/*
    for name in app second first newbie; do ! id $name >/dev/null 2>&1 || { loginctl disable-linger $name
      systemctl stop user@$(id -u $name).service; userdel -rf $name 2>/dev/null || true; }; done
    for name in app second first newbie; do groupdel $name 2>/dev/null || true; done
    rm -rf /home/app /home/second /home/newbie`);
  const { installation, all } = await give(host, "app", wishes);
  const heard: string[] = [];
  for (const act of acts) {
    if (act === "up" || typeof act === "object") {
      const given = { ...all, ...(typeof act === "object" ? act.up : {}) };
      const preflight = await installation.tryApply("preflight", given);
      const done =
        preflight.exitCode === 0 ? await installation.tryApply("account", given) : preflight;
      heard.push(...done.said);
    } else if (act === "destroy" || act === "destroy with data") {
      const word = act === "destroy" ? "keep" : "delete";
      await host.run(
        `echo ${word} >/var/lib/rootless-docker/leases/${installation.lease}/on-destroy-data`,
      );
      heard.push(...(await installation.tryRevert("account", all)).said);
    } else {
      await root(host, act);
    }
  }
  if (said) expect(heard.join("\n")).toMatch(said);
  await root(host, `none() { if "$@"; then exit 1; fi; }\n${holds}`);
});

test.each([
  { made: "was there before", create: false },
  { made: "was made here", create: true },
])(
  "a destroy over a login of the account's, which $made, does not shut itself out",
  async ({ create }) => {
    await host.run(`rm -rf /var/lib/rootless-docker; : >/etc/subuid; : >/etc/subgid
    ! id app >/dev/null 2>&1 || { loginctl disable-linger app; systemctl stop user@$(id -u app); userdel -rf app 2>/dev/null; }
    ${create ? "" : `useradd -m ${plain} app`}
    echo '%wheelers ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/wheelers; groupadd -f wheelers`);
    const key = (await host.run("cut -d' ' -f 1,2 /root/.ssh/authorized_keys | head -n 1")).trim();
    const other = `${key.slice(0, -4)}AAAA`;
    const { installation, all } = await give(host, "app", {
      account: { name: "app", create, authorizedKeys: [key, other] },
      onDestroy: { data: "Delete" },
    });
    for (const step of ["preflight", "account"] as const) await installation.apply(step, all);
    await host.run(`usermod -aG wheelers app
    echo delete >/var/lib/rootless-docker/leases/${installation.lease}/on-destroy-data`);
    const itself = new Installation(host, installation.lease, "app", installation.created);
    const fewer = { ...all, account: { name: "app", create, authorizedKeys: [key] } };
    if (!create) {
      await itself.apply("account", fewer);
      expect(await host.run("cat /home/app/.ssh/authorized_keys")).toBe(`${key}\n`);
    }
    const { said } = await itself.revert("account", fewer);
    expect(said.join("\n")).toContain("a key stays, since this run has logged in as app");
    if (create)
      expect(said.join("\n")).toContain(
        "account app stays, with its subordinate ids: this run has logged in as it: connect as another user",
      );
    const without = { ...all, account: { name: "app", create } };
    if (!create) {
      for (const step of ["preflight", "account"] as const) await itself.apply(step, without);
      expect(await host.run("cat /home/app/.ssh/authorized_keys")).toBe(`${key}\n`);
    }
    await host.run("rm /etc/sudoers.d/wheelers; groupdel wheelers; id app");
    await installation.revert("account", without);
    await installation.revertAgent();
  },
);

import type { Life, Row } from "./life";

// Lives that need no packages: accounts, their ids and keys, and the kernel's settings.

const steps: Life["steps"] = ["account"];

/** One account for each row: most of them leave nothing else to look at. */
function account(name: string, row: Omit<Row, "name">, wishes: Life["wishes"] = {}): Life {
  const user = `a${(accounts += 1)}`;
  const own = (text: string) => text.replaceAll("ACCOUNT", user);
  return {
    name: "an account that was made",
    steps,
    wishes: {
      owner: `project/dev/${user}`,
      resourceControllers: [],
      onDestroy: { data: "Delete" },
      ...wishes,
      account: { name: user, ...wishes.account },
    },
    rows: [
      {
        ...row,
        name,
        before: own(row.before ?? "true"),
        change: own(row.change),
        after: own(row.after),
        said: row.said === undefined ? undefined : new RegExp(own(row.said.source)),
      },
    ],
  };
}

let accounts = 0;

const stays = "id ACCOUNT; grep -q ^ACCOUNT: /etc/subuid; grep -q ^ACCOUNT: /etc/subgid";
const gone =
  "none id ACCOUNT; none grep ^ACCOUNT: /etc/subuid /etc/subgid; none ls -d /home/ACCOUNT";

const madeAccounts: Life[] = [
  account("its home is somewhere else (usermod -d): nothing there is removed", {
    change:
      "mkdir -p /srv/ACCOUNT; echo precious >/srv/ACCOUNT/file; usermod -d /srv/ACCOUNT ACCOUNT",
    after: `grep precious /srv/ACCOUNT/file; ls -d /home/ACCOUNT; ${stays}`,
    said: /account ACCOUNT stays, with its subordinate ids: its home is \/srv\/ACCOUNT now, and not \/home\/ACCOUNT/,
  }),
  account("removed and made again with the same uid: another one's account and home", {
    change:
      "uid=$(id -u ACCOUNT); userdel -rf ACCOUNT 2>/dev/null; useradd -m -u $uid ACCOUNT; echo precious >/home/ACCOUNT/file",
    after: `grep precious /home/ACCOUNT/file; ${stays}`,
    said: /account ACCOUNT is another one now|account ACCOUNT stays/,
  }),
  account("its home moved, a link in its place: home, account and ids stay", {
    change:
      "mkdir -p /data; mv /home/ACCOUNT /data/ACCOUNT; ln -s /data/ACCOUNT /home/ACCOUNT; echo precious >/data/ACCOUNT/file; chown 100005 /data/ACCOUNT/file",
    after: `grep precious /data/ACCOUNT/file; [ -h /home/ACCOUNT ]; ${stays}`,
    said: /account ACCOUNT stays, with its subordinate ids: \/home\/ACCOUNT is a link now \(to \/data\/ACCOUNT\)/,
  }),
  account("its home moved, nothing in its place", {
    change: "mv /home/ACCOUNT /srv/moved-ACCOUNT; echo precious >/srv/moved-ACCOUNT/file",
    after: `grep precious /srv/moved-ACCOUNT/file; ${stays}`,
    said: /account ACCOUNT stays, with its subordinate ids: \/home\/ACCOUNT is gone, or somewhere else/,
  }),
  account("another directory in its home's place", {
    change:
      "mv /home/ACCOUNT /srv/old-ACCOUNT; mkdir /home/ACCOUNT; echo precious >/home/ACCOUNT/file",
    after: `grep precious /home/ACCOUNT/file; ls -d /srv/old-ACCOUNT; ${stays}`,
    said: /account ACCOUNT/,
  }),
  account("another uid (usermod -u)", {
    change: "usermod -u 4711 ACCOUNT; echo precious >/home/ACCOUNT/file",
    after: `grep precious /home/ACCOUNT/file; ${stays}`,
    said: /account ACCOUNT is another one now|account ACCOUNT stays/,
  }),
  account("another group (usermod -g)", {
    change: "usermod -g staff ACCOUNT; echo precious >/home/ACCOUNT/file",
    after: `grep precious /home/ACCOUNT/file; ${stays}`,
    said: /account ACCOUNT stays, with its subordinate ids: its ids are \d+:50 now/,
  }),
  account(
    "another name (usermod -l): our key goes, its home and the ids of its files stay",
    {
      change: "usermod -l new-ACCOUNT ACCOUNT; echo precious >/home/ACCOUNT/file",
      after:
        "grep precious /home/ACCOUNT/file; id new-ACCOUNT; grep -q ^ACCOUNT: /etc/subuid; none ls -d /home/ACCOUNT/.ssh; ls /var/lib/rootless-docker/things/account/ACCOUNT/baseline",
      said: /account ACCOUNT is called new-ACCOUNT now[^]*account ACCOUNT stays, with its subordinate ids: its name is new-ACCOUNT now/,
    },
    { account: { authorizedKeys: ["ssh-ed25519 AAAAC3Nz a"] } },
  ),
  account(
    "another name and another home (usermod -l -d -m): our key goes at its new place",
    {
      change:
        "usermod -l new-ACCOUNT -d /home/new-ACCOUNT -m ACCOUNT; echo precious >/home/new-ACCOUNT/file",
      after:
        "ls -A /home/new-ACCOUNT | grep -x file; none ls -d /home/new-ACCOUNT/.ssh; id new-ACCOUNT",
      said: /account ACCOUNT is called new-ACCOUNT now/,
    },
    { account: { authorizedKeys: ["ssh-ed25519 AAAAC3Nz a"] } },
  ),
  account(
    "removed but for its home (userdel): our key is named, and the uid's next holder",
    {
      change: "uid=$(id -u ACCOUNT); userdel -f ACCOUNT; useradd -m -u $uid next-ACCOUNT",
      after:
        "ls -A /home/next-ACCOUNT/; id next-ACCOUNT; grep AAAAC3Nz /home/ACCOUNT/.ssh/authorized_keys",
      said: /\/home\/ACCOUNT\/\.ssh\/authorized_keys stays, with a key of this package's: account ACCOUNT is gone, and its uid \d+ is that of next-ACCOUNT by now, with another home/,
    },
    { account: { authorizedKeys: ["ssh-ed25519 AAAAC3Nz a"] } },
  ),
  account("another account's home in its home (useradd -d): account, home and ids stay", {
    change:
      "chmod 711 /home/ACCOUNT; useradd -m -d /home/ACCOUNT/bob bob-ACCOUNT; echo precious >/home/ACCOUNT/bob/file",
    after: `grep precious /home/ACCOUNT/bob/file; ${stays}`,
    said: /account ACCOUNT stays, with its subordinate ids: others have something below \/home\/ACCOUNT \(\/home\/ACCOUNT\/bob, the home of bob-ACCOUNT/,
  }),
  account("another one's file in its home: account, home and ids stay", {
    change:
      "mkdir /home/ACCOUNT/x; echo precious >/home/ACCOUNT/x/file; chown -h 4242 /home/ACCOUNT/x/file",
    after: `grep precious /home/ACCOUNT/x/file; ${stays}`,
    said: /account ACCOUNT stays, .*: others have something below \/home\/ACCOUNT \('x\/file of 4242'\)/,
  }),
  account("files of its containers in its home: they go with it", {
    change:
      "echo x >/home/ACCOUNT/file; chown $(($(sed -n 's/^ACCOUNT:\\([0-9]*\\):.*/\\1/p' /etc/subuid) + 65535)) /home/ACCOUNT/file; mkdir /home/ACCOUNT/roots",
    after: gone,
    said: /account ACCOUNT and \/home\/ACCOUNT removed/,
  }),
  account("another shell and groups: nothing that anybody would miss", {
    change: "usermod -s /bin/sh -aG staff ACCOUNT",
    after: gone,
    said: /account ACCOUNT and \/home\/ACCOUNT removed/,
  }),
  account("another comment, as one has that was made anew in the same home", {
    change: "usermod -c Somebody ACCOUNT",
    after: "id ACCOUNT; userdel -r ACCOUNT 2>/dev/null",
    said: /account ACCOUNT stays, with its subordinate ids: its comment field is not 'rootless-docker ACCOUNT' any more/,
  }),
  account("removed, and a group of its name made for others", {
    change:
      "userdel -rf ACCOUNT 2>/dev/null; groupadd ACCOUNT; useradd -M member-ACCOUNT; gpasswd -a member-ACCOUNT ACCOUNT",
    after: "getent group ACCOUNT | grep :member-ACCOUNT",
  }),
  account("removed, and a group of its name made for files of theirs", {
    change:
      "userdel -rf ACCOUNT 2>/dev/null || true; groupadd ACCOUNT; mkdir /srv/ACCOUNT; chgrp ACCOUNT /srv/ACCOUNT",
    after: "[ $(stat -c %G /srv/ACCOUNT) = ACCOUNT ]; groupdel ACCOUNT",
    said: /group ACCOUNT stays: it may be somebody's by now/,
  }),
  account("others in its group: the group stays theirs", {
    change: "useradd -M guest-ACCOUNT; gpasswd -a guest-ACCOUNT ACCOUNT",
    after: "none id ACCOUNT; getent group ACCOUNT | grep guest-ACCOUNT",
    said: /group ACCOUNT stays: it is a group of guest-ACCOUNT/,
  }),
  account(
    "files of its own, with Keep",
    {
      change: "echo precious >/home/ACCOUNT/file",
      after: `grep precious /home/ACCOUNT/file; ${stays}`,
      said: /account ACCOUNT stays, with its subordinate ids: with \/home\/ACCOUNT \(\S+\): it has files of its own \(file\)\. onDestroy\.data: Delete/,
    },
    { onDestroy: { data: "Keep" } },
  ),
  account("a drop-in of their own beside ours", {
    change:
      "d=/etc/systemd/system/user@$(id -u ACCOUNT).service.d; mkdir -p $d; echo '[Service]' >$d/ours-ACCOUNT.conf",
    after: "ls /etc/systemd/system/user@*.service.d/ours-ACCOUNT.conf",
  }),
  account("its group renamed (groupmod -n): named", {
    change: "groupmod -n team-ACCOUNT ACCOUNT",
    after: "getent group team-ACCOUNT; none id ACCOUNT",
    said: /group team-ACCOUNT stays: it was the group of ACCOUNT, and somebody renamed it/,
  }),
  account("a second login of its uid (useradd -o): account, home and ids stay, and its processes", {
    change:
      "useradd -o -u $(id -u ACCOUNT) -g ACCOUNT -m -d /home/alias-ACCOUNT alias-ACCOUNT; systemd-run -q --uid=alias-ACCOUNT --unit=alias-ACCOUNT sleep 1000",
    after: `systemctl stop alias-ACCOUNT; ls -d /home/ACCOUNT; id alias-ACCOUNT; ${stays}`,
    said: /account ACCOUNT stays, with its subordinate ids: alias-ACCOUNT has its uid \d+ too/,
  }),
  account("root's files of a group of theirs in its home: account, home and ids stay", {
    change:
      "groupadd team; install -d -o root -g team -m 2770 /home/ACCOUNT/share; echo precious >/home/ACCOUNT/share/file",
    after: `grep precious /home/ACCOUNT/share/file; groupdel team; ${stays}`,
    said: /account ACCOUNT stays, .*: others have something below \/home\/ACCOUNT \('share of group team'\)/,
  }),
  account("a disk below its home, in fstab and not mounted: account, home and ids stay", {
    change:
      "mkdir -p '/home/ACCOUNT/my photos'; printf '%s\\n' '/var/disk-ACCOUNT /home//ACCOUNT/my\\040photos/ none bind,noauto 0 0' >>/etc/fstab",
    after: `sed -i '/disk-ACCOUNT/d' /etc/fstab; ls -d '/home/ACCOUNT/my photos'; ${stays}`,
    said: /account ACCOUNT stays, with its subordinate ids: nothing is mounted at '\/home\/ACCOUNT\/my photos', .*\/etc\/fstab/,
  }),
  account(
    "a disk below the home of an account that was there, by a unit, and not mounted: ids stay",
    {
      before: "useradd -m ACCOUNT; sed -i /^ACCOUNT:/d /etc/subuid /etc/subgid",
      change:
        "mkdir /home/ACCOUNT/photos; printf '[Mount]\\nWhat=/var/disk\\nWhere=/home/ACCOUNT/photos\\nType=none\\nOptions=bind\\n' >/etc/systemd/system/home-ACCOUNT-photos.mount",
      after: `rm /etc/systemd/system/home-ACCOUNT-photos.mount; ${stays}`,
      said: /subordinate uids \d+:65536 stay with account ACCOUNT: nothing is mounted at \/home\/ACCOUNT\/photos/,
    },
  ),
  account(
    "a home below directories that were not there: they go with it",
    { change: "true", after: "none id ACCOUNT; none ls -d /srv/deep" },
    { account: { home: "/srv/deep/er/home" } },
  ),
  account(
    "and one of theirs in them: it stays, and what leads to it",
    {
      change: "echo precious >/srv/deep/file",
      after:
        "none id ACCOUNT; grep precious /srv/deep/file; none ls -d /srv/deep/er; rm -r /srv/deep",
      said: /\/srv\/deep stays: it was made for the home of ACCOUNT/,
    },
    { account: { home: "/srv/deep/er/home" } },
  ),
  account("the agent's record of it lost", {
    change: "rm -rf /var/lib/rootless-docker/things/account/ACCOUNT",
    after: "id ACCOUNT; ls -d /home/ACCOUNT",
  }),
  account("linger asked for, and a unit of its own enabled: both go with it", {
    change:
      "loginctl enable-linger ACCOUNT; mkdir -p /home/ACCOUNT/.config/systemd/user/default.target.wants; ln -s /dev/null /home/ACCOUNT/.config/systemd/user/default.target.wants/app.service",
    after: `${gone}; none ls /var/lib/systemd/linger/ACCOUNT`,
  }),
  account("taken away from it: everything", {
    change:
      "loginctl disable-linger ACCOUNT; sed -i /^ACCOUNT:/d /etc/subuid /etc/subgid; passwd -l ACCOUNT",
    after: gone,
  }),
];

const key = (name: string) => `ssh-ed25519 AAAAC3Nz ${name}`;

const foundAccount: Life = {
  name: "an account that was there",
  steps,
  wishes: {
    owner: "project/dev/kept",
    account: { name: "kept", authorizedKeys: [key("a"), key("b")] },
  },
  rows: [
    {
      name: "a key of their own stays, ours goes",
      before:
        "useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 kept || useradd -m kept; sed -i /^kept:/d /etc/subuid /etc/subgid",
      change: `echo '${key("own")}' >>/home/kept/.ssh/authorized_keys`,
      after: `k=/home/kept/.ssh/authorized_keys; grep -x '${key("own")}' $k; none grep -x '${key("a")}' $k`,
    },
    {
      name: "one of our keys that they gave options stays",
      change: `sed -i 's/^${key("b")}$/restrict ${key("b")}/' /home/kept/.ssh/authorized_keys`,
      after: `grep -x 'restrict ${key("b")}' /home/kept/.ssh/authorized_keys`,
    },
    {
      name: "a range that they made larger stays as it is",
      change: "sed -i 's/^\\(kept:[0-9]*\\):65536/\\1:131072/' /etc/subgid",
      after: "grep '^kept:[0-9]*:131072$' /etc/subgid",
    },
    {
      name: "a range with files in the home stays, and says which",
      change:
        "echo precious >/home/kept/file; chown $(sed -n 's/^kept:\\([0-9]*\\):.*/\\1/p' /etc/subuid) /home/kept/file",
      after: "grep precious /home/kept/file; grep '^kept:[0-9]*:65536$' /etc/subuid",
      said: /subordinate uids \d+:65536 stay with account kept: \/home\/kept\/file is owned by one of them/,
    },
    {
      name: "the drop-in that they edited stays",
      change:
        "sed -i 's/^Delegate=.*/Delegate=memory/' /etc/systemd/system/user@*.service.d/rootless-docker.conf",
      after: "grep -q Delegate=memory /etc/systemd/system/user@*.service.d/rootless-docker.conf",
      said: /\/etc\/systemd\/system\/user@\d+\.service\.d\/rootless-docker\.conf stays: somebody changed it/,
    },
    {
      name: "linger that they switched off stays off",
      change: "loginctl disable-linger kept",
      after: "none ls /var/lib/systemd/linger/kept; id kept",
    },
  ],
};

const unmounted =
  "loginctl disable-linger away; systemctl stop user@$(id -u away); umount /home/away";
const mounted = "mount --bind /var/away /home/away";

/** An account that was there, whose linger somebody uses after the `up`. */
const lingering = (name: string, row: Life["rows"][number]): Life => ({
  name: "an account that was there, without linger",
  steps,
  wishes: { owner: `project/dev/${name}`, resourceControllers: [], account: { name } },
  rows: [{ before: `useradd -m ${name}; sed -i /^${name}:/d /etc/subuid /etc/subgid`, ...row }],
});

/** A unit of the account's own, enabled as systemctl does it, in a directory that is kept elsewhere. */
const enableUnit = (name: string) => `runuser -u ${name} -- sh -c '
  cd; mkdir -p .config/systemd units/default.target.wants; ln -s ../../units .config/systemd/user; cd .config/systemd/user
  echo "[Service]" >app.service; ln -s ../app.service default.target.wants/app.service'`;

const linger: Life[] = [
  lingering("asked", {
    name: "linger that they have asked for stays on",
    change: "loginctl enable-linger asked",
    after: "ls /var/lib/systemd/linger/asked; loginctl disable-linger asked",
    said: /linger of asked stays on: somebody has asked for it since/,
  }),
  lingering("enabled", {
    name: "linger stays on where the account has enabled a unit of its own",
    change: enableUnit("enabled"),
    after: "ls /var/lib/systemd/linger/enabled; loginctl disable-linger enabled",
    said: /linger of enabled stays on: enabled has enabled 'default\.target\.wants\/app\.service' since/,
  }),
  lingering("before", {
    name: "linger goes where what is enabled was so before",
    before: `useradd -m before; sed -i /^before:/d /etc/subuid /etc/subgid
      loginctl enable-linger before; ${enableUnit("before")}; loginctl disable-linger before`,
    change: "true",
    after: "none ls /var/lib/systemd/linger/before",
    said: /linger of before switched off/,
  }),
];

/** A generator that enables a unit of this name where the condition holds, as podman's does for files of an account's. */
const generator = (name: string, condition: string) => `mkdir -p /etc/systemd/user-generators
  cat >/etc/systemd/user-generators/${name} <<'END'
#!/bin/sh
${condition} || exit 0
mkdir -p $1/default.target.wants $3/xdg-desktop-autostart.target.wants
printf '[Service]\nExecStart=sleep 9999\n' >$1/${name}.service
ln -s ../${name}.service $1/default.target.wants/
ln -s ../${name}.service $3/xdg-desktop-autostart.target.wants/applet.service
END
  chmod +x /etc/systemd/user-generators/${name}`;

/** Where the account's service manager runs. */
export const livesOfGenerators: Life[] = [
  lingering("quadlet", {
    name: "linger stays on where a generator has enabled a unit for the account",
    before: `useradd -m quadlet; sed -i /^quadlet:/d /etc/subuid /etc/subgid
      ${generator("shop", '[ -e "$HOME/shop.container" ]')}`,
    change: `touch /home/quadlet/shop.container; systemctl restart user@$(id -u quadlet)`,
    after:
      "ls /var/lib/systemd/linger/quadlet; loginctl disable-linger quadlet; rm /etc/systemd/user-generators/shop",
    said: /linger of quadlet stays on: quadlet has enabled 'generator\/default\.target\.wants\/shop\.service' since/,
  }),
  lingering("everybody", {
    name: "linger goes where a generator enables what it does for everybody",
    before: `useradd -m everybody; sed -i /^everybody:/d /etc/subuid /etc/subgid; ${generator("every", "true")}`,
    change: "true",
    after: "none ls /var/lib/systemd/linger/everybody; rm /etc/systemd/user-generators/every",
    said: /linger of everybody switched off/,
  }),
];

const homeAway: Life = {
  name: "an account that was there, and whose home is not mounted",
  steps,
  wishes: { owner: "project/dev/away", account: { name: "away", authorizedKeys: [key("a")] } },
  failedDestroy: { before: unmounted, after: mounted },
  rows: [
    {
      name: "is an error until it is mounted, then key and ids go",
      before: `useradd -m away; sed -i /^away:/d /etc/subuid /etc/subgid; cp -a /home/away /var/away; ${mounted}`,
      change: "true",
      after: `none grep '${key("a")}' /home/away/.ssh/authorized_keys; none grep ^away: /etc/subuid /etc/subgid; umount /home/away; userdel -r away`,
      said: /found that the file system of away's home is not mounted; wanted what was mounted at \/home\/away/,
    },
  ],
};

const conf = (name: string) => `/etc/sysctl.d/99-zz-rootless-docker-net.ipv4.${name}.conf`;
const value = (name: string) => `/proc/sys/net/ipv4/${name}`;
const modprobe = (name: string) => `/etc/modprobe.d/rootless-docker-standin.${name}.conf`;
const option = (name: string) => `/sys/module/standin/parameters/${name}`;
const profile = "/etc/apparmor.d/rootless-docker.usr.bin.rootlesskit";
const values = {
  tcp_keepalive_time: "7001",
  tcp_keepalive_probes: "7",
  tcp_keepalive_intvl: "71",
  tcp_fin_timeout: "51",
  tcp_reordering: "5",
  tcp_max_reordering: "310",
  tcp_orphan_retries: "3",
  tcp_syn_retries: "4",
  tcp_synack_retries: "6",
  tcp_retries1: "5",
  tcp_retries2: "12",
  ip_default_ttl: "65",
};

const kernel: Life = {
  name: "the kernel's settings",
  steps: ["kernel"],
  wishes: {
    owner: "project/dev/kernel",
    sysctls: Object.fromEntries(Object.entries(values).map(([k, v]) => [`net.ipv4.${k}`, v])),
    kernelModuleOptions: { "standin.a": "7", "standin.b": "7", "standin.c": "7" },
  },
  rows: [
    {
      name: "a module's option that they set at run time stays; our file goes",
      // These hosts have no modules: a directory of plain files stands in for one.
      before: `mount -o remount,bind,rw /sys; mkdir -p /run/standin/sys /sys/module
        mount --bind /run/standin/sys /sys/module; mkdir -p ${option("")}
        for o in a b c; do echo 1 >${option("")}$o; done`,
      change: `echo 9 >${option("a")}`,
      after: `grep -x 9 ${option("a")}; none ls ${modprobe("a")}`,
      said: /moduleoption standin\.a stays: somebody changed it after this package did; before, it was '1'/,
    },
    {
      name: "a file of modprobe's that they edited stays; the value comes back",
      change: `echo '# theirs' >>${modprobe("b")}`,
      after: `grep theirs ${modprobe("b")}; grep -x 1 ${option("b")}`,
      said: /\S+standin\.b\.conf stays: somebody changed it/,
    },
    {
      name: "a module that they took out of the kernel is no error",
      change: `rm ${option("c")}`,
      after: `none ls ${modprobe("c")}`,
    },
    {
      name: "an AppArmor profile that they edited stays, and stays loaded",
      // The one fact of a kernel that restricts user namespaces, and a parser that notes what it is told.
      before: `mkdir -p /run/kernel; echo 1 >/run/kernel/apparmor_restrict_unprivileged_userns
        mount --bind /run/kernel /proc/sys/kernel
        printf '#!/bin/sh\necho "$*" >>/run/apparmor-calls\n' >/usr/local/sbin/apparmor_parser
        chmod +x /usr/local/sbin/apparmor_parser`,
      change: `echo '# theirs' >>${profile}`,
      after: `grep theirs ${profile}; none grep -e --remove /run/apparmor-calls; umount /proc/sys/kernel`,
      said: /\S+rootless-docker\.usr\.bin\.rootlesskit stays: somebody changed it/,
    },
    {
      name: "a value that they set at run time stays; our file goes",
      change: `echo 6900 >${value("tcp_keepalive_time")}`,
      after: `grep -x 6900 ${value("tcp_keepalive_time")}; none ls ${conf("tcp_keepalive_time")}`,
      said: /sysctl net\.ipv4\.tcp_keepalive_time stays: somebody changed it after this package did; before, it was '7200'/,
    },
    {
      name: "a file that they edited stays; the value comes back, if not by its word",
      change: `echo '# theirs' >${conf("tcp_keepalive_probes")}`,
      after: `grep theirs ${conf("tcp_keepalive_probes")}; grep -x 9 ${value("tcp_keepalive_probes")}`,
      said: /\S+tcp_keepalive_probes\.conf stays: somebody changed it/,
    },
    {
      name: "a file that they removed is no error",
      change: `rm ${conf("tcp_keepalive_intvl")}`,
      after: `grep -x 75 ${value("tcp_keepalive_intvl")}`,
      unsaid: /tcp_keepalive_intvl\.conf/,
    },
    {
      name: "a file that they gave another name stays",
      change: `mv ${conf("tcp_fin_timeout")} /etc/sysctl.d/50-admin.conf`,
      after: `grep tcp_fin_timeout /etc/sysctl.d/50-admin.conf; grep -x 51 ${value("tcp_fin_timeout")}`,
      said: /net\.ipv4\.tcp_fin_timeout stays '51', as \/etc\/sysctl\.d\/50-admin\.conf has it by now/,
    },
    {
      name: "a value that a file of theirs sets by now is what comes back",
      change:
        "mkdir -p /run/sysctl.d; echo '-net/ipv4/tcp_reordering=4' >/run/sysctl.d/60-admin.conf",
      after: `grep -x 4 ${value("tcp_reordering")}; rm /run/sysctl.d/60-admin.conf; echo 3 >${value("tcp_reordering")}`,
      said: /net\.ipv4\.tcp_reordering restored to 4, as \/run\/sysctl\.d\/60-admin\.conf has it by now/,
    },
    {
      name: "a value that was set beside a file of theirs comes back",
      before: `echo 'net.ipv4.tcp_max_reordering = 301' >/etc/sysctl.d/61-admin.conf; echo 302 >${value("tcp_max_reordering")}`,
      change: "true",
      after: `grep -x 302 ${value("tcp_max_reordering")}; rm /etc/sysctl.d/61-admin.conf; echo 300 >${value("tcp_max_reordering")}`,
    },
    {
      name: "a link to a file of theirs in our file's place stays, and so does the file",
      change: `echo '# theirs' >/etc/sysctl-theirs; ln -sf /etc/sysctl-theirs ${conf("tcp_orphan_retries")}`,
      after: `[ "$(readlink ${conf("tcp_orphan_retries")})" = /etc/sysctl-theirs ]; grep theirs /etc/sysctl-theirs`,
      said: /\S+tcp_orphan_retries\.conf stays: somebody changed it/,
    },
    {
      name: "a file that was there before and was edited since: the edit stays, and both are there",
      before: `printf '# first' >${conf("tcp_syn_retries")}; chmod 640 ${conf("tcp_syn_retries")}`,
      change: `echo '# second' >>${conf("tcp_syn_retries")}`,
      after: `f=${conf("tcp_syn_retries")}; grep second $f; [ "$(cat $f.before-rootless-docker~)" = '# first' ]; [ "$(stat -c %a $f.before-rootless-docker~)" = 640 ]`,
      said: /tcp_syn_retries\.conf stays: .*; what was there before is in \S+tcp_syn_retries\.conf\.before-rootless-docker~/,
    },
    {
      name: "what was kept so in an earlier life is not written over",
      before: `printf '# first' >${conf("tcp_synack_retries")}; echo '# earlier' >${conf("tcp_synack_retries")}.before-rootless-docker~`,
      change: `echo '# second' >>${conf("tcp_synack_retries")}`,
      after: `f=${conf("tcp_synack_retries")}; grep earlier $f.before-rootless-docker~; grep first $f.before-rootless-docker.2~`,
      said: /tcp_synack_retries\.conf stays: .*; what was there before is in \S+tcp_synack_retries\.conf\.before-rootless-docker\.2~/,
    },
    {
      name: "another mode is no edit",
      change: `chmod 600 ${conf("tcp_retries1")}`,
      after: `none ls ${conf("tcp_retries1")}; grep -x 3 ${value("tcp_retries1")}`,
    },
    {
      name: "a directory in our file's place stays",
      change: `rm ${conf("tcp_retries2")}; mkdir ${conf("tcp_retries2")}; echo precious >${conf("tcp_retries2")}/file`,
      after: `grep precious ${conf("tcp_retries2")}/file; grep -x 15 ${value("tcp_retries2")}`,
      said: /\S+tcp_retries2\.conf stays/,
    },
    {
      name: "the agent's own records lost: what they were of is left alone",
      change: "rm -rf /var/lib/rootless-docker/things/*/*ip_default_ttl*",
      after: `ls ${conf("ip_default_ttl")}; grep -x 65 ${value("ip_default_ttl")}; rm ${conf("ip_default_ttl")}`,
    },
  ],
};

export const livesWithoutPackages: Life[] = [
  ...madeAccounts,
  foundAccount,
  ...linger,
  homeAway,
  kernel,
];

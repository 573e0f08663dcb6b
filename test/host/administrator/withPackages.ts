import type { Life } from "./life";

// Lives with the engine. Each begins on the host that the one before it has left.

/** A package of the administrator's own. $1 its name, $2 a line of its control file. */
const theirPackage = `
  their_package() {
    mkdir -p /tmp/$1/DEBIAN
    printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: m <m@example.com>\nDescription: d\n%s\n' "$1" "$2" >/tmp/$1/DEBIAN/control
    dpkg-deb -b /tmp/$1 /tmp/$1.deb >/dev/null
    dpkg -i /tmp/$1.deb >/dev/null
  }`;

const installed = (name: string) =>
  `[ "$(dpkg-query -W -f '\${Status}' ${name})" = 'install ok installed' ]`;

const packages: Life = {
  name: "packages",
  wishes: {
    owner: "project/dev/packages",
    account: { name: "packages" },
    storageDriver: "FuseOverlayfs",
    privilegedPorts: "FileCapability",
    onDestroy: { data: "Delete" },
  },
  rows: [
    {
      name: "autoremove takes nothing away from an installation that runs",
      change: `apt-get -q -y autoremove >/dev/null
        for p in dockerd rootlesskit slirp4netns fuse-overlayfs newuidmap iptables; do command -v $p; done >/root/programs`,
      after: "[ $(wc -l </root/programs) = 6 ]; none command -v rootlesskit",
    },
    {
      name: "one that they have asked for by now stays",
      change: "apt-get -q -y install slirp4netns >/dev/null",
      after: installed("slirp4netns"),
      said: /package slirp4netns stays: somebody has marked it as manually installed, or held it/,
    },
    {
      name: "what it needs stays with it, and is not wished away",
      change: "true",
      after: `${installed("libslirp0")}; ${installed("libslirp0:amd64")}`,
      said: /package libslirp0\S* stays: others need it/,
    },
    {
      name: "one that a package of theirs recommends stays",
      change: `${theirPackage}; their_package theirs-recommends 'Recommends: nothing-of-it | fuse-overlayfs (>= 0)'`,
      after: installed("fuse-overlayfs"),
      said: /package fuse-overlayfs stays: theirs-recommends recommends it/,
    },
    {
      name: "one that they hold stays, and held",
      change: "apt-mark hold -qq docker-cli",
      after: "[ $(dpkg-query -W -f '${db:Status-Abbrev}' docker-cli) = hi ]",
      said: /package docker-cli stays: somebody has marked it as manually installed, or held it/,
    },
    {
      name: "one that a package of theirs depends on stays",
      change: `${theirPackage}; their_package theirs-depends 'Depends: uidmap'`,
      after: `${installed("uidmap")}; [ -u /usr/bin/newuidmap ]`,
      said: /package uidmap stays: others need it/,
    },
    {
      name: "a configuration file that they edited stays, its package goes",
      change: "echo '# theirs' >>/etc/containerd/config.toml",
      after:
        "grep theirs /etc/containerd/config.toml; none command -v containerd; none command -v runc",
      said: /package containerd is removed without its configuration, which somebody has edited: \/etc\/containerd\/config\.toml stays/,
    },
    {
      name: "one of docker.io's, too, and nothing of its is left in /var/lib",
      change: "echo '# theirs' >>/etc/default/docker",
      after: "grep theirs /etc/default/docker; none ls -dR /var/lib/docker",
    },
    {
      name: "dpkg's own settings that they edited stay",
      change: "echo '# theirs' >>/etc/dpkg/dpkg.cfg.d/rootless-docker",
      after:
        "grep theirs /etc/dpkg/dpkg.cfg.d/rootless-docker; rm /etc/dpkg/dpkg.cfg.d/rootless-docker",
      said: /\/etc\/dpkg\/dpkg\.cfg\.d\/rootless-docker stays: somebody changed it/,
    },
    {
      name: "apt's settings that they edited stay",
      change: "echo '// theirs' >>$(ls /etc/apt/apt.conf.d/99rootless-docker-*)",
      after:
        "grep theirs /etc/apt/apt.conf.d/99rootless-docker-*; rm /etc/apt/apt.conf.d/99rootless-docker-*",
      said: /\/etc\/apt\/apt\.conf\.d\/99rootless-docker-\w+ stays/,
    },
    {
      name: "a unit of their own in the place of a mask stays",
      change:
        "cd /etc/systemd/system; rm docker.socket; printf '[Socket]\\nListenStream=/run/theirs\\n' >docker.socket",
      after:
        "grep theirs /etc/systemd/system/docker.socket; rm /etc/systemd/system/docker.socket; groupdel docker",
      said: /group docker stays: \/etc\/systemd\/system\/docker\.socket is there[^]*mask docker\.socket stays: somebody changed it/,
    },
    {
      name: "a mask that they took away is no error",
      change: "rm /etc/systemd/system/containerd.service",
      // The last of them: what they hold, or have asked for, would be there for all that come after.
      after:
        "none ls /etc/systemd/system/containerd.service; apt-get -q -y purge --allow-change-held-packages docker-cli slirp4netns >/dev/null",
    },
  ],
};

const theirEngine: Life = {
  name: "the engine's packages removed, its names used for their own",
  wishes: {
    owner: "project/dev/theirs",
    account: { name: "theirs" },
    onDestroy: { data: "Delete" },
  },
  rows: [
    {
      name: "the group docker with a member stays",
      change:
        "apt-get -q -y remove docker.io >/dev/null; getent group docker || groupadd docker; useradd -m bob; gpasswd -a bob docker",
      after: "getent group docker | grep bob; groupdel docker",
      said: /group docker stays: somebody changed it/,
    },
    {
      name: "their docker.service stays",
      change:
        "rm /etc/systemd/system/docker.service; printf '[Service]\\nExecStart=/bin/sleep 9999\\n' >/etc/systemd/system/docker.service; systemctl daemon-reload",
      after: "grep 9999 /etc/systemd/system/docker.service; rm /etc/systemd/system/docker.service",
      said: /mask docker\.service stays: somebody changed it/,
    },
  ],
};

const config = "/home/kept/.config";

const files: Life = {
  name: "files of an account that was there, with Keep",
  wishes: {
    owner: "project/dev/files",
    account: { name: "kept" },
    daemon: { "data-root": "/home/kept/docker" },
    environment: { A: "b" },
  },
  rows: [
    {
      name: "what they put into the data root stays, what the engine made goes",
      before: "useradd -m kept",
      // Below volumes it would be a volume.
      // By "trust" dockerd has had a directory, which it does not make any more.
      change: `install -d -o kept -g kept /home/kept/docker/app /home/kept/docker/trust /home/kept/docker/rootfs
        echo precious | tee /home/kept/docker/compose.yml /home/kept/docker/trust/file >/home/kept/docker/app/file`,
      after:
        "cd /home/kept/docker; grep precious compose.yml app/file trust/file; [ \"$(ls -A | paste -s -d ' ')\" = 'app compose.yml trust' ]",
      said: /\/home\/kept\/docker stays \(\S+\): not all in it is the engine's \(app compose\.yml trust\)/,
    },
    {
      name: "a daemon.json that they edited stays, and so does the one from before",
      before: `install -d -o kept -g kept ${config} ${config}/docker; echo '{ "debug": true }' >${config}/docker/daemon.json; chown kept: ${config}/docker/daemon.json`,
      change: `sed -i 's/^{/{ "log-level": "warn",/' ${config}/docker/daemon.json`,
      after: `grep warn ${config}/docker/daemon.json; [ "$(cat ${config}/docker/daemon.json.before-rootless-docker~)" = '{ "debug": true }' ]`,
      said: /: \S+daemon\.json stays: .*; what was there before is in \S+\/daemon\.json\.before-rootless-docker~/,
    },
    {
      name: "an environment that they edited stays",
      change: `echo 'THEIRS="1"' >>${config}/docker/environment`,
      after: `grep THEIRS ${config}/docker/environment`,
      said: /: \S+\/environment stays: somebody changed it/,
    },
    {
      name: "a unit file that they edited stays",
      change: `echo '# theirs' >>${config}/systemd/user/docker.service`,
      after: `grep theirs ${config}/systemd/user/docker.service; rm ${config}/systemd/user/docker.service`,
      said: /: \S+user\/docker\.service stays: somebody changed it/,
    },
    {
      name: "a link that they led elsewhere stays",
      change: `cd ${config}/systemd/user/default.target.wants; ln -sfn /dev/null docker.service`,
      after: `[ "$(readlink ${config}/systemd/user/default.target.wants/docker.service)" = /dev/null ]
        rm ${config}/systemd/user/default.target.wants/docker.service`,
      said: /default\.target\.wants\/docker\.service stays: somebody changed it/,
    },
    {
      name: "a login of docker's stays, ours goes out of the same file",
      change: `sed -i 's/^{/{ "auths": {"x.test": {}},/' /home/kept/.docker/config.json`,
      after:
        "grep x.test /home/kept/.docker/config.json; none grep rootless /home/kept/.docker/config.json",
    },
  ],
};

const context: Life = {
  name: "the context",
  wishes: {
    owner: "project/dev/context",
    account: { name: "context" },
    onDestroy: { data: "Keep" },
  },
  rows: [
    {
      name: "another context that they chose stays",
      before: "useradd -m context",
      change:
        "runuser -u context -- sh -c 'docker context create theirs --docker host=unix:///run/x.sock; docker context use theirs'",
      after: `grep '"currentContext": *"theirs"' /home/context/.docker/config.json`,
    },
    {
      name: "an empty data root goes whole, and what led to it",
      change: "true",
      after: "none ls -d /home/context/.local",
      said: /\/home\/context\/\.local\/share\/docker removed/,
    },
  ],
};

const dataRoot = (name: string, uid: number, data: string): Life["wishes"] => ({
  owner: `project/dev/${name}`,
  account: { name, uid },
  daemon: { "data-root": `/srv/${name}` },
  onDestroy: { data },
});

const movedDataRoot: Life = {
  name: "a data root that they moved, with Delete",
  wishes: {
    owner: "project/dev/mover",
    account: { name: "mover" },
    onDestroy: { data: "Delete" },
  },
  rows: [
    {
      name: "a link in its place: the data, the account and the ids of its files stay",
      before: "useradd -m mover; sed -i /^mover:/d /etc/subuid /etc/subgid",
      change: `mkdir /srv/big; chmod 755 /srv/big; cd /home/mover/.local/share; mv docker /srv/big/docker
        ln -s /srv/big/docker docker; mkdir -p /srv/big/docker/volumes/v; echo precious >/srv/big/docker/volumes/v/file`,
      after: "grep precious /srv/big/docker/volumes/v/file; grep ^mover: /etc/subuid",
      said: /\/home\/mover\/\.local\/share\/docker stays: it is a link now \(to \/srv\/big\/docker\)/,
    },
  ],
};

const foundDataRoots: Life[] = [
  {
    name: "a data root that was there before, with Keep",
    wishes: dataRoot("rooted", 1500, "Keep"),
    rows: [
      {
        name: "with a volume's files in it, account and ids stay",
        before: "install -d -o 1500 -g 1500 /srv/rooted",
        change: `runuser -u rooted -- env XDG_RUNTIME_DIR=/run/user/1500 docker volume create data
          echo precious >/srv/rooted/volumes/data/_data/file
          chown $(($(sed -n 's/^rooted:\\([0-9]*\\):.*/\\1/p' /etc/subuid) + 32)) /srv/rooted/volumes/data/_data/file`,
        after:
          "grep precious /srv/rooted/volumes/data/_data/file; id rooted; grep ^rooted: /etc/subuid /etc/subgid",
        said: /account rooted stays, with its subordinate ids: files of its ids are in \/srv\/rooted/,
      },
      {
        name: "its size and how it goes are said",
        change: "true",
        after: "true",
        said: /\/srv\/rooted stays \(\S+ of images, containers and volumes\): onDestroy\.data: Delete removes what the engine made in it/,
      },
    ],
  },
  {
    name: "the same, with Delete",
    wishes: dataRoot("rooted", 1500, "Delete"),
    rows: [
      {
        name: "what the engine made goes, with account and ids; the directory stays",
        change: "true",
        after:
          "ls -d /srv/rooted; none ls /srv/rooted/volumes; none id rooted; none grep ^rooted: /etc/subuid",
      },
    ],
  },
  {
    name: "a data root that was there before, with files of theirs",
    wishes: dataRoot("mixed", 1501, "Delete"),
    rows: [
      {
        name: "theirs stay; the account goes",
        before: "install -d -o 1501 -g 1501 /srv/mixed; echo precious >/srv/mixed/notes",
        change: "echo precious >/srv/mixed/later",
        after: "cd /srv/mixed; grep precious notes later; none ls -d volumes; none id mixed",
        said: /\/srv\/mixed stays \(\S+\): it was there before \(/,
      },
    ],
  },
];

/** Ends what runs as an account, which usermod and userdel want. */
const end = (name: string) =>
  `loginctl disable-linger ${name}; systemctl stop user@$(id -u ${name}).service`;

/** An account that somebody changes while a daemon with a secret in its environment is its. */
const changedAccount = (name: string, row: Life["rows"][number]): Life => ({
  name: "an account that was there, with a daemon",
  wishes: {
    owner: `project/dev/${name}`,
    account: { name },
    environment: { TOKEN: "precious" },
    onDestroy: { data: "Delete" },
  },
  rows: [{ before: `useradd -m ${name}; sed -i /^${name}:/d /etc/subuid /etc/subgid`, ...row }],
});

const changedAccounts: Life[] = [
  changedAccount("sthree", {
    name: "another name (usermod -l), and its daemon runs: stopped, and our files gone",
    change: `${end("sthree")}; usermod -l newthree sthree
      sed -i s/^sthree:/newthree:/ /etc/subuid /etc/subgid; loginctl enable-linger newthree; systemctl restart user@$(id -u newthree)
      i=0; until pgrep -u newthree dockerd || [ $i = 60 ]; do sleep 1; i=$((i + 1)); done; pgrep -u newthree dockerd`,
    after: `none pgrep -u newthree dockerd; none ls -d /home/sthree/.config /home/sthree/.docker /home/sthree/.local
      none grep three /etc/subuid /etc/subgid; id newthree; none grep -rl three --exclude=.retired-ids --exclude=agent /var/lib/rootless-docker`,
    said: /account sthree is called newthree now/,
    unsaid: /(daemon|account): nothing to take back/,
  }),
  changedAccount("sfour", {
    name: "another home (usermod -d -m), and its daemon runs: stopped, and our files gone",
    change: `${end("sfour")}; usermod -d /home/four2 -m sfour; loginctl enable-linger sfour
      i=0; until pgrep -u sfour dockerd || [ $i = 60 ]; do sleep 1; i=$((i + 1)); done; pgrep -u sfour dockerd`,
    after: `none pgrep -u sfour dockerd; none ls -d /home/four2/.config /home/four2/.docker /home/four2/.local
      none ls -d /home/sfour; none grep sfour /etc/subuid; none grep -rl four --exclude=.retired-ids --exclude=agent /var/lib/rootless-docker`,
    said: /the home of sfour is \/home\/four2 now, and not \/home\/sfour/,
  }),
  changedAccount("sfive", {
    name: "removed without its home, while its daemon runs (userdel -f): stopped, and our files named",
    change:
      "uid=$(id -u sfive); userdel -f sfive 2>/dev/null; pgrep -u $uid dockerd; echo $uid >/root/five",
    after: `none pgrep -u $(cat /root/five) dockerd; grep precious /home/sfive/.config/docker/environment
      ls /var/lib/rootless-docker/things/homefile; rm -rf /home/sfive; sed -i /^sfive:/d /etc/subuid /etc/subgid`,
    said: /\/environment stays: account sfive is gone\. Remove it by hand[^]*\/docker stays \(\S+ of images, containers and volumes\): account sfive is gone/,
  }),
  {
    name: "an account that was made, with a data root elsewhere",
    wishes: {
      owner: "project/dev/selev",
      account: { name: "selev", uid: 1531 },
      daemon: { "data-root": "/srv/d11/docker" },
      onDestroy: { data: "Delete" },
    },
    rows: [
      {
        name: "removed with its home (userdel -r): its data are named, and stay recorded",
        before: "install -d -o 1531 -g 1531 /srv/d11",
        change: `${end("selev")}; userdel -r selev 2>/dev/null || true`,
        after: `ls /srv/d11/docker/volumes; ls -d /var/lib/rootless-docker/things/data/%2Fsrv%2Fd11%2Fdocker
          rm -r /srv/d11; sed -i /^selev:/d /etc/subuid /etc/subgid`,
        said: /\/srv\/d11\/docker stays \(\S+ of images, containers and volumes\): account selev is gone/,
        unsaid: /daemon: nothing to take back/,
      },
    ],
  },
];

const record = (name: string) => `/var/lib/rootless-docker/things/data/%2Fsrv%2F${name}`;

/** Asks an account's daemon. $1 the account, then docker's arguments. */
const docker = `ask() { a=$1; shift; runuser -u $a -- docker -H unix:///run/user/$(id -u $a)/docker.sock "$@"; }`;

/** A disk stands for itself by a bind mount. */
const disk = (name: string) => ({
  mount: `mkdir -p /var/${name}/docker /srv/${name}; mount --bind /var/${name} /srv/${name}`,
  unmount: `loginctl disable-linger ${name}; systemctl stop user@$(id -u ${name}); umount /srv/${name}`,
});

const onDisk = (name: string, uid: number, data: string): Life["wishes"] => ({
  ...dataRoot(name, uid, data),
  daemon: { "data-root": `/srv/${name}/docker` },
});

const dataRoots: Life[] = [
  {
    name: "a data root that was not there at a first up, which failed, with Delete",
    wishes: dataRoot("late", 1510, "Delete"),
    afterFailedUp: `mkdir -p /srv/late/photos /srv/late/trust; chmod 777 /srv/late/trust
      echo precious | tee /srv/late/photos/file >/srv/late/trust/file; chown late: /srv/late`,
    rows: [
      {
        name: "what they put there meanwhile stays, what the engine made goes",
        change: "ls /srv/late/volumes",
        after:
          "cd /srv/late; grep precious photos/file trust/file; none ls -d volumes; none id late",
        said: /\/srv\/late stays \(\S+\): it was there before \(photos trust\)/,
      },
    ],
  },
  {
    name: "a data root in the record of version 0.1.0, with Delete",
    wishes: {
      owner: "project/dev/first",
      account: { name: "first", uid: 1511 },
      daemon: { "data-root": "/srv/of-first/first" },
      onDestroy: { data: "Delete" },
    },
    rows: [
      {
        name: "goes by the engine's names; what is theirs stays",
        before: "mkdir -m 777 -p /srv/of-first",
        change: `r='${record("of-first%2Ffirst")}/baseline'; ls "$r/absent"; rm -f "$r/made" "$r/used"
          echo precious >/srv/of-first/first/notes`,
        after: "grep precious /srv/of-first/first/notes; none ls /srv/of-first/first/volumes",
        said: /\/srv\/of-first\/first stays \(\S+\): not all in it is the engine's \(notes\)/,
      },
    ],
  },
  {
    name: "a destroy that could not stop the daemon, with Keep",
    wishes: dataRoot("twice", 1512, "Keep"),
    failedDestroy: {
      before: `printf '#!/bin/sh\\ncase "$*" in "--user stop docker.service") exit 1;; esac\\nexec /usr/bin/systemctl "$@"\\n' >/usr/local/sbin/systemctl
        chmod 755 /usr/local/sbin/systemctl`,
      after: `${docker}
        rm /usr/local/sbin/systemctl; ask twice volume create mine; echo precious >/srv/twice/volumes/mine/_data/file`,
    },
    rows: [
      {
        name: "what they made since stays, with account and ids",
        before: "install -d -o 1512 -g 1512 /srv/twice",
        change: "true",
        after:
          "grep precious /srv/twice/volumes/mine/_data/file; id twice; grep ^twice: /etc/subuid",
        said: /\/srv\/twice stays \(\S+ of images, containers and volumes\)/,
      },
    ],
  },
  {
    name: "a data root whose disk is not mounted, with Keep",
    wishes: onDisk("away", 1513, "Keep"),
    rows: [
      {
        name: "stays, with account and ids",
        before: `${disk("away").mount}; chown 1513 /srv/away/docker`,
        change: disk("away").unmount,
        after: "ls /var/away/docker/volumes; id away; grep ^away: /etc/subuid /etc/subgid",
        said: /\/srv\/away\/docker stays: its file system, which was mounted at \/srv\/away, is not there/,
      },
    ],
  },
  {
    name: "a data root whose disk is not mounted, with Delete",
    wishes: onDisk("later", 1514, "Delete"),
    failedDestroy: { before: disk("later").unmount, after: disk("later").mount },
    rows: [
      {
        name: "is an error until it is mounted, then it goes",
        before: `${disk("later").mount}; chown 1514 /srv/later/docker`,
        change: "true",
        after: "none ls /var/later/docker/volumes; none id later; umount /srv/later",
        said: /found that the file system of later's data is not mounted; wanted what was mounted at \/srv\/later/,
      },
    ],
  },
  {
    name: "a destroy that was killed while the data were beside the home, with Delete",
    wishes: {
      owner: "project/dev/beside",
      account: { name: "beside" },
      onDestroy: { data: "Delete" },
    },
    failedDestroy: {
      before: `first=$(sed -n 's/^beside:\\([0-9]*\\):.*/\\1/p' /etc/subuid); cd /home/beside/.local/share/docker
        mkdir -p volumes/v/private; echo precious >volumes/v/private/file; chmod 700 volumes/v/private; chown -R $((first + 32)) volumes/v
        sed -i /^beside:/d /etc/subuid /etc/subgid
        printf '#!/bin/sh\\ncase "$*" in *"0:0 "*.rootless-docker-*) rm /usr/local/sbin/chown; kill -9 $PPID; exit 1;; esac\\nexec /usr/bin/chown "$@"\\n' >/usr/local/sbin/chown
        chmod 755 /usr/local/sbin/chown`,
      after: "ls -d /home/.rootless-docker-????????????????; [ ! -e /usr/local/sbin/chown ]",
    },
    rows: [
      {
        name: "nothing of them is left",
        change: "true",
        after: "none ls -d /home/.rootless-docker-*; none id beside; none ls -d /home/beside",
      },
    ],
  },
  {
    name: "a data root with another account's below it, with Delete",
    wishes: {
      owner: "project/dev/outer",
      account: { name: "outer" },
      onDestroy: { data: "Delete" },
    },
    rows: [
      {
        name: "the other one stays, and what leads to it",
        change: `d=/home/outer/.local/share/docker/volumes/inner; mkdir -p $d; echo precious >$d/file
          r=/var/lib/rootless-docker/things/data/%2Fhome%2Fouter%2F.local%2Fshare%2Fdocker%2Fvolumes%2Finner
          mkdir -p $r/baseline $r/claims; printf $d >$r/name; printf other >$r/baseline/account; : >$r/baseline/absent
          printf '1\\nother\\n' >$r/claims/beef.daemon`,
        after: `grep precious /home/outer/.local/share/docker/volumes/inner/file; none ls -d /home/outer/.local/share/docker/image
          id outer; rm -r /var/lib/rootless-docker/things/data/*inner`,
        said: /docker stays \(\S+\): not all in it is the engine's \(volumes\)/,
      },
    ],
  },
  {
    name: "a data root that holds no more than a network of theirs, with Keep",
    wishes: dataRoot("net", 1590, "Keep"),
    rows: [
      {
        name: "stays",
        before: "install -d -o 1590 -g 1590 /srv/net",
        change: `${docker}; ask net network create theirs; touch /srv/net/theirs; chown $(sed -n 's/^net:\\([0-9]*\\):.*/\\1/p' /etc/subuid) /srv/net/theirs`,
        after: "ls /srv/net/network/files/local-kv.db; id net",
        said: /\/srv\/net stays \(\S+ of images, containers and volumes\)/,
      },
    ],
  },
];

const programs: Life = {
  name: "programs that were there",
  wishes: {
    owner: "project/dev/programs",
    account: { name: "programs" },
    privilegedPorts: "FileCapability",
    onDestroy: { data: "Delete" },
  },
  rows: [
    {
      name: "a capability that they gave rootlesskit stays",
      before:
        "apt-get -q -y install --no-install-recommends rootlesskit uidmap libcap2-bin >/dev/null",
      change: "setcap cap_net_raw,cap_net_bind_service=ep /usr/bin/rootlesskit",
      after: "getcap /usr/bin/rootlesskit | grep cap_net_raw",
      said: /filecap \/usr\/bin\/rootlesskit stays: somebody changed it/,
    },
    {
      name: "a mode that they gave newuidmap stays",
      before: "chmod 755 /usr/bin/newuidmap",
      change: "chmod 4750 /usr/bin/newuidmap",
      after: "[ $(stat -c %a /usr/bin/newuidmap) = 4750 ]; chmod 4755 /usr/bin/newuidmap",
      said: /setuid \/usr\/bin\/newuidmap stays: somebody changed it/,
    },
  ],
};

const rootful: Life = {
  name: "a daemon of root's that was disabled",
  wishes: {
    owner: "project/dev/rootful",
    account: { name: "rootful" },
    rootfulDocker: "Disable",
    onDestroy: { data: "Delete" },
  },
  rows: [
    {
      name: "a docker.service of their own is neither removed nor started",
      before:
        "systemctl daemon-reload; getent group docker || groupadd docker; apt-get -q -y install --no-install-recommends docker.io docker-cli >/dev/null; systemctl start docker",
      change: `rm /etc/systemd/system/docker.service
        printf '[Service]\\nExecStart=/bin/sleep 9999\\n' >/etc/systemd/system/docker.service; systemctl daemon-reload`,
      after:
        "grep 9999 /etc/systemd/system/docker.service; none systemctl is-active docker.service; systemctl is-active containerd.service",
      said: /docker\.service stays as it is: its file is \/etc\/systemd\/system\/docker\.service now/,
    },
    {
      name: "a package that was there stays",
      change: "true",
      after: installed("docker.io"),
    },
  ],
};

const theirUnit = `cd /etc/systemd/system; rm docker.service
  printf '[Service]\\nExecStart=/bin/sleep 9999\\n' >docker.service; systemctl daemon-reload; systemctl start docker.service`;

const engineOnly = (name: string): Pick<Life, "steps" | "wishes"> => ({
  steps: ["engine"],
  wishes: { owner: `project/dev/${name}`, account: { name } },
});

const unmasked: Life[] = [
  {
    name: "a mask that they took away, and another up",
    ...engineOnly("again"),
    upAgain: engineOnly("again").wishes,
    rows: [
      {
        name: "their docker.service in its place goes on",
        change: theirUnit,
        after: `grep 9999 /etc/systemd/system/docker.service; systemctl is-active docker.service
          systemctl stop docker.service; rm /etc/systemd/system/docker.service; groupdel docker; systemctl daemon-reload`,
        said: /mask docker\.service stays: somebody changed it/,
      },
      {
        name: "one that is not masked any more stays so",
        change: "rm /etc/systemd/system/docker.socket; ls -l /etc/systemd/system >/root/masks",
        after: "none grep docker.socket /root/masks",
        said: /docker\.socket stays as it is: somebody has taken this package's mask away/,
      },
      {
        name: "one that they left to us is still masked, until the end",
        change: "true",
        after:
          "grep 'containerd.service -> /dev/null' /root/masks; none ls /etc/systemd/system/containerd.service",
      },
    ],
  },
  {
    name: "root's Docker unmasked and used, and another up with Keep",
    ...engineOnly("beside"),
    upAgain: { ...engineOnly("beside").wishes, rootfulDocker: "Keep" },
    rows: [
      {
        name: "runs on, with its packages and its group",
        change: `systemctl -q unmask docker.service docker.socket containerd.service; systemctl enable --now docker
          docker -H unix:///run/docker.sock volume create precious; systemctl show -p MainPID docker >/root/pid`,
        after: `systemctl show -p MainPID docker | diff /root/pid -; ls -d /var/lib/docker/volumes/precious
          getent group docker; ${installed("docker.io")}; ${installed("runc")}; none ${installed("slirp4netns")}
          systemctl stop docker.socket docker containerd; rm -r /var/lib/docker
          apt-get -q -y purge docker.io docker-cli containerd runc dbus-user-session >/dev/null; apt-get -q -y autoremove --purge >/dev/null
          groupdel docker; systemctl daemon-reload`,
        said: /docker\.service stays as it is: [^]*package docker\.io stays: root runs its \/usr\/sbin\/dockerd/,
      },
    ],
  },
  {
    name: "their docker.service in a mask's place, and another up with Disable",
    ...engineOnly("policy"),
    upAgain: { ...engineOnly("policy").wishes, rootfulDocker: "Disable" },
    rows: [
      {
        name: "comes back, and runs again",
        change: theirUnit,
        after: `systemctl is-active docker.service; grep 9999 /etc/systemd/system/docker.service
          systemctl stop docker.service; rm /etc/systemd/system/docker.service; systemctl daemon-reload`,
        said: /docker\.service is masked again, as rootfulDocker says: what is in its place comes back afterwards[^]*docker\.service started again/,
      },
    ],
  },
];

const usedByOthers: Life = {
  name: "programs of the engine's packages that others run",
  ...engineOnly("used"),
  rows: [
    {
      name: "a neighbour's keep their packages",
      before: "useradd -m neighbour; useradd -m used",
      change: `cat >/tmp/run.sh <<'END'
unshare --user --map-root-user --net sleep 9999 &
sleep 1; exec slirp4netns --configure $! tap0
END
        systemd-run -q --collect --unit=neighbour --uid=neighbour sh /tmp/run.sh
        until pgrep -u neighbour slirp4netns; do sleep 0.1; done`,
      after: `pgrep -u neighbour slirp4netns; ${installed("slirp4netns")}; none ${installed("docker.io")}
        systemctl stop neighbour; apt-get -q -y purge slirp4netns >/dev/null; apt-get -q -y autoremove --purge >/dev/null; userdel -r neighbour`,
      said: /package slirp4netns stays: neighbour runs its \/usr\/bin\/slirp4netns/,
    },
    {
      name: "the account's own do not",
      change: `systemd-run -q --collect --unit=used --uid=used rootlesskit --net=host sleep 9999
        until pgrep -u used -x rootlesskit; do sleep 0.1; done`,
      after: `pgrep -u used -x rootlesskit; none ${installed("rootlesskit")}; systemctl stop used; userdel -r used`,
    },
    {
      name: "another program at the path of one does not",
      change: `systemd-run -q --collect --unit=another unshare --mount sh -c 'mount --bind /usr/bin/sleep /usr/bin/docker; exec /usr/bin/docker 9999'
        until pgrep -x docker; do sleep 0.1; done`,
      after: `pgrep -x docker; none ${installed("docker-cli")}; systemctl stop another`,
    },
  ],
};

const vendorsEngine: Life = {
  name: "another engine in the place of docker.io",
  ...engineOnly("vendor"),
  rows: [
    {
      name: "keeps its group, and its socket",
      change: `d=/tmp/ce; mkdir -p $d/DEBIAN $d/usr/lib/systemd/system
        printf 'Package: docker-ce\\nVersion: 5:29\\nArchitecture: all\\nConflicts: docker.io\\nReplaces: docker.io\\nMaintainer: m <m@example.com>\\nDescription: d\\n' >$d/DEBIAN/control
        printf '[Socket]\\nListenStream=/run/docker.sock\\nSocketMode=0660\\nSocketUser=root\\nSocketGroup=docker\\n[Install]\\nWantedBy=sockets.target\\n' >$d/usr/lib/systemd/system/docker.socket
        printf '[Service]\\nExecStart=/bin/sleep 99999\\n' >$d/usr/lib/systemd/system/docker.service
        dpkg-deb -b $d /tmp/ce.deb >/dev/null; apt-get -q -y remove docker.io >/dev/null; dpkg -i /tmp/ce.deb
        systemctl -q unmask docker.service docker.socket; systemctl daemon-reload; systemctl enable --now docker.socket`,
      after: `getent group docker; [ $(stat -c %G /run/docker.sock) = docker ]; systemctl restart docker.socket
        systemctl stop docker.socket; dpkg --purge docker-ce; groupdel docker; systemctl daemon-reload`,
      said: /group docker stays: package docker-ce is there, which is not this package's/,
    },
  ],
};

const askedFor: Life = {
  name: "a package that they asked for, and another version of it by the program",
  ...engineOnly("version"),
  upAgain: { ...engineOnly("version").wishes, engine: { version: "99.1" } },
  rows: [
    {
      name: "stays, and so does what it needs",
      change: `apt-get -q -y install docker.io >/dev/null; apt-mark showmanual | grep -x docker.io
        mkdir -p /srv/repo; cd /srv/repo; apt-get -q download docker.io >/dev/null; dpkg-deb -R docker.io_*.deb d; rm docker.io_*.deb
        sed -i 's/^Version: .*/Version: 99.1/' d/DEBIAN/control; dpkg-deb -Znone -b d docker.io.deb >/dev/null
        { sed '/^Description/,$d' d/DEBIAN/control; echo 'Filename: ./docker.io.deb'; echo "Size: $(stat -c %s docker.io.deb)"
          echo "SHA256: $(sha256sum <docker.io.deb | cut -c 1-64)"; echo 'Description: d'; echo; } >Packages; rm -r d
        echo 'deb [trusted=yes] file:/srv/repo ./' >/etc/apt/sources.list.d/theirs.list; apt-get -q update >/dev/null`,
      after: `[ $(dpkg-query -W -f '\${Version}' docker.io) = 99.1 ]; ${installed("docker.io")}; ${installed("containerd")}
        apt-mark showmanual | grep -x docker.io; none ${installed("rootlesskit")}
        rm -r /srv/repo /etc/apt/sources.list.d/theirs.list; apt-get -q update >/dev/null
        apt-get -q -y purge docker.io docker-cli containerd runc dbus-user-session >/dev/null; apt-get -q -y autoremove --purge >/dev/null
        groupdel docker; systemctl daemon-reload`,
      said: /package docker\.io stays: somebody has marked it as manually installed/,
    },
  ],
};

const neededEngine: Life = {
  name: "an engine that a package of theirs depends on",
  steps: ["engine"],
  wishes: { owner: "project/dev/needed", account: { name: "needed" } },
  rows: [
    {
      name: "stays, and what it recommends with it",
      before: "true",
      change: `${theirPackage}; their_package theirs-depends 'Depends: nothing-of-it | docker.io (>= 0), mawk | slirp4netns'`,
      after: `readlink /etc/systemd/system/docker.service; systemctl -q unmask docker.service docker.socket containerd.service
        ${installed("docker.io")}; ${installed("docker-cli")}; ${installed("dbus-user-session")}; none ${installed("slirp4netns")}
        apt-get -q -y purge theirs-depends docker.io docker-cli dbus-user-session >/dev/null; apt-get -q -y autoremove --purge >/dev/null`,
      said: /package docker\.io stays: others need it[^]*package docker-cli stays: docker\.io recommends it|package docker-cli stays: docker\.io recommends it[^]*package docker\.io stays: others need it/,
    },
  ],
};

/** Packages of a repository of the administrator's, in two versions. */
const plugins = ["docker-compose-plugin", "docker-buildx-plugin", "docker-ce-rootless-extras"];

const purged: Life = {
  name: "packages that were purged for the engine",
  steps: ["engine"],
  wishes: {
    owner: "project/dev/purged",
    account: { name: "purged" },
    rootfulDocker: "Purge",
  },
  rows: [
    {
      name: "one that they have put there in a newer version stays",
      before: `mkdir -p /srv/repo; cd /srv/repo
        for p in ${plugins.join(" ")}; do for v in 1 2; do
          mkdir -p $p-$v/DEBIAN
          printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: m <m@example.com>\nDescription: d\n' $p $v >$p-$v/DEBIAN/control
          dpkg-deb -b $p-$v $p-$v.deb >/dev/null
          { sed /^Description/d $p-$v/DEBIAN/control; echo "Filename: ./$p-$v.deb"; echo "Size: $(stat -c %s $p-$v.deb)"
            echo "SHA256: $(sha256sum <$p-$v.deb | cut -c 1-64)"; echo 'Description: d'; echo; } >>Packages
        done; done
        echo 'deb [trusted=yes] file:/srv/repo ./' >/etc/apt/sources.list.d/theirs.list; apt-get -q update >/dev/null
        apt-get -q -y install ${plugins.map((name) => `${name}=1`).join(" ")} >/dev/null
        apt-mark hold docker-buildx-plugin; apt-mark auto docker-ce-rootless-extras`,
      change: "apt-get -q -y install docker-compose-plugin=2 >/dev/null",
      after: "[ $(dpkg-query -W -f '${Version}' docker-compose-plugin) = 2 ]",
      said: /package docker-compose-plugin stays: somebody changed it after this package did; before, it was version 1/,
    },
    {
      name: "one that was held comes back, and held",
      change: "true",
      after:
        "[ \"$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' docker-buildx-plugin)\" = 'hi 1' ]; apt-mark showmanual | grep docker-buildx-plugin",
    },
    {
      name: "one that was installed automatically comes back so",
      change: "true",
      after: `${installed("docker-ce-rootless-extras")}; apt-mark showauto | grep docker-ce-rootless-extras
        apt-get -q -y purge --allow-change-held-packages ${plugins.join(" ")} >/dev/null; rm -r /srv/repo /etc/apt/sources.list.d/theirs.list`,
    },
  ],
};

export const livesWithPackages: Life[] = [
  packages,
  theirEngine,
  files,
  context,
  movedDataRoot,
  ...foundDataRoots,
  ...dataRoots,
  ...changedAccounts,
  programs,
  neededEngine,
  purged,
  rootful,
];

/** On a host that no other life has left anything on. */
export const livesOfTheEngine: Life[] = [...unmasked, usedByOthers, vendorsEngine, askedFor];

/** What other versions of the engine make is theirs to make, and ours to remove by name. */
export const livesOfOlderEngines: Life[] = [context];

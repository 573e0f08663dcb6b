import type { TestHost } from "../../stand-ins/hosts";

/**
 * The hosts of these tests have no controllers. Shown to the agent, and to nobody else, is a machine that
 * has them: what the kernel has, what the account has, and what happens when systemd is told something.
 */
export class ShownControllers {
  constructor(private readonly host: TestHost) {}

  async begin(): Promise<void> {
    await this.host.run(`
      mkdir -p /run/shown /usr/local/sbin
      echo 'cpuset cpu io memory pids' >/run/shown/kernel
      mount --bind /run/shown/kernel /sys/fs/cgroup/cgroup.controllers
      cat >/usr/local/sbin/systemctl <<'END'
#!/bin/sh
printf '%s\\n' "$*" >>/run/shown/log
case $* in
daemon-reload) event=reload ;;
'restart user@'*) event=restart ;;
*) event=other ;;
esac
[ ! -e "/run/shown/before-$event" ] || . "/run/shown/before-$event"
/usr/bin/systemctl "$@" || exit
[ ! -e "/run/shown/$event" ] || . "/run/shown/$event"
for file in /sys/fs/cgroup/user.slice/user-*.slice/user@*.service/cgroup.controllers; do
  [ ! -w "$file" ] || mountpoint -q "$file" || mount --bind /run/shown/account "$file"
done
END
      chmod 755 /usr/local/sbin/systemctl`);
    await this.show("");
    await this.host.run("systemctl is-system-running || true");
  }

  /** What the account has, and what is done (shell) when systemd has read its files, or before. */
  async show(account: string, on: Record<string, string> = {}): Promise<void> {
    await this.host.run(
      `cd /run/shown && rm -f reload before-reload restart log && echo '${account}' >account && : >log && chmod 666 log`,
    );
    for (const [event, script] of Object.entries(on))
      await this.host.run(`cat >/run/shown/${event}`, { input: script });
  }

  /** What systemctl was called with since `show`. */
  async calls(): Promise<string[]> {
    return (await this.host.run("cat /run/shown/log")).trim().split("\n");
  }

  async end(): Promise<void> {
    await this.host.run(
      "umount /sys/fs/cgroup/cgroup.controllers; rm -r /usr/local/sbin/systemctl",
    );
  }
}

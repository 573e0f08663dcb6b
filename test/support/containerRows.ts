import type { TestHost } from "../../stand-ins/hosts";
import { asAccount, tryAsAccount } from "./host";
import { rowsOf } from "./limitations";

/** An account `app` with the image busybox, and what its steps reported. */
export interface Tried {
  host: () => TestHost;
  facts: () => Record<string, string>;
}

/** Programs that listen on port 7001 of the machine's 127.0.0.1, and of 198.51.100.1. */
export const listeners = ["127.0.0.1", "198.51.100.1"]
  .map(
    (address) => `systemd-run -q --collect --unit listener-${address} perl -MIO::Socket::INET -e '
    $s = IO::Socket::INET->new(LocalAddr => "${address}:7001", Listen => 5, ReuseAddr => 1);
    while ($c = $s->accept) { print $c "from ${address}\\n"; close $c }'`,
  )
  .join("\n");

/** What a docker command of the account's printed, and how it ended. */
export async function dockerOf(host: TestHost, command: string): Promise<[number, string]> {
  const { exitCode, stdout, stderr } = await tryAsAccount(host, "app", `docker ${command} 2>&1`);
  return [exitCode, `${stdout}${stderr}`.trim()];
}

/**
 * Which client a published port's container sees: of one that is another machine, or of the machine itself. Nothing
 * where nobody answers.
 */
export async function clientSeen(host: TestHost, client = "outside"): Promise<string> {
  await asAccount(
    host,
    "app",
    `docker run -d --name web -p 8080:80 busybox sleep 3600 >/dev/null
    docker exec -i web sh <<'END'
      mkdir -p /www/cgi-bin && cd /www/cgi-bin
      printf '#!/bin/sh\\necho\\necho "client $REMOTE_ADDR"\\n' >client && chmod +x client
      httpd -h /www
END`,
  );
  // pasta looks once a second for new ports.
  const [shell, address] =
    client === "outside" ? ["ip netns exec outside bash", "198.51.100.1"] : ["bash", "127.0.0.1"];
  const answer = await host.run(shell, {
    input: `for i in $(seq 20); do
      (exec 3<>/dev/tcp/${address}/8080 && printf 'GET /cgi-bin/client HTTP/1.0\\r\\n\\r\\n' >&3 &&
        timeout 5 grep -a ^client <&3) 2>/dev/null && exit; sleep 1; done`,
  });
  await dockerOf(host, "rm -f web");
  return answer.trim().replace(/^client (\[::ffff:)?([^\]]*)\]?$/, "$2");
}

/** The same of UDP. Busybox has no program for it, so the container runs the machine's perl. */
export async function udpClientSeen(host: TestHost): Promise<string> {
  await asAccount(
    host,
    "app",
    `docker run -d --name udp -p 8081:8081/udp -v /:/machine:ro -i busybox busybox chroot /machine perl -MIO::Socket::INET -e '
      $s = IO::Socket::INET->new(LocalPort => 8081, Proto => "udp") or die;
      while (defined $s->recv($said, 9)) { $s->send($s->peerhost) }' >/dev/null`,
  );
  const answer = await host.run("ip netns exec outside perl -MIO::Socket::INET", {
    input: `for (1 .. 20) {
      $s = IO::Socket::INET->new(PeerAddr => "198.51.100.1:8081", Proto => "udp") or die;
      $s->send("x"); $in = ""; vec($in, fileno($s), 1) = 1;
      if (select($in, undef, undef, 1) && defined $s->recv($said, 99)) { print $said; exit }
      sleep 1;
    }`,
  });
  await dockerOf(host, "rm -f udp");
  return answer;
}

/** What a container is told by the machine's port 7001, which it knows as the host gateway. */
export async function gatewayAnswers(host: TestHost): Promise<string> {
  const ask = "run --rm --add-host machine:host-gateway busybox nc -w 3 machine 7001 </dev/null";
  let [status, said] = await dockerOf(host, ask);
  // Where there is no container, nobody was asked: runc's init ends now and then on a machine under load.
  if (status >= 125) [status, said] = await dockerOf(host, ask);
  if (status >= 125) throw new Error(said);
  return said;
}

/** Rows of what a container meets, each tried by use through a daemon with the defaults. */
export function containerRows({ host, facts }: Tried): void {
  const docker = (command: string) => dockerOf(host(), command);
  const status = (row: string) => rowsOf(facts())[row].status;
  const evidence = (row: string) => rowsOf(facts())[row].evidence;

  test("sharedMounts: no rshared, and by rslave what is mounted on the machine later", async () => {
    expect(status("sharedMounts")).toBe("limited");
    const folder = "/home/app/mounts";
    await asAccount(host(), "app", `mkdir -p ${folder}/later`);
    const bind = (propagation: string) =>
      `--mount type=bind,src=${folder},dst=/d,bind-propagation=${propagation} busybox`;
    expect(await docker(`run --rm ${bind("rshared")} true`)).toEqual([
      125,
      expect.stringContaining("not a shared mount"),
    ]);
    await docker(`run -d --name slave ${bind("rslave")} sleep 3600`);
    await docker(`run -d --name private ${bind("rprivate")} sleep 3600`);
    await host().run(`mount -t tmpfs none ${folder}/later; echo seen >${folder}/later/file`);
    expect(await docker("exec slave cat /d/later/file")).toEqual([0, "seen"]);
    expect((await docker("exec private cat /d/later/file"))[0]).toBe(1);
    await docker("rm -f slave private");
    await host().run(`umount ${folder}/later; rm -r ${folder}`);
  });

  test("dockerSocket: no socket by the usual path, and one by the path that the row names", async () => {
    expect(status("dockerSocket")).toBe("limited");
    expect(evidence("dockerSocket")).toContain("is nothing");
    const isSocket = "busybox test -S /var/run/docker.sock";
    expect(
      await docker(`run --rm -v /var/run/docker.sock:/var/run/docker.sock ${isSocket}`),
    ).toEqual([1, ""]);
    const [, option] =
      /^mount its own socket: (-v \S+)$/.exec(rowsOf(facts()).dockerSocket.fix) ?? [];
    expect(await docker(`run --rm ${option} ${isSocket}`)).toEqual([0, ""]);
  });

  test("containerAddresses: reached by the way in that the row names", async () => {
    expect(status("containerAddresses")).toBe("limited");
    const fix = rowsOf(facts()).containerAddresses.fix;
    const [, enter] = /^enter it as app: (.*)$/.exec(fix) ?? [];
    await docker("run -d --name inside busybox httpd -f -h /");
    const asked = "inspect -f {{.NetworkSettings.Networks.bridge.IPAddress}} inside";
    const [, address] = await docker(asked);
    const get = `exec 3<>/dev/tcp/${address}/80 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3`;
    expect(await asAccount(host(), "app", `${enter} timeout 5 bash -c "${get}"`)).toMatch(
      /^HTTP\/1\.1 404/,
    );
    await docker("rm -f inside");
  });

  test("hostGateway: nothing answers", async () => {
    expect(status("hostGateway")).toBe("unavailable");
    expect(await gatewayAnswers(host())).not.toContain("from ");
  });

  test("clientAddresses: every client is the gateway", async () => {
    expect(status("clientAddresses")).toBe("unavailable");
    expect(await clientSeen(host())).toBe("172.17.0.1");
    expect(await udpClientSeen(host())).toBe("172.17.0.1");
  });

  test("macvlanNetworks: neither macvlan nor ipvlan on the machine's interface", async () => {
    expect(status("macvlanNetworks")).toBe("unavailable");
    const [parent] = (await host().run("ls /sys/class/net | grep -vxE 'lo|inside'")).split("\n");
    expect(evidence("macvlanNetworks")).not.toMatch(new RegExp(`\\b${parent}\\b`));
    for (const driver of ["macvlan", "ipvlan"])
      expect(await docker(`network create -d ${driver} -o parent=${parent} outer`)).toEqual([
        1,
        expect.stringContaining(`invalid subinterface vlan name ${parent}`),
      ]);
  });

  test("containerIds: the highest id works, and the next one does not", async () => {
    expect(status("containerIds")).toBe("limited");
    const [, user, group] =
      /a container can only have users 0 to (\d+) and groups 0 to (\d+)$/.exec(
        evidence("containerIds"),
      ) ?? [];
    const id = (ids: string) => docker(`run --rm -u ${ids} busybox id -u`);
    expect(await id(`${user}:${group}`)).toEqual([0, user]);
    for (const ids of [`${Number(user) + 1}:0`, `0:${Number(group) + 1}`])
      expect(await id(ids)).toEqual([
        expect.anything(),
        expect.stringContaining("invalid argument"),
      ]);
  });

  test("bindMountOwners: root is the account, another user is another id, and what is given to it is its own", async () => {
    expect(status("bindMountOwners")).toBe("limited");
    const [, account, first] =
      /^uid (\d+) of app is root in a container, user 1 of a container is uid (\d+) on the machine, and files of other users appear as uid 65534$/.exec(
        evidence("bindMountOwners"),
      ) ?? [];
    const folder = "/home/app/owners";
    await asAccount(host(), "app", `mkdir -p ${folder}`);
    const owner = async (file: string) =>
      (await host().run(`stat -c %u ${folder}/${file} 2>/dev/null || true`)).trim();
    const touch = (user: number) =>
      docker(`run --rm -u ${user} -v ${folder}:/d busybox touch /d/${user}`);
    await touch(0);
    expect(await owner("0")).toBe(account);
    expect((await touch(1))[0]).toBe(1);
    await docker(`run --rm -v ${folder}:/d busybox chown 1 /d`);
    expect((await touch(1))[0]).toBe(0);
    expect(await owner("1")).toBe(first);
    await host().run(`echo >${folder}/roots`);
    expect(await docker(`run --rm -v ${folder}:/d busybox stat -c %u /d/roots`)).toEqual([
      0,
      "65534",
    ]);
    await host().run(`rm -r ${folder}`);
  });
}

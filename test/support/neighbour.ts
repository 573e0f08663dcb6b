import type { TestHost } from "../../stand-ins/hosts";
import { asAccount } from "./host";

/** A neighbour of a host, in a network namespace of its own: 198.51.100.2, and the host is .1 there. */
export const neighbour = `ip netns add outside
  ip link add inside type veth peer name outside netns outside
  ip addr add 198.51.100.1/24 dev inside && ip link set inside up
  ip netns exec outside ip addr add 198.51.100.2/24 dev outside
  ip netns exec outside ip link set outside up`;

/** Takes it away. */
export const noNeighbour = "ip netns del outside; umount /run/netns; rmdir /run/netns";

/** Gives the host's veth pair `inside` and `outside` addresses, and the neighbour something that answers there. */
export const neighbour6 = `ip addr add fd00:bed::1/64 dev inside nodad
  ip netns exec outside ip addr add fd00:bed::2/64 dev outside nodad
  cat >/root/n6.pl <<'END'
    use Socket qw(:all);
    socket($s, AF_INET6, SOCK_STREAM, 0); setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
    bind($s, pack_sockaddr_in6(7006, inet_pton(AF_INET6, "::"))) or die; listen($s, 5);
    while (1) {
      my ($port, $address) = unpack_sockaddr_in6(accept($c, $s));
      syswrite $c, "neighbour saw " . inet_ntop(AF_INET6, $address) . "\\n"; close $c
    }
END
  setsid ip netns exec outside perl /root/n6.pl </dev/null >/dev/null 2>&1 &
  echo $! >/root/n6.pid
  until ip netns exec outside ss -Hltn sport = :7006 | grep -q .; do sleep 0.1; done`;

/** What goes through whatever the inputs are. */
export const reached6 = { between: true, published: "HTTP/1.1 404 Not Found" };

/** What goes through of IPv6, of containers on the default bridge. */
export async function traffic6(host: TestHost) {
  const docker = (command: string) => asAccount(host, "app", command);
  const address = await docker(`docker run -d --name six -p 8080:80 busybox httpd -f -h / >/dev/null
    docker inspect -f '{{range .NetworkSettings.Networks}}{{.GlobalIPv6Address}}{{end}}' six`);
  const inContainer = (command: string) =>
    docker(`docker run --rm busybox sh -c '${command}' 2>&1 || true`);
  const said = await inContainer("nc -w 5 fd00:bed::2 7006 </dev/null");
  const went = {
    between: (await inContainer(`ping -c 1 -W 5 ${address.trim()}`)).includes("1 packets received"),
    published: (
      await host.run("ip netns exec outside bash", {
        // pasta looks once a second for new ports.
        input: `for i in $(seq 8); do
          (exec 3<>/dev/tcp/fd00:bed::1/8080 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && timeout 5 head -n 1 <&3) 2>/dev/null && exit
          sleep 1; done`,
      })
    ).trim(),
    outbound: said.includes("Network is unreachable") ? "unreachable" : said.trim(),
  };
  await docker("docker rm -f six >/dev/null");
  return went;
}

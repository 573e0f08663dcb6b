import { join } from "node:path";
import { placeOf } from "../hosts/place";

/** The first three octets of the network inside each machine. Not 10.0.2: slirp4netns has that. */
export const net = "10.77.0";
/** The machine's own address there; the image has it too. */
export const inside = `${net}.15`;

/** The names of machine N. Numbers are those of all hosts, so that each is removed in the same way. */
export function machinePlace(number: number) {
  const { dir, machine } = placeOf(number);
  return {
    dir,
    machine,
    // Its own loopback address, so that no port has to be looked for.
    address: `127.77.0.${number}`,
    port: 2222,
    disk: join(dir, "disk.qcow2"),
    console: join(dir, "console.log"),
    qmp: join(dir, "qmp"),
  };
}

/** A shell script of the machines, by name. */
export const scriptPath = (name: string) => join(__dirname, "scripts", name);

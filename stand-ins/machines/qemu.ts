import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, closeSync, constants, openSync, readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { exec, execOrThrow } from "../hosts/exec";
import { inside, machinePlace, net, scriptPath } from "./place";
import { qmp } from "./qmp";

/** What runs machines here. A snapshot is only good for the same. */
export interface Qemu {
  version: string;
  accelerator: "kvm" | "tcg";
  /** With hardware acceleration a machine sees the processor; "" without. */
  processor: string;
  /** Of its machines, if it is not this machine's. */
  architecture?: Foreign;
}

/** Another architecture than this machine's, always emulated. */
export type Foreign = "arm64";

const programOf = ({ architecture }: Pick<Qemu, "architecture">) =>
  architecture === "arm64" ? "qemu-system-aarch64" : "qemu-system-x86_64";

/** Whatever differs between two machines, or two runs of one. */
export interface Run {
  number: number;
  /** The folder of its image. */
  image: string;
  qemu: Qemu;
  /** The snapshot it goes on from. Defaults to none: it boots. */
  snapshot?: string;
  /** Whether what the machine has flushed is in the disk's file. Defaults to "unsafe": it may not be. */
  cache?: DiskCache;
  /** More for the kernel's command line. Defaults to nothing. */
  kernelOptions?: string;
}

/** QEMU's word. "writeback" is a disk that keeps what it was told to flush, and no more. */
export type DiskCache = "unsafe" | "writeback";

let found: Promise<Qemu> | undefined;

/** QEMU here, with the hardware's help if that starts the kernel of an image. Asked once a process. */
export function qemuHere(image: string, architecture?: Foreign): Promise<Qemu> {
  if (architecture !== undefined) return foreignQemu(architecture);
  return (found ??= findQemu(image));
}

async function foreignQemu(architecture: Foreign): Promise<Qemu> {
  const version = await versionOf({ architecture });
  return { version, accelerator: "tcg", processor: "", architecture };
}

async function versionOf(qemu: Pick<Qemu, "architecture">): Promise<string> {
  const said = await execOrThrow(programOf(qemu), ["--version"]);
  return /version (\S+)/.exec(said)?.[1] ?? said;
}

async function findQemu(image: string): Promise<Qemu> {
  const version = await versionOf({});
  const processor = processorName();
  return (await kvmWorks(image, version, processor))
    ? { version, accelerator: "kvm", processor }
    : { version, accelerator: "tcg", processor: "" };
}

function processorName(): string {
  return /^model name\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
}

/** Seconds for a kernel to start with hardware acceleration. It takes less than one. */
const probePatience = 10;

/** Whether a stock kernel starts with hardware acceleration. That there is a /dev/kvm is not enough. */
async function kvmWorks(image: string, version: string, processor: string): Promise<boolean> {
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch {
    return false;
  }
  const key = hashOf([version, processor, release()]);
  const dir = await cached(cacheDir("machine-kvm-probe", version, key), async (tmp) => {
    const { stdout } = await exec(
      "qemu-system-x86_64",
      [
        ...hardware("kvm"),
        ...["-serial", "stdio", "-no-reboot"],
        ...kernel(image, "console=ttyS0 quiet testbed-probe"),
      ],
      { timeoutSeconds: probePatience },
    );
    const works = stdout.includes("testbed: a kernel runs");
    writeFileSync(join(tmp, "works"), works ? "yes" : "no");
  });
  return readFileSync(join(dir, "works"), "utf8") === "yes";
}

/** An arm64 machine: its pointer authentication as a cheap hash, which costs half of the time otherwise. */
const arm64Hardware = [
  ...["-nodefaults", "-no-user-config", "-display", "none", "-M", "virt", "-accel", "tcg"],
  ...["-cpu", "max,pauth-impdef=on", "-smp", "1", "-m", "2048"],
];

const hardware = (accelerator: "kvm" | "tcg") => [
  ...["-nodefaults", "-no-user-config", "-display", "none", "-M", "q35"],
  ...["-accel", accelerator],
  // A second emulated processor costs more than it gives where several machines share two real ones.
  ...["-cpu", "max", "-smp", accelerator === "kvm" ? "2" : "1", "-m", "2048"],
];

const kernel = (image: string, line: string) => [
  ...["-kernel", join(image, "vmlinuz"), "-initrd", join(image, "initrd")],
  ...["-append", line],
];

/** All that QEMU is told. */
export function qemuArguments(run: Run): string[] {
  const { number, image, qemu, snapshot, cache, kernelOptions } = run;
  const { machine, address, port, disk, console, qmp: socket } = machinePlace(number);
  // TCG keeps translated code by its virtual address. With programs at a new address each time, it translates
  // anew what every one of them runs: to start one takes four times as long (38 and 9 ms).
  const accelerated = qemu.accelerator === "kvm";
  const isArm64 = qemu.architecture === "arm64";
  const line = [`root=/dev/vda rw console=${isArm64 ? "ttyAMA0" : "ttyS0"} quiet`];
  if (!accelerated) line.push("norandmaps");
  if (kernelOptions !== undefined) line.push(kernelOptions);
  const forward = `hostfwd=tcp:${address}:${port}-${inside}:22`;
  return [
    ...["-name", machine],
    ...(isArm64 ? arm64Hardware : hardware(qemu.accelerator)),
    ...kernel(image, line.join(" ")),
    // A machine that is thrown away need not survive a power failure, unless that is what is tried.
    ...[
      "-drive",
      `if=none,id=disk,file=${disk},format=qcow2,cache=${cache ?? "unsafe"},discard=unmap`,
    ],
    ...["-device", "virtio-blk-pci,drive=disk"],
    ...["-netdev", `user,id=net,net=${net}.0/24,${forward}`],
    ...["-device", "virtio-net-pci,netdev=net,romfile="],
    ...["-device", "virtio-rng-pci"],
    ...["-chardev", `file,id=console,path=${console},append=on`, "-serial", "chardev:console"],
    ...["-qmp", `unix:${socket},server=on,wait=off`],
    ...(snapshot === undefined ? [] : ["-loadvm", snapshot]),
  ];
}

/** Starts a machine whose disk is in place, in a session of its own: a Ctrl-C is not for it. */
export function startQemu(run: Run): ChildProcess {
  const { machine, console } = machinePlace(run.number);
  const log = openSync(console, "a");
  const program = programOf(run.qemu);
  const child = spawn("sh", [scriptPath("start.sh"), machine, program, ...qemuArguments(run)], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  closeSync(log);
  return child;
}

/** Ends QEMU, not its machine's system, so that the disk's file is complete. */
export async function stopQemu(child: ChildProcess, number: number): Promise<void> {
  const ended = once(child, "exit");
  child.ref();
  await qmp(machinePlace(number).qmp, "quit");
  await ended;
}

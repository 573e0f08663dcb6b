import type { Document } from "../../../step/document";
import { byCodeUnits } from "../../../step/document";
import type { Reader, Rule } from "../../../step/problems";

/** Controllers that systemd can delegate (systemd.resource-control(5)) and containers use. */
const controllers = ["cpu", "cpuset", "io", "memory", "pids"];

const controller: Rule<string> = (name) =>
  controllers.includes(name)
    ? undefined
    : `is not a controller that containers use; choose from ${controllers.join(", ")}`;

export function resourceControllersSettings(read: Reader): string[] {
  if (!read.given("resourceControllers")) {
    read.strings("resourceControllers", controller);
    return controllers;
  }
  const names = read.strings("resourceControllers", controller);
  return [...new Set(names)].sort(byCodeUnits);
}

export function resourceControllersDocument(names: string[]): Document {
  return { "cgroup.controllers": names.join(" ") };
}

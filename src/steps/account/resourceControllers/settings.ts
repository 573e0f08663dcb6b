import { byCodeUnits, type Document } from "../../document";
import type { Reader, Rule } from "../../../validation/reader";

/** Controllers that systemd can delegate (systemd.resource-control(5)) and containers use. */
const controllers = ["cpu", "cpuset", "io", "memory", "pids"];

const controller: Rule<string> = (name) =>
  controllers.includes(name)
    ? undefined
    : `is not a controller that containers use; choose from ${controllers.join(", ")}`;

export function resourceControllersSettings(read: Reader): string[] {
  const names = read.strings("resourceControllers", controller);
  return read.given("resourceControllers") ? [...new Set(names)].sort(byCodeUnits) : controllers;
}

export function resourceControllersDocument(names: string[]): Document {
  return { "cgroup.controllers": names.join(" ") };
}

import type { Document } from "../../document";
import type { Reader, Rule } from "../../../validation/reader";

/** Options of kernel modules by module and parameter, as on the kernel's command line. */
export type KernelModuleSettings = Record<string, string>;

const optionName: Rule<string> = (name) =>
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,55}\.[A-Za-z0-9_]{1,64}$/.test(name)
    ? undefined
    : "is not an option of a kernel module; write MODULE.PARAMETER, such as overlay.permit_mounts_in_userns";

// modprobe.d(5): one line, where a space begins the next option and a backslash the next line.
const optionValue = /^[A-Za-z0-9_.,:+/-]{1,256}$/;

export function kernelModuleSettings(read: Reader): KernelModuleSettings {
  const options: [string, string][] = [];
  for (const [name, value] of Object.entries(read.mapping("kernelModuleOptions", optionName))) {
    if (typeof value === "string" && optionValue.test(value)) {
      options.push([name, value]);
    } else {
      const at = `kernelModuleOptions.${name}`;
      const wrong = "is not the value of a module's option; write a text such as '1'";
      read.refuse(at, `${read.quote(at, value)} ${wrong}`);
    }
  }
  return Object.fromEntries(options);
}

export function kernelModulesDocument(options: KernelModuleSettings): Document {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`modprobe.d/${name}`, value]),
  );
}

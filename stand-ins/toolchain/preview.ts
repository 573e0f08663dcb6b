import { stripVTControlCharacters } from "node:util";
import type { EngineEvent, PreviewOptions, Stack } from "@pulumi/pulumi/automation";

/** The text of `pulumi preview` as a reviewer reads it, without colours. Defaults to no `--diff`. */
export async function previewText(stack: Stack, options: PreviewOptions = {}): Promise<string> {
  const { stdout } = await stack.preview({ color: "never", ...options });
  return stripVTControlCharacters(stdout);
}

/** What a preview would do, as the engine's events: one `resourcePreEvent` per resource. */
export async function previewEvents(
  stack: Stack,
  options: PreviewOptions = {},
): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  await stack.preview({ ...options, onEvent: (event) => events.push(event) });
  return events;
}

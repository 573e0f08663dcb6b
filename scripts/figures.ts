import { functionsOfStep, packedAgent, stepNames } from "../src/agent/agentText";
import { shellFiles, shellFunctions } from "../src/agent/shellSources";

/** How many steps run again after an upgrade that changed one line of the agent, on average over all lines. */
export function stepsPerChangedLine(): number {
  const times = new Map<string, number>();
  for (const step of stepNames)
    for (const name of functionsOfStep(step)) times.set(name, (times.get(name) ?? 0) + 1);
  const again = [...shellFunctions()].reduce(
    (sum, [name, { body }]) => sum + body.split("\n").length * (times.get(name) ?? 0),
    0,
  );
  return again / shellLines();
}

function shellLines(): number {
  return shellFiles().reduce((sum, { text }) => sum + text.split("\n").length - 1, 0);
}

if (require.main === module) {
  console.log(`the agent: ${shellFiles().length} files, ${shellLines()} lines without comments`);
  console.log(`packed, as the state has it twice: ${packedAgent().length} bytes`);
  console.log(
    `steps that run again for a changed line: ${stepsPerChangedLine().toFixed(2)} of ${stepNames.length}`,
  );
  console.log("CPU of a preview beside bare resources: npm run bench:preview");
}

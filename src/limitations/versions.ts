/** Whether a version is that one or later. */
export function isFrom(version: string, ...from: number[]): boolean {
  const parts = version.split(/[.+~-]/).map(Number);
  for (const [index, wanted] of from.entries()) {
    const part = parts[index] || 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/** The version of an image as a number that can be compared: 4.1 → 4001. Undefined where its tag says none. */
export function versionOf(reference: string): number | undefined {
  const found = /:v?(\d+)(?:\.(\d+))?/.exec(reference);
  return found?.[1] === undefined ? undefined : Number(found[1]) * 1000 + Number(found[2] ?? 0);
}

const SUFFIXES: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A quantity as a number: servers write them in their own way, `1000m` comes back as `1`. */
export function quantity(value: unknown): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)(n|u|m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(String(value));
  if (!parts) return undefined;
  return Number(parts[1]) * (SUFFIXES[parts[2] ?? ''] ?? Number.NaN);
}

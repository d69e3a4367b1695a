/** Paths of fields that were sent and did not come back, or came back as something else. */
export function lostFields(sent: unknown, returned: unknown, path = ''): string[] {
  if (isEmpty(sent) && (returned === undefined || isEmpty(returned))) return [];
  if (Array.isArray(sent)) {
    if (!Array.isArray(returned)) return [path];
    return sent.flatMap((item, index) => lostFields(item, returned[index], `${path}[${index}]`));
  }
  if (sent !== null && typeof sent === 'object') {
    if (returned === null || typeof returned !== 'object') return [path];
    const fields = returned as Record<string, unknown>;
    return Object.entries(sent).flatMap(([key, value]) =>
      lostFields(value, fields[key], path ? `${path}.${key}` : key),
    );
  }
  return isSame(sent, returned) ? [] : [`${path} (sent ${JSON.stringify(sent)}, returned ${JSON.stringify(returned)})`];
}

/** Servers leave out what is empty: `ingress: []` means the same as no `ingress`. */
function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function isSame(sent: unknown, returned: unknown): boolean {
  if (sent === returned) return true;
  const [wanted, found] = [quantity(sent), quantity(returned)];
  return wanted !== undefined && found !== undefined && wanted === found;
}

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

/** Servers write quantities in their own way: `1000m` comes back as `1`. */
function quantity(value: unknown): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)(n|u|m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(String(value));
  if (!parts) return undefined;
  return Number(parts[1]) * (SUFFIXES[parts[2] ?? ''] ?? Number.NaN);
}

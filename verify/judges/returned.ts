import { quantity } from '../manifests/quantity';

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

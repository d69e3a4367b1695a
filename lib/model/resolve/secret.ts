/** The two ways in which the cluster comes to hold a Secret. */
import type { SecretPlan, SecretValue } from '../plan';

/** A password: 24 random bytes are 192 bits, 48 hex digits. */
const password: SecretValue = { make: 'hex', bytes: 24 };

export function generated(
  name: string,
  description: string,
  key: string,
  usedBy: readonly string[],
  value: SecretValue = password,
): SecretPlan {
  return { name, class: 'generated', description, type: 'Opaque', keys: { [key]: value }, optional: false, usedBy };
}

export function given(
  name: string,
  description: string,
  keys: readonly string[],
  usedBy: readonly string[],
  optional = false,
): SecretPlan {
  return {
    name,
    class: 'given',
    description,
    type: 'Opaque',
    keys: Object.fromEntries(keys.map((key) => [key, undefined])),
    optional,
    usedBy,
  };
}

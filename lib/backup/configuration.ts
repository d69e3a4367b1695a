import type { Plan } from '../model/plan';

/** A Secret whose content goes into the backup of the configuration, with its keys. */
export interface ConfigurationSource {
  readonly name: string;
  readonly keys: readonly string[];
}

/**
 * The configuration that stands nowhere else. ConfigMaps do: `dist/` is committed. The Secrets are mounted, so nobody needs
 * to read them at the API server; the key of the backups is no part of them.
 */
export function configurationOf(plan: Plan): ConfigurationSource[] {
  return plan.secrets
    .filter(({ name }) => name !== plan.backup?.secret)
    .map(({ name, keys }) => ({ name, keys: Object.keys(keys) }));
}

import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Plan } from '../model/plan';

/** An object whose content goes into the backup of the configuration, with its keys. */
export interface ConfigurationSource {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly keys: readonly string[];
  /** Of a ConfigMap; what a Secret holds nobody knows here. */
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Of everything that is emitted before the backups, the configuration: ConfigMaps, which `dist/` has too, and Secrets,
 * which nobody else has. They are mounted, so nobody needs to read them at the API server.
 */
export function configurationOf(scope: Construct, plan: Plan): ConfigurationSource[] {
  const maps = scope.node.findAll().filter((node): node is k8s.KubeConfigMap => node instanceof k8s.KubeConfigMap);
  return [
    ...maps.map((map): ConfigurationSource => {
      const { data = {} } = map.toJson() as { readonly data?: Readonly<Record<string, string>> };
      return { kind: 'ConfigMap', name: map.name, keys: Object.keys(data).sort(), data };
    }),
    ...plan.secrets
      // The key of the backups is no part of them.
      .filter(({ name }) => name !== plan.backup?.secret)
      .map(({ name, keys }): ConfigurationSource => ({ kind: 'Secret', name, keys: Object.keys(keys) })),
  ];
}

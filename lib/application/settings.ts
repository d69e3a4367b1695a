import { Construct } from 'constructs';
import { checksum } from '../kubernetes/checksum';
import { configMap } from '../kubernetes/config-map';
import type { Plan, ServicePlan } from '../model/plan';

/** What a pod takes of its settings: the ConfigMap by name, and a checksum that rolls the pod when they change. */
export interface SettingsUse {
  readonly configMaps: readonly string[];
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * How the pods of a service, or of its migrations, use its settings.
 * @param name the ConfigMap's: the service's own name
 */
export function useSettings(name: string, settings: Readonly<Record<string, string>>): SettingsUse {
  if (Object.keys(settings).length === 0) return { configMaps: [], checksums: {} };
  return { configMaps: [name], checksums: { settings: checksum(settings) } };
}

export interface SettingsProps {
  readonly plan: Plan;
  readonly service: ServicePlan;
}

/**
 * The settings of a service as a ConfigMap of its name; nothing where it has none. It belongs before every pod that
 * reads it: a pod that came first would start on the settings of yesterday.
 */
export class Settings extends Construct {
  constructor(scope: Construct, id: string, { plan, service }: SettingsProps) {
    super(scope, id);
    if (Object.keys(service.settings).length === 0) return;
    configMap(this, plan, service, service.name, service.settings);
  }
}

import type { ParsedEnvironment } from '../schema/environment';

/** The namespace of a system in an environment. */
export function namespaceOf(environment: ParsedEnvironment, environmentName: string, id: string): string {
  const template = environment.systems[id]?.namespace ?? environment.namespace;
  return template.replaceAll('{system}', id).replaceAll('{environment}', environmentName);
}

/** The hosts at which a system is reached there; the first one is the main host. */
export function hostsOf(environment: ParsedEnvironment, id: string): readonly string[] {
  return environment.systems[id]?.hosts ?? [`${id}.${environment.domain}`];
}

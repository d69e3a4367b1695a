import type { Component, Plan } from '../model/plan';

/** What every label set needs of the Plan. */
export type Owner = Pick<Plan, 'namespace' | 'system'>;

/**
 * The recommended labels, on every object and pod. `instance` is the namespace, so that two environments in one
 * cluster can be told apart and pruned apart.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function labels(
  plan: Owner,
  name: string,
  component: Component | 'namespace' | 'network' | 'edge',
): Record<string, string> {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': plan.namespace,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': plan.system.id,
    'app.kubernetes.io/managed-by': 'keelson',
  };
}

/** The labels that selectors use. They never change: a Deployment's selector is immutable. */
export function selector(plan: Owner, name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': plan.namespace };
}

/** The metadata of a namespaced object. Every object names its namespace: analysers match by it. */
export function metadata(
  plan: Owner,
  objectName: string,
  part: { readonly name: string; readonly component: Component | 'namespace' | 'network' | 'edge' },
  annotations?: Record<string, string>,
): { name: string; namespace: string; labels: Record<string, string>; annotations?: Record<string, string> } {
  const base = { name: objectName, namespace: plan.namespace, labels: labels(plan, part.name, part.component) };
  return annotations === undefined ? base : { ...base, annotations };
}

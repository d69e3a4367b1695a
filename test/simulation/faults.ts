/** Policies with one fault each: what a simulation must notice. */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = { [key: string]: Json };

export interface Fault {
  readonly title: string;
  readonly manifests: readonly unknown[];
}

interface Policy {
  readonly kind: 'NetworkPolicy';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Fields;
}

function isPolicy(manifest: unknown): manifest is Policy {
  return (manifest as { kind?: unknown }).kind === 'NetworkPolicy';
}

/** Every list below a value, by its path: rules, peers, ports, exceptions, directions. */
function lists(value: Json, path: string): { readonly path: string; readonly list: Json[] }[] {
  if (Array.isArray(value)) {
    return [{ path, list: value }, ...value.flatMap((item, index) => lists(item, `${path}[${index}]`))];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => lists(item, `${path}.${key}`));
}

/** Each item of each list of a spec, taken out. */
function removals(spec: Fields): { readonly what: string; readonly spec: Fields }[] {
  return lists(spec, 'spec').flatMap(({ path, list }, which) =>
    list.map((_, index) => {
      const copy = structuredClone(spec);
      lists(copy, 'spec')[which]?.list.splice(index, 1);
      return { what: `${path}[${index}]`, spec: copy };
    }),
  );
}

/** Each peer of two selectors, as two peers: *or* instead of *and*. */
function splits(spec: Fields): { readonly what: string; readonly spec: Fields }[] {
  return lists(spec, 'spec').flatMap(({ path, list }, which) =>
    list.flatMap((item, index) => {
      if (item === null || typeof item !== 'object' || Array.isArray(item)) return [];
      const { namespaceSelector, podSelector } = item;
      if (namespaceSelector === undefined || podSelector === undefined) return [];
      const copy = structuredClone(spec);
      lists(copy, 'spec')[which]?.list.splice(index, 1, { namespaceSelector }, { podSelector });
      return [{ what: `${path}[${index}]`, spec: copy }];
    }),
  );
}

/**
 * One fault in a policy that is there: a thing removed, or two selectors of one peer torn apart. `default-deny` closes both
 * directions of every pod already: that another policy does so too, or has no rule at all, cannot be noticed.
 */
function faultsOf(policy: Policy): { readonly title: string; readonly policy: Policy | undefined }[] {
  const { name } = policy.metadata;
  const closes = name === 'default-deny';
  const removed = removals(policy.spec).filter(({ what }) => closes || !what.startsWith('spec.policyTypes'));
  const isEmpty = policy.spec['ingress'] === undefined && policy.spec['egress'] === undefined;
  return [
    ...(closes || !isEmpty ? [{ title: `${name} is missing`, policy: undefined }] : []),
    ...removed.map(({ what, spec }) => ({ title: `${name} without ${what}`, policy: { ...policy, spec } })),
    ...splits(policy.spec).map(({ what, spec }) => ({
      title: `${name} with ${what} as two peers`,
      policy: { ...policy, spec },
    })),
  ];
}

/** A policy beside the others that opens one direction of every pod. */
function openAll(namespace: string, direction: 'ingress' | 'egress'): unknown {
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'open-all', namespace },
    spec: { podSelector: {}, policyTypes: [type], [direction]: [{}] },
  };
}

/** Every fault of these kinds, one at a time. */
export function faults(manifests: readonly unknown[]): Fault[] {
  const [first] = manifests.filter(isPolicy);
  const namespace = first?.metadata.namespace ?? '';
  const added = (['ingress', 'egress'] as const).map((direction) => ({
    title: `a policy that opens all ${direction}`,
    manifests: [...manifests, openAll(namespace, direction)],
  }));
  const changed = manifests.filter(isPolicy).flatMap((original) =>
    faultsOf(original).map(({ title, policy }) => ({
      title,
      manifests: manifests.flatMap((it) => (it !== original ? [it] : policy === undefined ? [] : [policy])),
    })),
  );
  return [...added, ...changed];
}

/** Quantities as numbers: CPU in millicores, bytes in MiB. */
import { mib, millicores } from '../../lib/model/quantities';
import type { Amounts, PodSpec } from './manifest';

export const resources = ['cpu', 'memory', 'ephemeral-storage'] as const;
export type Resource = (typeof resources)[number];
export type Sum = Readonly<Record<Resource, number>>;

/** NaN for what is missing or no quantity, which no comparison accepts. */
export function amount(resource: string, text: string | undefined): number {
  if (text === undefined) return Number.NaN;
  if (resource === 'cpu') return /^\d+m?$/.test(text) ? millicores(text) : Number.NaN;
  if (text === '0') return 0;
  return /^\d+[MGT]i$/.test(text) ? mib(text) : Number.NaN;
}

export function sumOf(amounts: Amounts | undefined): Sum {
  const of = (resource: Resource): number => amount(resource, amounts?.[resource]);
  return { cpu: of('cpu'), memory: of('memory'), 'ephemeral-storage': of('ephemeral-storage') };
}

export function combine(a: Sum, b: Sum, each: (x: number, y: number) => number): Sum {
  const of = (resource: Resource): number => each(a[resource], b[resource]);
  return { cpu: of('cpu'), memory: of('memory'), 'ephemeral-storage': of('ephemeral-storage') };
}

export const zero: Sum = { cpu: 0, memory: 0, 'ephemeral-storage': 0 };

export function plus(a: Sum, b: Sum): Sum {
  return combine(a, b, (x, y) => x + y);
}

/**
 * What a pod is counted with: the sum of its containers, or its largest init container where that is more.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podAmounts({ containers, initContainers = [] }: PodSpec, part: 'requests' | 'limits'): Sum {
  const main = containers.map((container) => sumOf(container.resources?.[part])).reduce(plus, zero);
  return initContainers
    .map((container) => sumOf(container.resources?.[part]))
    .reduce((most, next) => combine(most, next, Math.max), main);
}

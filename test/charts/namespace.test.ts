import { App } from 'cdk8s';
import { NamespaceChart } from '../../charts/namespace';
import { mib, millicores } from '../../lib/model/quantities';
import { resolveShop } from '../model/shop';
import { emit, environments, tiers, workspace } from '../simulation/systems';

type Quantities = Readonly<Record<string, string>>;

interface Container {
  readonly name: string;
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
}

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
}

/** As much of a manifest as quotas look at. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec: { readonly template: Template } };
    readonly scaleTargetRef?: { readonly name: string };
    readonly maxReplicas?: number;
    readonly maxReplicaCount?: number;
    readonly resources?: { readonly requests: Quantities };
    readonly hard?: Quantities;
    readonly limits?: readonly { readonly default: Quantities; readonly defaultRequest: Quantities }[];
  };
}

const kinds = ['cpu', 'memory', 'ephemeral-storage'] as const;
const sides = ['requests', 'limits'] as const;

/** Millicores of CPU, MiB of anything with a unit, and plain counts. */
function amount(resource: string, text = '0'): number {
  if (resource.endsWith('cpu')) return millicores(text);
  return /^\d+$/.test(text) ? Number(text) : mib(text);
}

function templateOf({ spec }: Manifest): Template | undefined {
  return spec?.template ?? spec?.jobTemplate?.spec.template;
}

/** What a pod counts with: the sum of its containers, or the largest init container where that is more. */
function podAmount({ spec }: Template, side: (typeof sides)[number], kind: string): number {
  const of = ({ resources }: Container): number => amount(kind, resources?.[side]?.[kind]);
  const main = spec.containers.reduce((sum, container) => sum + of(container), 0);
  return Math.max(main, ...(spec.initContainers ?? []).map(of));
}

/** The most pods of each workload that makes any, by its name; a Job and the CronJob that starts it again are one. */
function mostPods(manifests: readonly Manifest[]): Map<string, { readonly pods: number; readonly template: Template }> {
  const scalers = manifests.flatMap(({ spec }) => {
    const most = spec?.maxReplicas ?? spec?.maxReplicaCount;
    return spec?.scaleTargetRef && most !== undefined ? [[spec.scaleTargetRef.name, most] as const] : [];
  });
  const maximum = new Map(scalers);
  const found = new Map<string, { readonly pods: number; readonly template: Template }>();
  for (const manifest of manifests) {
    const template = templateOf(manifest);
    if (template === undefined) continue;
    const { kind, metadata, spec } = manifest;
    const replicas = maximum.get(metadata.name) ?? spec?.replicas ?? 1;
    const pods = kind === 'StatefulSet' ? replicas : 2 * replicas;
    found.set(template.metadata.labels['app.kubernetes.io/name'] ?? '', { pods, template });
  }
  return found;
}

/** What the namespace would refuse: pods that outgrow the quota, containers that the defaults contradict. */
function refusals(manifests: readonly Manifest[]): string[] {
  const hard = manifests.find(({ kind }) => kind === 'ResourceQuota')?.spec?.hard ?? {};
  const defaults = manifests.find(({ kind }) => kind === 'LimitRange')?.spec?.limits?.[0]?.default ?? {};
  const workloads = [...mostPods(manifests).values()];
  const claims = manifests.filter(({ kind }) => kind === 'PersistentVolumeClaim');
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const needs: Readonly<Record<string, number>> = {
    pods: sum(workloads.map(({ pods }) => pods)),
    persistentvolumeclaims: claims.length,
    ...Object.fromEntries(
      sides.flatMap((side) =>
        kinds.map((kind) => [
          `${side}.${kind}`,
          sum(workloads.map(({ pods, template }) => pods * podAmount(template, side, kind))),
        ]),
      ),
    ),
  };
  const containers = workloads.flatMap(({ template: { spec } }) => [
    ...spec.containers,
    ...(spec.initContainers ?? []),
  ]);
  return [
    ...Object.entries(needs).flatMap(([name, need]) => (need <= amount(name, hard[name]) ? [] : [`${name} ${need}`])),
    ...containers.flatMap(({ name, resources }) =>
      kinds.flatMap((kind) => {
        const [request, limit] = [resources?.requests?.[kind], resources?.limits?.[kind]];
        if (request === undefined || limit === undefined) return [`${name} states no ${kind}`];
        return amount(kind, request) <= Math.min(amount(kind, limit), amount(kind, defaults[kind]))
          ? []
          : [`${name} requests ${request}`];
      }),
    ),
  ];
}

describe('00-namespace', () => {
  test('is called so, because its name is its file', () => {
    const { plan } = resolveShop();
    if (plan === undefined) throw new Error('the shop has a problem');
    const chart = new NamespaceChart(new App(), plan);
    expect(chart.node.id).toBe('00-namespace');
    const kinds = (chart.toJson() as Manifest[]).map(({ kind }) => kind);
    expect(kinds).toEqual(['Namespace', 'LimitRange', 'ResourceQuota']);
  });

  const cases = workspace
    .systems()
    .flatMap((system) =>
      environments.flatMap((environment) => tiers.map((tier) => [system, environment, tier] as const)),
    );

  test.each(cases)('%s %s %s: the namespace refuses none of its own pods', (system, environment, tier) => {
    expect(refusals(emit(system, environment, tier).manifests as Manifest[])).toEqual([]);
  });
});

describe('what would be refused is noticed', () => {
  const { manifests } = emit('django-react', 'production', 'medium');
  const changed = (change: (manifest: Manifest) => unknown): string[] =>
    refusals((structuredClone(manifests) as Manifest[]).map((manifest) => (change(manifest) ?? manifest) as Manifest));

  /** Changes the resources of the backend's container. */
  function backend(resources: Container['resources']): string[] {
    return changed(({ kind, metadata, ...rest }) => {
      const template = rest.spec?.template;
      const [container] = template?.spec.containers ?? [];
      if (kind !== 'Deployment' || metadata.name !== 'backend' || !template || !container) return undefined;
      const spec = { ...template.spec, containers: [{ ...container, resources }] };
      return { kind, metadata, ...rest, spec: { ...rest.spec, template: { ...template, spec } } };
    });
  }

  const plenty = { cpu: '2', memory: '1Gi', 'ephemeral-storage': '384Mi' };

  test.each<[string, () => string[], RegExp]>([
    ['a container without limits', () => backend({ requests: plenty }), /states no cpu/],
    [
      'a request above the default limit',
      () => backend({ requests: { ...plenty, memory: '600Mi' }, limits: plenty }),
      /requests 600Mi/,
    ],
    [
      'a limit that outgrows the quota',
      () => backend({ requests: { ...plenty, cpu: '1', memory: '1Mi' }, limits: { ...plenty, memory: '64Gi' } }),
      /limits\.memory/,
    ],
    [
      'an autoscaler that outgrows it',
      () =>
        changed(({ spec, ...rest }) =>
          spec?.maxReplicas ? { ...rest, spec: { ...spec, maxReplicas: 50 } } : undefined,
        ),
      /pods \d+/,
    ],
  ])('%s', (_, found, wanted) => {
    expect(found()).toEqual(expect.arrayContaining([expect.stringMatching(wanted)]));
  });
});

import type { Plan, Workload } from '../plan';
import { mib } from '../quantities';
import { quotaOf } from '../quota';
import { resolveArrows } from './arrows';
import { backupArrows, backupClaims, resolveBackup, throwAwayClaims } from './backup';
import type { Context } from './context';
import { cdnOf, resolveEdge } from './edge';
import { monitoringClaims, monitoringOf, monitoringWorkloads, resolveMonitoring, sidecarsOf } from './monitoring';
import { operatorImages, statusPort } from './operators';
import { patchesOf } from './patches';
import { monitoringArrows, monitoringVisitors } from './scrapes';
import { resolveProvider, resolveSecrets } from './secrets';
import { resolveServices } from './services';
import { storeSidecars } from './store-tls';
import { claimsAtMost, resolveStores } from './stores';
import { resolveTools } from './tools';
import { resolveVolumes } from './volumes';
import { capacity } from './workload';

type Parts = Pick<Plan, 'services' | 'stores' | 'tools' | 'secretsProvider' | 'monitors' | 'backup'>;

/** Every workload that makes pods: the parts, their Jobs, the bootstrap. An external store has none, but its roles Job has. */
function workloadsOf(parts: Parts): Workload[] {
  const { secretsProvider: provider } = parts;
  return [
    ...(provider.provider === 'bootstrap' ? [provider.job] : []),
    ...parts.stores.flatMap((store): Workload[] => [
      ...(store.external ? [] : [store]),
      ...(store.kind === 'postgres' ? [store.rolesJob, ...(store.pooler ? [store.pooler] : [])] : []),
    ]),
    ...parts.services.flatMap((service): Workload[] => [...(service.migration ? [service.migration] : []), service]),
    ...parts.tools,
    ...monitoringWorkloads(parts.monitors),
    ...(parts.backup?.jobs ?? []),
  ];
}

function imagesOf(context: Context, workloads: readonly Workload[], parts: Parts): Plan['images'] {
  const { pullPolicy, pullSecret } = context.environment.images;
  const helper = context.images.get('helper') ?? '';
  const used = new Set([
    helper,
    ...workloads.map(({ image }) => image),
    ...(parts.monitors?.exporters ?? []).map(({ image }) => image),
    ...(parts.backup ? [parts.backup.client] : []),
    ...parts.services.flatMap(({ waits }) => waits.flatMap(({ login }) => (login ? [login.image] : []))),
  ]);
  const all = [...context.images]
    .filter(([, reference]) => used.has(reference))
    .map(([name, reference]) => ({ name, reference }))
    .concat(operatorImages(parts.stores));
  return { pullPolicy, pullSecret, helper, all };
}

function systemOf(context: Context): Plan['system'] {
  const { title, description, zones, flows, scenarios, dashboard, links, documented } = context.system;
  const totals = documented && {
    services: documented.services,
    limits: capacity(documented.limits),
    requests: capacity(documented.requests),
  };
  return { id: context.id, title, description, zones, flows, scenarios, dashboard, links, documented: totals };
}

/** Where backups go: a claim of the namespace, an S3 bucket, or nowhere. */
function backupTarget(context: Context): Plan['backupTarget'] {
  const { backupTarget: target } = context.environment;
  if (target.to !== 'claim') return target;
  const { size, className, accessMode } = target;
  return { to: 'claim', size: mib(size), storageClass: className, accessMode };
}

/** CloudNativePG asks its instances for their state. */
function operatorVisitors(context: Context, stores: Plan['stores']): Plan['network']['visitors'] {
  const peer = context.environment.cloudNativePgPeer;
  return stores
    .filter(({ engine }) => engine === 'cloudnative-pg')
    .flatMap(({ name, port }) => [statusPort, port].map((to) => ({ peer, to: name, port: to })));
}

/** KEDA asks the queue that a worker is scaled by. A queue outside the cluster is no pod of ours. */
function visitorsOf(context: Context, services: Plan['services'], stores: Plan['stores']): Plan['network']['visitors'] {
  const asked = new Set(
    services.flatMap(({ autoscaler, work }) => (autoscaler?.by === 'queue' && work ? work.store : [])),
  );
  return stores
    .filter(({ name, external }) => asked.has(name) && external === undefined)
    .map(({ name, port }) => ({ peer: context.environment.kedaPeer, to: name, port }));
}

/** The Plan of a context that passed its checks. */
export function buildPlan(context: Context): Plan {
  const stores = resolveStores(context);
  const services = resolveServices(context, stores);
  const volumes = resolveVolumes(context);
  const edge = resolveEdge(context);
  const drawn = {
    services,
    stores,
    tools: resolveTools(context),
    edge,
    monitors: resolveMonitoring(context, services, stores, edge),
    backup: resolveBackup(context, { stores, services, volumes }),
  };
  const secrets = resolveSecrets(context, drawn);
  const parts = { ...drawn, secretsProvider: resolveProvider(context, secrets) };
  const workloads = workloadsOf(parts);
  const claims = [
    ...claimsAtMost(context),
    ...volumes.map(({ claim }) => claim),
    ...parts.tools.flatMap(({ claim }) => (claim ? [claim] : [])),
    ...monitoringClaims(parts.monitors),
    ...backupClaims(parts.backup),
    ...throwAwayClaims(parts.backup),
  ];
  const { environment } = context;
  return {
    ...parts,
    system: systemOf(context),
    environment: { name: context.environmentName, description: environment.description, mode: context.mode },
    tier: context.tier,
    namespace: context.namespace,
    workloads,
    arrows: [
      ...resolveArrows(context, parts),
      ...monitoringArrows(context, parts.monitors, parts),
      ...backupArrows(context, parts.backup, stores),
    ],
    network: {
      dns: { ...environment.dns.peer, cidrs: environment.dns.cidrs },
      apiServer: environment.apiServer,
      visitors: [
        ...operatorVisitors(context, stores),
        ...visitorsOf(context, services, stores),
        ...monitoringVisitors(context, parts.monitors, parts),
      ],
      acmeSolver: parts.edge.tls.by === 'cert-manager' && parts.edge.kind !== 'none',
    },
    volumes,
    secrets,
    images: imagesOf(context, workloads, parts),
    monitoring: monitoringOf(context).mode,
    resourceMetrics: environment.resourceMetrics,
    keda: environment.keda,
    backups: context.system.backups,
    backupTarget: backupTarget(context),
    quota: quotaOf(workloads, claims, [...sidecarsOf(parts.monitors), ...storeSidecars(stores)]),
    patches: patchesOf(context),
    cdn: cdnOf(context),
  };
}

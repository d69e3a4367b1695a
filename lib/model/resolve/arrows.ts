import { redisBusPort } from '../defaults';
import type { ArrowEnd, ArrowPlan, Plan, ServicePlan, StorePlan, ToolPlan } from '../plan';
import type { Context, ParsedOutside } from './context';
import { statusPort } from './operators';

/**
 * Addresses that are not the public internet: private ranges (RFC 1918), shared address space (RFC 6598), link-local
 * with the cloud's metadata service (RFC 3927), loopback.
 */
const notPublic = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

/** An end outside the cluster, by what is stated of it. */
export function outsideEnd(
  name: string,
  end: Partial<Omit<ParsedOutside, 'cidrs'>> & { readonly cidrs?: 'public' | readonly string[] | undefined },
): ArrowEnd {
  const stated = end.cidrs ?? 'public';
  return stated === 'public'
    ? { kind: 'outside', name, host: end.host, cidrs: ['0.0.0.0/0'], except: notPublic }
    : { kind: 'outside', name, host: end.host, cidrs: stated, except: [] };
}

/** Where a store is. */
export function storeEnd(store: StorePlan): ArrowEnd {
  if (store.external === undefined) return { kind: 'workload', name: store.name };
  return { kind: 'outside', name: store.name, host: store.external.host, cidrs: store.external.cidrs, except: [] };
}

/** Where applications reach a store: at its pooler, where it has one. */
function clientEnd(store: StorePlan): Pick<ArrowPlan, 'to' | 'port'> {
  return store.kind === 'postgres' && store.pooler
    ? { to: { kind: 'workload', name: store.pooler.name }, port: store.pooler.port }
    : { to: storeEnd(store), port: store.port };
}

/** What the arrows are drawn between. */
interface Parts {
  readonly services: ReadonlyMap<string, ServicePlan>;
  readonly stores: ReadonlyMap<string, StorePlan>;
  readonly tools: readonly ToolPlan[];
}

function drawn(context: Context, parts: Parts): ArrowPlan[] {
  return [...context.services].flatMap(([from, service]) =>
    Object.entries(service.arrows).flatMap(([target, arrow]): ArrowPlan[] => {
      const store = parts.stores.get(target);
      if (store !== undefined) return [{ from, ...clientEnd(store), why: 'drawn' }];
      const end = context.outside.get(target);
      if (end !== undefined) return [{ from, to: outsideEnd(target, end), port: end.port, why: 'drawn' }];
      const ports = parts.services.get(target)?.ports ?? [];
      const port = arrow.port === undefined ? ports[0] : ports.find(({ name }) => name === arrow.port);
      return port === undefined
        ? []
        : [{ from, to: { kind: 'workload', name: target }, port: port.containerPort, why: 'drawn' }];
    }),
  );
}

/** A migration reaches the stores that its service reaches, and nothing else. */
function ofMigrations(context: Context, parts: Parts): ArrowPlan[] {
  return [...context.services].flatMap(([name, { arrows }]) => {
    const from = parts.services.get(name)?.migration?.name;
    return Object.keys(arrows).flatMap((target): ArrowPlan[] => {
      const store = parts.stores.get(target);
      if (from === undefined || store === undefined) return [];
      return [{ from, to: storeEnd(store), port: store.port, why: 'migration' }];
    });
  });
}

function ofPoolers(parts: Parts): ArrowPlan[] {
  return [...parts.stores.values()].flatMap((store): ArrowPlan[] =>
    store.kind === 'postgres' && store.pooler
      ? [{ from: store.pooler.name, to: storeEnd(store), port: store.port, why: 'pooler' }]
      : [],
  );
}

function ofRoles(parts: Parts): ArrowPlan[] {
  return [...parts.stores.values()].flatMap((store): ArrowPlan[] =>
    store.kind === 'postgres'
      ? [{ from: store.rolesJob.name, to: storeEnd(store), port: store.port, why: 'roles' }]
      : [],
  );
}

function ofTools(parts: Parts): ArrowPlan[] {
  return parts.tools.flatMap(({ name, stores }) =>
    stores.flatMap((target): ArrowPlan[] => {
      const store = parts.stores.get(target);
      return store === undefined ? [] : [{ from: name, to: storeEnd(store), port: store.port, why: 'tool' }];
    }),
  );
}

/** Ollama fetches its models from a registry on the internet; none of its users is drawn, a developer forwards the port. */
function toModels(parts: Parts): ArrowPlan[] {
  const registry = outsideEnd('models', { description: 'Models', port: 443, optional: false, env: {} });
  const ollamas = parts.tools.filter(({ kind }) => kind === 'ollama');
  return ollamas.map(({ name }) => ({ from: name, to: registry, port: 443, why: 'tool' }));
}

/** The ports on which the pods of one store find and feed each other; a single pod needs none of it. */
const memberPorts: Readonly<Record<StorePlan['kind'], readonly number[]>> = {
  postgres: [5432],
  redis: [6379],
  rabbitmq: [4369, 25672],
};

/** And those that an engine of theirs has besides. */
const enginePorts: Readonly<Partial<Record<StorePlan['engine'], readonly number[]>>> = {
  'cloudnative-pg': [statusPort],
  'redis-cluster': [redisBusPort],
};

function amongNodes(parts: Parts): ArrowPlan[] {
  return [...parts.stores.values()].flatMap((store): ArrowPlan[] => {
    if (store.replicas.max < 2) return [];
    const asked = enginePorts[store.engine] ?? [];
    return [...memberPorts[store.kind], ...asked].map((port) => ({
      from: store.name,
      to: { kind: 'workload', name: store.name },
      port,
      why: 'cluster',
    }));
  });
}

/** CloudNativePG's instances copy their own files; everybody else's backups are Jobs with arrows of their own. */
function ofInstances(context: Context, parts: Parts): ArrowPlan[] {
  const { backupTarget: target } = context.environment;
  if (target.to !== 's3') return [];
  const { host, cidrs, port = 443 } = target.endpoint;
  return [...parts.stores.values()]
    .filter(({ engine, backup }) => engine === 'cloudnative-pg' && backup !== undefined)
    .map(({ name }) => ({
      from: name,
      to: { kind: 'outside', name: 'backup-target', host, cidrs, except: [] },
      port,
      why: 'backup',
    }));
}

function toObjectStorage(context: Context): ArrowPlan[] {
  const shared = context.environment.sharedVolumes;
  if (shared.by !== 'object-storage') return [];
  const { host, cidrs, port = 443 } = shared.endpoint;
  const users = [...context.services].filter(([, { mounts }]) => Object.keys(mounts).length > 0);
  return users.map(([from]) => ({
    from,
    to: { kind: 'outside', name: 'object-storage', host, cidrs, except: [] },
    port,
    why: 'object-storage',
  }));
}

/** Every arrow of the Plan: the drawn ones, and those of the Jobs and tools, which follow from them. */
export function resolveArrows(context: Context, plan: Pick<Plan, 'services' | 'stores' | 'tools'>): ArrowPlan[] {
  const parts: Parts = {
    services: new Map(plan.services.map((service) => [service.name, service])),
    stores: new Map(plan.stores.map((store) => [store.name, store])),
    tools: plan.tools,
  };
  const own = drawn(context, parts);
  return [
    ...own,
    ...ofPoolers(parts),
    ...ofMigrations(context, parts),
    ...ofRoles(parts),
    ...ofTools(parts),
    ...toModels(parts),
    ...amongNodes(parts),
    ...ofInstances(context, parts),
    ...toObjectStorage(context),
  ];
}

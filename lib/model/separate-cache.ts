/** A cache of its own beside a Redis that must keep what it is given: one word, `separateCache`, and all that follows. */
import type { ParsedEnvironment } from './schema/environment';
import { name as nameSchema } from './schema/primitives';
import type { ParsedService, ParsedStore, ParsedSystem } from './schema/system';

type Redis = Extract<ParsedStore, { kind: 'redis' }>;

/** The name of a store's own cache. */
export function cacheName(store: string): string {
  return `${store}-cache`;
}

/** `redis-cache` → `REDIS_CACHE_URL`: beside the first's variable, whatever that is called. */
function cacheVariable(cache: string): string {
  return `${cache.toUpperCase().replaceAll('-', '_')}_URL`;
}

/** Whether the name of a store's cache is nobody's and can be one. */
function isCacheNameFree(system: ParsedSystem, store: string): boolean {
  const cache = cacheName(store);
  const taken = [system.services, system.stores, system.tools, system.outside].some((parts) =>
    Object.hasOwn(parts, cache),
  );
  return !taken && nameSchema.safeParse(cache).success;
}

/** The stores that have a cache of their own, where there can be one; what hinders it is said by a check. */
export function separated(system: ParsedSystem): string[] {
  return Object.entries(system.stores)
    .filter(([, store]) => store.kind === 'redis' && store.separateCache && store.use !== 'cache')
    .map(([name]) => name)
    .filter((name) => isCacheNameFree(system, name));
}

/**
 * The first's image and amounts; one pod (of a Redis Cluster one for each shard), because a copy of what can be made anew
 * protects nothing.
 */
function cacheOf(name: string, store: Redis): Redis {
  return {
    ...store,
    description: `Cache beside ${name}`,
    use: 'cache',
    separateCache: false,
    replicas: { low: 1, medium: 1, high: 1 },
    cluster: false,
    backup: undefined,
  };
}

/** Every client of the first is one of the cache. Who draws the arrow itself names the variables itself. */
function withArrows(service: ParsedService, stores: readonly string[]): ParsedService {
  const derived = stores.flatMap((store) => {
    const arrow = service.arrows[store];
    const cache = cacheName(store);
    return arrow === undefined || cache in service.arrows
      ? []
      : [[cache, { ...arrow, env: { [cacheVariable(cache)]: '{url}' } }] as const];
  });
  return derived.length === 0 ? service : { ...service, arrows: { ...service.arrows, ...Object.fromEntries(derived) } };
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

/**
 * The system with the caches that it asks for by `separateCache`, as if they were drawn.
 * @param firsts the stores that get one
 */
export function withSeparateCaches(system: ParsedSystem, firsts: readonly string[]): ParsedSystem {
  if (firsts.length === 0) return system;
  const caches = Object.entries(system.stores).flatMap(([name, store]) =>
    store.kind === 'redis' && firsts.includes(name) ? [[cacheName(name), cacheOf(name, store)] as const] : [],
  );
  return {
    ...system,
    stores: { ...system.stores, ...Object.fromEntries(caches) },
    services: mapValues(system.services, (service) => withArrows(service, firsts)),
    tools: mapValues(system.tools, (tool) => ({
      ...tool,
      arrows: [...new Set(tool.arrows.flatMap((to) => (firsts.includes(to) ? [to, cacheName(to)] : [to])))],
    })),
  };
}

/** An environment's word about who runs the first holds for its cache too, unless it says another. */
export function withCacheEngines(
  environment: ParsedEnvironment,
  id: string,
  firsts: readonly string[],
): ParsedEnvironment {
  const own = environment.systems[id];
  if (own === undefined) return environment;
  const engines = firsts.flatMap((name) => {
    const engine = own.stores[name]?.engine;
    const cache = cacheName(name);
    return engine === undefined ? [] : [[cache, { primary: 0, engine, ...own.stores[cache] }] as const];
  });
  const stores = { ...own.stores, ...Object.fromEntries(engines) };
  return { ...environment, systems: { ...environment.systems, [id]: { ...own, stores } } };
}

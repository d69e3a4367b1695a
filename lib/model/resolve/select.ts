import type { Mode } from '../plan';
import { forSystem } from '../schema/for-system';
import type { ParsedService, ParsedSystem } from '../schema/system';
import type { Chosen, Context } from './context';
import { resolveImages } from './images';
import { hostsOf, namespaceOf } from './place';

/** Whether a profile is on: the environment's word, or how the profile stands by the environment's mode. */
function isOn(chosen: Chosen, own: Context['own'], profile: string | undefined): boolean {
  if (profile === undefined) return true;
  const declared = chosen.system.profiles[profile];
  return (own.profiles[profile] ?? declared?.[chosen.environment.mode]) === 'on';
}

function entries<T>(record: Readonly<Record<string, T>>, keep: (value: T, name: string) => boolean): Map<string, T> {
  return new Map(Object.entries(record).filter(([name, value]) => keep(value, name)));
}

/** An optional outside end exists where the environment names its host. */
function outsideEnds(chosen: Chosen, own: Context['own']): Context['outside'] {
  const merged = Object.entries(chosen.system.outside).map(
    ([name, end]) => [name, { ...end, ...own.outside[name] }] as const,
  );
  return new Map(merged.filter(([name, end]) => !end.optional || own.outside[name] !== undefined));
}

function inMode(mode: Mode): (route: ParsedSystem['routes'][number]) => boolean {
  return (route) => route.in === undefined || route.in === mode;
}

/** Migrations go with their database: a tier that has none has nothing to migrate, and nobody waits for it. */
function withDatabase(service: ParsedService, stores: Context['stores']): ParsedService {
  const migrates = Object.keys(service.arrows).some((target) => stores.get(target)?.kind === 'postgres');
  return migrates ? service : { ...service, migrations: undefined };
}

/** What is left of the system in this environment and tier. */
export function select(chosen: Chosen): Context {
  const { id, system, environment, environmentName } = chosen;
  const own = environment.systems[id] ?? forSystem.parse({});
  const tier = chosen.tier ?? own.tier ?? environment.tier;
  const stores = entries(system.stores, ({ tiers }) => tiers.includes(tier));
  const services = new Map(
    [...entries(system.services, ({ profile }) => isOn(chosen, own, profile))].map(
      ([name, service]) => [name, withDatabase(service, stores)] as const,
    ),
  );
  // A route to a part that is switched off goes with it; one to a name that nobody has is a problem (checks).
  const routes = system.routes
    .filter(inMode(environment.mode))
    .filter(({ to }) => services.has(to) || system.services[to] === undefined);
  return {
    id,
    system,
    separateCaches: chosen.separateCaches,
    environmentName,
    environment,
    own,
    mode: environment.mode,
    tier,
    namespace: namespaceOf(environment, environmentName, id),
    hosts: hostsOf(environment, id),
    services,
    stores,
    tools: environment.tools ? new Map(Object.entries(system.tools)) : new Map(),
    outside: outsideEnds(chosen, own),
    routes,
    proxy: [...services].find(([, service]) => service.proxy)?.[0],
    images: resolveImages(chosen),
    problems: chosen.problems,
    at: { system: `systems/${id}`, environment: `environments/${environmentName}` },
  };
}

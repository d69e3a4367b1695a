import type { Context } from '../resolve/context';
import { secretsInPatches } from '../resolve/patches';
import type { ParsedService } from '../schema/system';
import type { Declared } from './names';

type Check = (context: Context, declared: Declared) => void;

/** @param ends every name that an arrow may lead to: gathered once, because there may be a thousand services */
function checkArrows(
  context: Context,
  declared: Declared,
  ends: ReadonlySet<string>,
  name: string,
  service: ParsedService,
): void {
  const { problems, at, system } = context;
  for (const [target, arrow] of Object.entries(service.arrows)) {
    const path = `${at.system}.services.${name}.arrows.${target}`;
    if (target === name) {
      problems.error('arrow-to-itself', path, `"${target}"`, 'another service, a store or an outside end');
      continue;
    }
    if (!problems.known('unknown-arrow', path, target, 'a service, a store or an outside end', ends)) continue;
    const ports = system.services[target]?.ports;
    if (arrow.port !== undefined && declared.services.has(target))
      problems.known('unknown-arrow-port', `${path}.port`, arrow.port, `a port of ${target}`, Object.keys(ports ?? {}));
    if (arrow.port !== undefined && !declared.services.has(target))
      problems.error(
        'arrow-port-of-store',
        `${path}.port`,
        `"${arrow.port}"`,
        'no port name: a store and an outside end have one port',
      );
    const kind = system.services[target]?.kind;
    // A web service without a port is said to be wrong itself.
    if (kind !== undefined && kind !== 'web' && !Object.keys(ports ?? {}).length)
      problems.error('arrow-to-portless', path, `${target}, a ${kind} without a port`, 'a target that listens');
  }
}

const checkServices: Check = (context, declared) => {
  const { problems, at, system } = context;
  const ends = new Set([...declared.services, ...declared.stores, ...declared.outside]);
  for (const [name, service] of Object.entries(system.services)) {
    const path = `${at.system}.services.${name}`;
    problems.known('unknown-image', `${path}.image`, service.image, 'an image of the system', declared.images);
    checkArrows(context, declared, ends, name, service);
    for (const [variable, secret] of Object.entries(service.secrets))
      problems.known(
        'unknown-secret',
        `${path}.secrets.${variable}`,
        secret,
        'a secret of the system',
        declared.secrets,
      );
    for (const volume of Object.keys(service.mounts))
      problems.known('unknown-volume', `${path}.mounts.${volume}`, volume, 'a volume of the system', declared.volumes);
    if (service.profile !== undefined)
      problems.known(
        'unknown-profile',
        `${path}.profile`,
        service.profile,
        'a profile of the system',
        declared.profiles,
      );
    if (service.zone !== undefined)
      problems.known('unknown-zone', `${path}.zone`, service.zone, 'a zone of the system', system.zones);
    checkQueue(context, declared, name, service);
  }
};

function checkQueue(context: Context, declared: Declared, name: string, service: ParsedService): void {
  const queue = service.scaling?.queue;
  if (queue === undefined) return;
  const { problems, at, system } = context;
  const path = `${at.system}.services.${name}.scaling.queue`;
  if (!problems.known('unknown-queue-store', `${path}.store`, queue.store, 'a store of the system', declared.stores))
    return;
  const store = system.stores[queue.store];
  if (store === undefined) return;
  const isCache = store.kind === 'redis' && store.use === 'cache';
  if (store.kind === 'postgres' || isCache)
    problems.error(
      'queue-store-kind',
      `${path}.store`,
      `${queue.store}, a ${isCache ? 'cache, which may evict it' : store.kind}`,
      'a rabbitmq, or a redis for queue or mixed use',
    );
  if (store.kind === 'rabbitmq')
    problems.known('unknown-queue', `${path}.name`, queue.name, `a queue of ${queue.store}`, Object.keys(store.queues));
  if (queue.database !== undefined && store.kind !== 'redis')
    problems.error(
      'queue-database',
      `${path}.database`,
      String(queue.database),
      'nothing: a redis alone has databases',
    );
}

const checkStores: Check = (context, declared) => {
  const { problems, at, system } = context;
  for (const [name, store] of Object.entries(system.stores)) {
    const path = `${at.system}.stores.${name}`;
    problems.known('unknown-image', `${path}.image`, store.image, 'an image of the system', declared.images);
    if (store.zone !== undefined)
      problems.known('unknown-zone', `${path}.zone`, store.zone, 'a zone of the system', system.zones);
    if (store.kind !== 'postgres') continue;
    const isService = problems.known(
      'unknown-owner',
      `${path}.owner`,
      store.owner,
      'the service that owns the schema',
      declared.services,
    );
    const owner = system.services[store.owner];
    if (isService && owner !== undefined && !(name in owner.arrows))
      problems.error(
        'owner-without-arrow',
        `${path}.owner`,
        `"${store.owner}", which has no arrow to ${name}`,
        'a service that talks to the store',
      );
  }
};

const toolStores = { pgadmin: 'postgres', 'redis-commander': 'redis', ollama: undefined } as const;

const checkTools: Check = (context, declared) => {
  const { problems, at, system } = context;
  for (const [name, tool] of Object.entries(system.tools)) {
    const path = `${at.system}.tools.${name}`;
    problems.known('unknown-image', `${path}.image`, tool.image, 'an image of the system', declared.images);
    for (const target of tool.arrows) {
      if (!problems.known('unknown-arrow', `${path}.arrows`, target, 'a store of the system', declared.stores))
        continue;
      const kind = system.stores[target]?.kind;
      if (kind !== undefined && kind !== toolStores[tool.kind])
        problems.error(
          'tool-arrow',
          `${path}.arrows`,
          `${target}, a ${kind}`,
          `a ${toolStores[tool.kind] ?? 'tool without arrows: it talks to no store'}`,
        );
    }
    if (tool.size !== undefined && tool.kind === 'redis-commander')
      problems.error('tool-without-data', `${path}.size`, `"${tool.size}"`, 'no size: redis-commander keeps no data');
  }
};

const checkRoutes: Check = (context, declared) => {
  const { problems, at, system } = context;
  for (const [index, route] of system.routes.entries()) {
    const path = `${at.system}.routes[${index}]`;
    if (!problems.known('unknown-route-target', `${path}.to`, route.to, 'a service with a port', declared.services))
      continue;
    const target = system.services[route.to];
    if (target === undefined) continue;
    const ports = Object.keys(target.ports ?? {});
    if (!ports.length && target.kind !== 'web')
      problems.error(
        'route-to-portless',
        `${path}.to`,
        `${route.to}, a ${target.kind} without a port`,
        'a service with a port',
      );
    else if (route.port !== undefined)
      problems.known('unknown-route-port', `${path}.port`, route.port, `a port of ${route.to}`, ports);
  }
};

/** What only the environment says of this system: each name must be one of the system's. */
const checkOwn: Check = (context, declared) => {
  const { problems, at, own, id } = context;
  const path = `${at.environment}.systems.${id}`;
  const all: [string, string, Iterable<string>, string, ReadonlySet<string>][] = [
    ['unknown-profile', 'profiles', Object.keys(own.profiles), 'a profile of the system', declared.profiles],
    ['unknown-service', 'settings', Object.keys(own.settings), 'a service of the system', declared.services],
    ['unknown-outside', 'outside', Object.keys(own.outside), 'an outside end of the system', declared.outside],
    ['unknown-store', 'stores', Object.keys(own.stores), 'a store of the system', declared.stores],
    ['unknown-volume', 'volumes', Object.keys(own.volumes), 'a volume of the system', declared.volumes],
  ];
  for (const [rule, key, names, what, known] of all)
    for (const name of names) problems.known(rule, `${path}.${key}.${name}`, name, what, known);
};

const unknownRule = {
  images: 'unknown-image',
  secrets: 'unknown-secret',
  volumes: 'unknown-volume',
  outside: 'unknown-arrow',
  profiles: 'unknown-profile',
  stores: 'unknown-arrow',
  services: 'unknown-arrow',
  tools: 'unknown-arrow',
} as const;

/** What was accepted is never silently dropped: a declared thing that nothing uses is a slip. */
const checkUnused: Check = (context, declared) => {
  const { problems, at, system } = context;
  const services = Object.values(system.services);
  const parts = [...Object.values(system.stores), ...Object.values(system.tools)].map(({ image }) => image);
  const used: [Exclude<keyof Declared, 'used' | 'broken'>, Iterable<string>][] = [
    ['images', [...declared.used.images, ...parts, 'helper']],
    ['secrets', [...declared.used.secrets, ...secretsInPatches(context).keys()]],
    ['volumes', services.flatMap(({ mounts }) => Object.keys(mounts))],
    ['outside', services.flatMap(({ arrows }) => Object.keys(arrows))],
    ['profiles', services.flatMap(({ profile }) => (profile === undefined ? [] : [profile]))],
    [
      'stores',
      [
        ...services.flatMap(({ arrows }) => Object.keys(arrows)),
        ...Object.values(system.tools).flatMap(({ arrows }) => arrows),
      ],
    ],
  ];
  // Where a name is misspelt, the one that was meant looks unused.
  const misspelt = new Set(problems.all.map(({ rule }) => rule));
  for (const [kind, names] of used) {
    if (declared.broken.size > 0 || misspelt.has(unknownRule[kind])) continue;
    const set = new Set(names);
    for (const name of declared[kind])
      if (!set.has(name))
        problems.error(
          `unused-${kind.replace(/s$/, '')}`,
          `${at.system}.${kind}.${name}`,
          `"${name}", which nothing uses`,
          'something that uses it, or no such entry',
        );
  }
};

/** Every name that one part uses for another must exist. */
export function checkReferences(context: Context, declared: Declared): void {
  for (const check of [checkServices, checkStores, checkTools, checkRoutes, checkOwn, checkUnused])
    check(context, declared);
}

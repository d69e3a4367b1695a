/** Which pods wait for which schema, and what they ask it with. */
import { defaultUser, readyFolderSize } from '../defaults';
import type { EnvPlan, OtherSchemaPlan, ServicePlan, StorePlan } from '../plan';
import type { ParsedService, ParsedSystem } from '../schema/system';
import { storeEnv } from './connection';
import type { Context } from './context';
import { envOf, settingsOf } from './env';

/** A service that migrates. */
export interface Migrator {
  readonly name: string;
  readonly service: ParsedService;
  readonly migrations: NonNullable<ParsedService['migrations']>;
}

/**
 * The service whose migrations make the schema of each database: the one of its owner's image, because no other role may
 * create tables. None where that one is switched off here.
 */
export function migratorsByStore(
  system: Pick<ParsedSystem, 'services' | 'stores'>,
  services: Iterable<readonly [string, ParsedService]>,
): ReadonlyMap<string, Migrator> {
  const migrators = [...services].flatMap(([name, service]): Migrator[] =>
    service.migrations === undefined ? [] : [{ name, service, migrations: service.migrations }],
  );
  return new Map(
    Object.entries(system.stores).flatMap(([store, declared]): [string, Migrator][] => {
      const owner = declared.kind === 'postgres' ? system.services[declared.owner]?.image : undefined;
      const found = migrators.find(({ service }) => service.image === owner && store in service.arrows);
      return found === undefined ? [] : [[store, found]];
    }),
  );
}

/** The variables of a list that are wanted by name, and those that their values name. */
function wanted(env: readonly EnvPlan[], names: readonly string[]): EnvPlan[] {
  const chosen = new Set(names);
  for (const item of [...env].reverse()) {
    if (!chosen.has(item.name) || !('value' in item)) continue;
    for (const [, named = ''] of item.value.matchAll(/\$\((\w+)\)/g)) chosen.add(named);
  }
  return env.filter(({ name }) => chosen.has(name));
}

/** Where the schemas are looked up; made once, because there may be a thousand services. */
export interface Schemas {
  readonly stores: ReadonlyMap<string, StorePlan>;
  readonly migrators: ReadonlyMap<string, Migrator>;
}

/** The databases of a service that somebody migrates, with who does. */
function migratedFor(service: ParsedService, { migrators }: Schemas): (readonly [string, Migrator])[] {
  return Object.keys(service.arrows).flatMap((store) => {
    const migrator = migrators.get(store);
    return migrator === undefined ? [] : [[store, migrator] as const];
  });
}

/** The stores for which the `ready` command proves the log-in as well. */
export function provenStores(service: ParsedService, schemas: Schemas): ReadonlySet<string> {
  return new Set(migratedFor(service, schemas).map(([store]) => store));
}

/** The wait of a service of the migrating image: as itself, with all that it has anyway. */
export function ownSchema(service: ParsedService, schemas: Schemas): ServicePlan['awaitSchema'] {
  const own = migratedFor(service, schemas).find(([, migrator]) => migrator.service.image === service.image)?.[1];
  return own && { command: own.migrations.ready, timeoutSeconds: own.migrations.timeoutSeconds };
}

/** The variables of the stores that both talk to, with the credentials of the one that waits. */
function commonEnv(service: ParsedService, by: ParsedService, { stores }: Schemas): EnvPlan[] {
  return Object.entries(by.arrows).flatMap(([target, arrow]) => {
    const store = stores.get(target);
    return store === undefined || !(target in service.arrows) ? [] : storeEnv(store, service, arrow, 'usual');
  });
}

/**
 * The waits of a service of another image: in the migrating image, with its settings and what `reads` names of its
 * variables; the database, and every store that both talk to, in the asking service's own role and account. A role may read
 * all that the owner makes.
 */
export function otherSchemas(context: Context, service: ParsedService, schemas: Schemas): OtherSchemaPlan[] {
  const others = migratedFor(service, schemas).filter(([, { service: by }]) => by.image !== service.image);
  return others.flatMap(([target, { name, service: by, migrations }]): OtherSchemaPlan[] => {
    const [store, arrow] = [schemas.stores.get(target), by.arrows[target]];
    if (store === undefined || arrow === undefined) return [];
    const connection = storeEnv(store, service, arrow, 'usual');
    const known = new Set(connection.map((item) => item.name));
    const asItself = new Map(commonEnv(service, by, schemas).map((item) => [item.name, item]));
    const rest = envOf(context, by, schemas.stores)
      .filter((item) => !known.has(item.name))
      .map((item) => asItself.get(item.name) ?? item);
    return [
      {
        store: target,
        service: name,
        image: context.images.get(by.image) ?? '',
        user: by.user ?? defaultUser,
        command: migrations.ready,
        timeoutSeconds: migrations.timeoutSeconds,
        settings: settingsOf(context, name, by),
        env: [...wanted(rest, migrations.reads ?? []), ...connection],
        scratch: [...new Set([...Object.keys(by.scratch), '/tmp'])].map((path) => ({ path, size: readyFolderSize })),
      },
    ];
  });
}

import { mib } from '../quantities';
import { storeDefaults, variableName } from '../resolve/connection';
import type { Context } from '../resolve/context';
import { migratorsByStore } from '../resolve/schemas';
import type { ParsedService } from '../schema/system';
import type { Declared } from './names';

type Check = (context: Context, name: string, service: ParsedService, path: string, declared: Declared) => void;

/** The databases that a service talks to. */
function databases({ system }: Context, { arrows }: ParsedService): string[] {
  return Object.keys(arrows).filter((target) => system.stores[target]?.kind === 'postgres');
}

/** The image of the service that owns a database's schema; undefined where that is a mistake of its own. */
function ownerImage({ system }: Context, name: string): string | undefined {
  const store = system.stores[name];
  const owner = store?.kind === 'postgres' ? system.services[store.owner] : undefined;
  return owner !== undefined && name in owner.arrows ? owner.image : undefined;
}

/** Nobody but the owner of a schema may change it: the roles of other images read and write its tables. */
const checkOwner: Check = (context, _name, service, path, declared) => {
  const { problems } = context;
  const stores = databases(context, service);
  const broken = Object.keys(service.arrows).some((target) => declared.broken.has(target));
  if (broken) return;
  if (stores.length === 0) {
    problems.error(
      'migrations-without-database',
      `${path}.migrations`,
      'migrations without an arrow to a postgres',
      'an arrow to the database they change',
    );
    return;
  }
  const owners = stores.map((store) => ownerImage(context, store));
  if (!owners.includes(service.image) && !owners.includes(undefined))
    problems.error(
      'migrations-by-member',
      `${path}.migrations`,
      `migrations of image ${service.image}, while ${stores.join(' and ')} ${stores.length > 1 ? 'belong' : 'belongs'} to ${owners.join(' and ')}`,
      'migrations in a service of the image that owns the schema: no other role may create tables',
    );
};

const checkTwin: Check = ({ problems, system }, name, service, path) => {
  const twin = Object.entries(system.services).find(
    ([other, { image, migrations }]) => other < name && image === service.image && migrations,
  );
  if (twin !== undefined)
    problems.error(
      'two-migrators',
      `${path}.migrations`,
      `migrations of image ${service.image}, which ${twin[0]} runs too`,
      'one service that migrates for each image',
    );
};

/** The variables that a service has beside its settings and its database's. */
function otherVariables({ system }: Context, { secrets, arrows }: ParsedService): string[] {
  const ofArrows = Object.entries(arrows).flatMap(([target, { env }]) => {
    const kind = system.stores[target]?.kind;
    if (kind === 'postgres') return [];
    if (kind !== undefined) return Object.keys(env ?? storeDefaults[kind]);
    if (system.services[target] !== undefined) return Object.keys(env ?? { [`${variableName(target)}_URL`]: '' });
    return Object.keys(env ?? system.outside[target]?.env ?? {});
  });
  return [...Object.keys(secrets), ...ofArrows];
}

/** The services of other images that wait with this one's `ready` command. */
function askers(context: Context, name: string, { image }: ParsedService): [string, ParsedService][] {
  const { system } = context;
  const own = [...migratorsByStore(system, Object.entries(system.services))].filter(([, by]) => by.name === name);
  const stores = new Set(own.map(([store]) => store));
  return Object.entries(system.services).filter(
    ([, service]) => service.image !== image && Object.keys(service.arrows).some((target) => stores.has(target)),
  );
}

/** What `ready` reads is the author's to know: a variable that it misses would keep the others waiting for ever. */
const checkReads: Check = (context, name, service, path) => {
  const { problems, at } = context;
  const { reads } = service.migrations ?? {};
  const variables = otherVariables(context, service);
  for (const [index, variable] of (reads ?? []).entries())
    problems.known(
      'unknown-variable',
      `${path}.migrations.reads[${index}]`,
      variable,
      `a variable of the secrets and arrows of ${name}`,
      variables,
    );
  const others = askers(context, name, service);
  if (reads === undefined && variables.length > 0 && others.length > 0)
    problems.error(
      'reads-unstated',
      `${path}.migrations.reads`,
      `nothing, while ${others.map(([other]) => other).join(', ')} of another image waits with its ready command`,
      `those that the command reads of ${variables.join(', ')}; [] where it reads none`,
    );
  for (const [other, { resources }] of others) {
    const [has, needs] = [resources?.limits.memory, service.resources?.requests.memory];
    if (has !== undefined && needs !== undefined && mib(has) < mib(needs))
      problems.warning(
        'ready-memory',
        `${at.system}.services.${other}.resources.limits.memory`,
        `"${has}", in which ${name}'s ready command runs as well`,
        `at least what ${name} requests, ${needs}`,
      );
  }
};

/** Who changes which schema, and how the others learn that it is ready. */
export const checkMigrations: Check = (...args) => {
  const [, , service] = args;
  if (service.migrations === undefined) return;
  for (const check of [checkOwner, checkTwin, checkReads]) check(...args);
};

import { connectionBudget, writeOut } from '../resolve/budget';
import type { Context } from '../resolve/context';
import { engineOf } from '../resolve/engine';
import { instanceImage } from '../resolve/operators';
import { replicationRole, roleName } from '../resolve/postgres';
import { endpointOf } from '../resolve/stores';
import { tiers } from '../schema/primitives';
import { engines } from '../schema/store';
import type { ParsedStore } from '../schema/system';
import { checkBroker } from './brokers';
import { checkCache } from './caches';
import { checkEncryption } from './encryption';
import { checkResources } from './resources';
import { isSchedule, scheduleWords } from './services';
import { versionOf } from './versions';

type Check = (context: Context, name: string, store: ParsedStore, path: string) => void;

const checkEngine: Check = (context, name, store, path) => {
  const { problems, at, id, own } = context;
  const engine = engineOf(context, name, store);
  const stated =
    own.stores[name]?.engine === undefined ? `${path}.engine` : `${at.environment}.systems.${id}.stores.${name}.engine`;
  if (!problems.known('unknown-engine', stated, engine, `an engine of a ${store.kind}`, engines[store.kind])) return;
  const place = `${at.environment}.systems.${id}.stores.${name}.endpoint`;
  if (engine === 'external' && endpointOf(context, name, store) === undefined)
    problems.error('external-without-endpoint', place, 'nothing', 'host and cidrs of the managed store');
  const claimed = own.stores[name];
  if (engine === 'external' && (claimed?.size ?? claimed?.storageClass) !== undefined)
    problems.error(
      'claim-of-external',
      `${at.environment}.systems.${id}.stores.${name}`,
      `a ${claimed?.size === undefined ? 'storageClass' : 'size'} for engine external`,
      'none: a managed store has no claim here',
    );
  if (engine !== 'external' && own.stores[name]?.endpoint !== undefined)
    problems.error(
      'endpoint-without-external',
      place,
      `an endpoint for engine ${engine}`,
      'engine "external", or no endpoint',
    );
};

/** What an operator decides, and what it must be given. */
const checkOperator: Check = (context, name, store, path) => {
  const { problems, at, id, own } = context;
  const engine = engineOf(context, name, store);
  if (engine === 'statefulset') return;
  const primary = own.stores[name]?.primary;
  if (primary !== undefined && primary > 0)
    problems.error(
      'primary-of-engine',
      `${at.environment}.systems.${id}.stores.${name}.primary`,
      String(primary),
      `nothing: engine "${engine}" decides by itself who takes writes`,
    );
  const reference = context.images.get(store.image) ?? '';
  if (
    store.kind === 'postgres' &&
    engine === 'cloudnative-pg' &&
    reference !== '' &&
    instanceImage(reference) === undefined
  )
    problems.error(
      'cloudnative-pg-image',
      `${path}.image`,
      `"${reference}"`,
      'postgres:MAJOR.MINOR-bookworm or -trixie, for which CloudNativePG has an image, or one of its own (ghcr.io/cloudnative-pg/postgresql:…)',
    );
};

const checkBudget: Check = (context, name, store, path) => {
  if (store.kind !== 'postgres') return;
  const budgets = tiers
    .filter((tier) => store.tiers.includes(tier))
    .map((tier) => ({ tier, budget: connectionBudget(context, name, store, tier) }))
    .sort((a, b) => b.budget.total - a.budget.total);
  const worst = budgets[0];
  if (worst === undefined || worst.budget.total <= store.maxConnections) return;
  context.problems.error(
    'connection-budget',
    `${path}.maxConnections`,
    `${store.maxConnections}, while tier ${worst.tier} may need ${writeOut(worst.budget)}`,
    'a sum that fits, by fewer processes, smaller pools or a higher maxConnections',
  );
};

/** What a pooler is not for. */
const checkPooler: Check = (context, name, store, path) => {
  if (store.kind !== 'postgres' || store.pooler === 'none') return;
  const engine = engineOf(context, name, store);
  if (engine !== 'statefulset')
    context.problems.warning(
      'pooler-elsewhere',
      `${path}.pooler`,
      `"${store.pooler}" in front of engine ${engine}`,
      'the pooler of the provider or of the operator; connections go to the server directly',
    );
};

const checkPostgres: Check = (context, _name, store, path) => {
  if (store.kind !== 'postgres') return;
  const { problems } = context;
  const reference = context.images.get(store.image) ?? '';
  if (reference !== '' && !/:v?\d+(\.\d+)?([-.@]|$)/.test(reference))
    problems.error(
      'postgres-version',
      `${path}.image`,
      `"${reference}"`,
      'a tag that starts with the version, e.g. 16.15-bookworm: the data folder depends on it',
    );
  if (/alpine/.test(reference))
    problems.warning(
      'postgres-alpine',
      `${path}.image`,
      `"${reference}"`,
      'the same base image for ever: musl and glibc sort text differently, and a change corrupts indexes',
    );
};

const oldestPostgres = 14;

/** Statistics, slots with an end and `pg_rewind` from a replica are what the scripts rely on. */
const checkPostgresAge: Check = (context, _name, store, path) => {
  const reference = context.images.get(store.image) ?? '';
  const version = versionOf(reference);
  if (store.kind !== 'postgres' || version === undefined || version >= oldestPostgres * 1000) return;
  context.problems.error(
    'postgres-age',
    `${path}.image`,
    `"${reference}"`,
    `PostgreSQL ${oldestPostgres} or newer: older ones get no more corrections`,
  );
};

/** Names that the server keeps for itself, or that the program gives to its own roles. */
const checkRoles: Check = (context, name, store) => {
  if (store.kind !== 'postgres') return;
  for (const [service, { image, arrows }] of Object.entries(context.system.services)) {
    const role = roleName(image);
    if (!(name in arrows) && service !== store.owner) continue;
    if (role === 'postgres' || role === replicationRole || role.startsWith('pg_'))
      context.problems.error(
        'reserved-role',
        `${context.at.system}.services.${service}.image`,
        `"${image}", whose role at ${name} would be "${role}"`,
        `another name of the image: postgres, ${replicationRole} and pg_… are taken`,
      );
  }
};

const checkReplicas: Check = (context, name, store, path) => {
  const { problems, own, at, id } = context;
  for (const tier of tiers) {
    const figure = store.replicas[tier];
    if (store.kind === 'rabbitmq' && figure % 2 === 0)
      problems.error(
        'even-nodes',
        `${path}.replicas.${tier}`,
        String(figure),
        'an odd number: quorum queues need a majority',
      );
    if (store.tiers.includes(tier)) continue;
    if (figure !== 1)
      problems.error(
        'replicas-of-absent-tier',
        `${path}.replicas.${tier}`,
        String(figure),
        `1: the store does not exist at tier ${tier}`,
      );
  }
  const primary = own.stores[name]?.primary ?? 0;
  if (primary >= store.replicas[context.tier])
    problems.error(
      'primary-ordinal',
      `${at.environment}.systems.${id}.stores.${name}.primary`,
      String(primary),
      `an ordinal below the ${store.replicas[context.tier]} replicas of tier ${context.tier}`,
    );
};

/** Whether a store holds what cannot be had again: a broker's messages are in flight, a cache's entries are copies. */
function keepsData(store: ParsedStore): boolean {
  return store.kind === 'postgres' || (store.kind === 'redis' && store.use !== 'cache');
}

const checkBackup: Check = (context, name, store, path) => {
  const { problems, mode } = context;
  if (store.backup === undefined) {
    const elsewhere = ['external', 'redis-cluster'].includes(engineOf(context, name, store));
    if (mode === 'production' && keepsData(store) && !elsewhere)
      problems.warning('no-backup', `${path}.backup`, 'nothing', 'a backup: without one a lost volume is lost data');
    return;
  }
  if (!isSchedule(store.backup.schedule))
    problems.error('invalid-schedule', `${path}.backup.schedule`, `"${store.backup.schedule}"`, scheduleWords);
  if (store.backup.formats.includes('plain') && store.kind !== 'postgres')
    problems.error('backup-format', `${path}.backup.formats`, 'plain', "no formats: they are pg_dump's");
};

const checks: readonly Check[] = [
  ...[
    checkEngine,
    checkOperator,
    checkBudget,
    checkPooler,
    checkPostgres,
    checkPostgresAge,
    checkRoles,
    checkEncryption,
  ],
  ...[checkBroker, checkCache, checkReplicas, checkBackup],
];

/** What each store must be by itself, and at every tier's maximum. */
export function checkStores(context: Context): void {
  for (const [name, store] of Object.entries(context.system.stores)) {
    const path = `${context.at.system}.stores.${name}`;
    for (const check of checks) check(context, name, store, path);
    checkResources(context, path, store.resources, store.highResources, store.kind);
  }
}

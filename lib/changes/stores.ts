/** Changes of a store that Kubernetes takes and its data does not. */
import { isDeepStrictEqual } from 'node:util';
import { at, groupOf, type Manifest } from './manifests';
import { type Refusal, type Rule, refusal } from './refusal';

function component({ object }: Manifest): unknown {
  return at(object, ['metadata', 'labels', 'app.kubernetes.io/component']);
}

/** Where the data is. */
const stores = ['database', 'cache', 'queue'];

/** Kinds of operators, which hold a store with its data. */
const clusters = ['postgresql.cnpg.io/Cluster', 'rabbitmq.com/RabbitmqCluster'];

/** A pod's controller, or what an operator makes one of. */
const storeKinds = ['StatefulSet', 'Cluster', 'RabbitmqCluster'];

/** Whether an object is a store with data of its own. */
export function isStore(manifest: Manifest): boolean {
  if (clusters.includes(`${groupOf(manifest.apiVersion)}/${manifest.kind}`)) return true;
  const is = component(manifest);
  return storeKinds.includes(manifest.kind) && typeof is === 'string' && stores.includes(is);
}

const image = ['spec', 'template', 'spec', 'containers', 0, 'image'];

/** The tag of the first container's image, which is the server's; empty for a digest alone. */
function serverTag({ object }: Manifest): string {
  const [reference = ''] = String(at(object, image) ?? '').split('@');
  return /:([^:/]+)$/.exec(reference)?.[1] ?? '';
}

/** `15.19-bookworm`, `17`, and of an extension's own count `2.17.2-pg16`. Whose image it is does not matter. */
function major(tag: string): number | undefined {
  const found = /(?:^|[-_.])pg(\d+)/.exec(tag)?.[1] ?? /^v?(\d+)/.exec(tag)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The distribution below the server: its collations come with it. */
function system(tag: string): string {
  return /alpine[\d.]*|buster|bullseye|bookworm|trixie|forky|jammy|noble|debian-\d+|ubi\d+/.exec(tag)?.[0] ?? '';
}

export const postgresVersion: Rule = (before, after) => {
  const [was, is] = [at(before.object, image), at(after.object, image)];
  if (component(after) !== 'database' || was === is) return [];
  const tags = [serverTag(before), serverTag(after)] as const;
  const [old, next] = [major(tags[0]), major(tags[1])];
  const found = (rule: string, procedure: string): Refusal => refusal(rule, procedure, image, was, is);
  if (old === undefined || next === undefined)
    return [{ ...found('postgres-unknown', 'a-major-version-of-postgresql'), severity: 'warning' }];
  if (old !== next) return [found('postgres-major', 'a-major-version-of-postgresql')];
  if (system(tags[0]) === system(tags[1])) return [];
  return [{ ...found('postgres-system', 'a-new-system-below-postgresql'), severity: 'warning' }];
};

const replicas = ['spec', 'replicas'];

/** A member that only vanishes stays a member to the others: it counts against every majority. */
export const smallerQueue: Rule = (before, after) => {
  const [was, is] = [at(before.object, replicas), at(after.object, replicas)];
  if (component(after) !== 'queue' || typeof was !== 'number' || typeof is !== 'number' || is >= was) return [];
  return [refusal('queue-shrinks', 'a-smaller-rabbitmq', replicas, was, is)];
};

/** How many primaries share the keys; undefined where one has them all. */
function shardsOf({ object }: Manifest): string | undefined {
  const env = at(object, ['spec', 'template', 'spec', 'containers', 0, 'env']);
  const found = (Array.isArray(env) ? env : []).find((variable: unknown) => at(variable, ['name']) === 'SHARDS');
  return found === undefined ? undefined : String(at(found, ['value']));
}

/**
 * A server alone and a member of a cluster cannot start on each other's files. Of a cluster, a shard whose primary goes
 * with its volume is lost, so a person looks first.
 */
export const redisCluster: Rule = (before, after) => {
  if (component(after) !== 'cache') return [];
  const [was, is] = [shardsOf(before), shardsOf(after)];
  if (was !== is) return [refusal('redis-engine', 'redis-and-redis-cluster', [...image.slice(0, -1), 'env'], was, is)];
  const [many, few] = [at(before.object, replicas), at(after.object, replicas)];
  if (is === undefined || typeof many !== 'number' || typeof few !== 'number' || few >= many) return [];
  return [refusal('cluster-shrinks', 'a-smaller-redis-cluster', replicas, many, few)];
};

const containers = ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers'];

/** What `reconcile.sh DATABASE OWNER [ROLE …]` of the roles CronJob makes. */
interface Identity {
  readonly path: readonly (string | number)[];
  readonly database: string;
  readonly owner: string;
  readonly members: readonly string[];
  /** A role of the server's, which owns nothing in the database. */
  readonly monitor: readonly string[];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Undefined for every other CronJob. The Job beside it has another name after each change: nothing to compare. */
function identityOf({ object }: Manifest): Identity | undefined {
  const path = [...containers, 0, 'command'];
  const command = texts(at(object, path));
  const script = command.findIndex((word) => word.endsWith('/reconcile.sh'));
  const [database, owner, ...members] = command.slice(script + 1);
  if (script < 0 || database === undefined || owner === undefined) return undefined;
  const env = at(object, [...containers, 0, 'env']);
  const monitor = (Array.isArray(env) ? env : []).flatMap((variable: unknown) =>
    at(variable, ['name']) === 'MONITOR_ROLE' ? [String(at(variable, ['value']))] : [],
  );
  return { path, database, owner, members, monitor };
}

/** Names inside a database that runs: under a new one there is an empty database, or a role without a table. */
export const databaseIdentity: Rule = (before, after) => {
  const [was, is] = [identityOf(before), identityOf(after)];
  if (was === undefined || is === undefined || isDeepStrictEqual(was, is)) return [];
  const { path } = is;
  if (was.database !== is.database)
    return [refusal('database-renamed', 'a-renamed-database', path, was.database, is.database)];
  if (was.owner !== is.owner) return [refusal('owner-changed', 'a-new-owner', path, was.owner, is.owner)];
  const without = (roles: readonly string[], known: readonly string[]): string[] =>
    roles.filter((role) => !known.includes(role));
  const gone = without(was.members, [...is.members, ...is.monitor]);
  const fresh = without(is.members, [...was.members, ...was.monitor]);
  // One that only goes takes nothing from another; one that only comes starts with nothing, as it should.
  return gone.length && fresh.length ? [refusal('role-renamed', 'a-renamed-role', path, gone, fresh)] : [];
};

import { isRecord } from '../merge';
import type { Context } from '../resolve/context';
import { poolerName } from '../resolve/pooler';
import { certificateSecret } from '../resolve/store-tls';
import type { Selection } from '../selection';

/** The names a system's file declares, as it was written: a part with a mistake in it still has its name. */
export interface Declared {
  readonly images: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly stores: ReadonlySet<string>;
  readonly tools: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly outside: ReadonlySet<string>;
  readonly profiles: ReadonlySet<string>;
  /** Parts with a mistake in their shape: what is said of them elsewhere would only follow from it. */
  readonly broken: ReadonlySet<string>;
  /** Images and secrets that services use in any mode: what `development` replaces is used all the same. */
  readonly used: { readonly images: ReadonlySet<string>; readonly secrets: ReadonlySet<string> };
}

/** The names of parts. */
type Kind = Exclude<keyof Declared, 'used' | 'broken'>;

/**
 * @param selection the files as found
 * @param caches stores that follow from a word of another
 * @param brokenParts names of parts whose shape is wrong
 */
export function declaredNames(
  selection: Selection,
  caches: readonly string[],
  brokenParts: Iterable<string> = [],
): Declared {
  const raw = isRecord(selection.system.raw) ? selection.system.raw : {};
  const names = (key: string): Set<string> => new Set(isRecord(raw[key]) ? Object.keys(raw[key]) : []);
  const services = isRecord(raw['services']) ? Object.values(raw['services']).filter(isRecord) : [];
  const everyMode = services.flatMap((service) => [
    service,
    ...(isRecord(service['development']) ? [service['development']] : []),
  ]);
  return {
    broken: new Set(brokenParts),
    used: {
      images: new Set(everyMode.map(({ image }) => String(image))),
      secrets: new Set(
        everyMode.flatMap(({ secrets }) => (isRecord(secrets) ? Object.values(secrets).map(String) : [])),
      ),
    },
    images: names('images'),
    services: names('services'),
    stores: new Set([...names('stores'), ...caches]),
    tools: names('tools'),
    volumes: names('volumes'),
    secrets: names('secrets'),
    outside: names('outside'),
    profiles: names('profiles'),
  };
}

/** Names that Keelson's own objects carry in every namespace. */
const reserved = new Set([
  'bootstrap',
  'default-deny',
  'default',
  'monitoring',
  'prometheus',
  'alertmanager',
  'grafana',
  'kube-state-metrics',
  'blackbox-exporter',
  'acme-solver',
  'backup-retention',
  'backup-archive',
  'configuration-backup',
]);

/** The Jobs of the backups: of every store and volume, because what is not backed up today may be tomorrow. */
function backupJobNames({ stores, volumes }: Context['system']): [kind: string, name: string][] {
  const jobs = (kind: string, name: string, suffixes: readonly string[]): [string, string][] =>
    suffixes.map((suffix) => [kind, `${name}-${suffix}`]);
  return [
    ...Object.entries(stores).flatMap(([name, { kind }]) =>
      kind === 'rabbitmq' ? [] : jobs('stores', name, ['backup', 'restore', 'drill', 'dr-test']),
    ),
    ...Object.keys(volumes).flatMap((name) => jobs('volumes', name, ['backup', 'full', 'restore'])),
  ];
}

function workloadNames(context: Context, declared: Declared): [kind: string, name: string][] {
  const of = (kind: Kind): [string, string][] => [...declared[kind]].map((name) => [kind, name]);
  const jobs = [
    ...Object.entries(context.system.services)
      .filter(([, { migrations }]) => migrations)
      .map(([name]): [string, string] => ['services', `${name}-migrate`]),
    ...Object.entries(context.system.services)
      .filter(([, { proxy }]) => proxy)
      .map(([name]): [string, string] => ['services', `${name}-nginx`]),
    ...Object.entries(context.system.stores).flatMap(([name, { kind }]): [string, string][] => [
      ...(kind === 'postgres' ? [`${name}-roles`, poolerName(name)] : []).map((own): [string, string] => [
        'stores',
        own,
      ]),
      ...['pods', 'config', ...(kind === 'rabbitmq' ? [] : ['exporter', 'ro'])].map((suffix): [string, string] => [
        'stores',
        `${name}-${suffix}`,
      ]),
    ]),
  ];
  return [
    ...of('services'),
    ...of('stores'),
    ...of('tools'),
    ...of('outside'),
    ...jobs,
    ...backupJobNames(context.system),
  ];
}

/** One name, one thing: a name is the object's name, what policies select by, and what an arrow means. */
export function checkNames(context: Context, declared: Declared): void {
  const { problems, at } = context;
  const owners = new Map<string, string>();
  for (const [kind, name] of workloadNames(context, declared)) {
    const owner = owners.get(name);
    if (owner !== undefined)
      problems.error(
        'duplicate-name',
        `${at.system}.${kind}.${name}`,
        `"${name}", which ${owner} has too`,
        'a name of its own',
      );
    if (reserved.has(name))
      problems.error(
        'reserved-name',
        `${at.system}.${kind}.${name}`,
        `"${name}"`,
        "a name that none of Keelson's own objects has",
      );
    owners.set(name, owner ?? kind);
  }
  checkSecretNames(context);
  checkClaimNames(context);
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(context.namespace)) {
    problems.error(
      'namespace-name',
      `${at.environment}.namespace`,
      `"${context.namespace}"`,
      'a DNS label of at most 63 characters',
    );
  }
}

/** A volume's claim has its name: whoever mounts one that a StatefulSet has would find their files. */
function checkClaimNames({ problems, at, system }: Context): void {
  for (const name of Object.keys(system.volumes))
    if (/^data-.+-\d+$/.test(name))
      problems.error(
        'claim-name',
        `${at.system}.volumes.${name}`,
        `"${name}"`,
        'a name that no claim of a store or a tool has: not "data-…-0"',
      );
}

/** Secrets of the system beside those of stores and tools. */
function checkSecretNames(context: Context): void {
  const { problems, at, system } = context;
  const taken = new Map<string, string>();
  for (const [name, { kind }] of Object.entries(system.stores)) {
    const clients = Object.values(system.services).filter(({ arrows }) => name in arrows);
    const own =
      kind === 'postgres'
        ? [`${name}-superuser`, certificateSecret(name), ...clients.map(({ image }) => `${name}-${image}`)]
        : [name, `${name}-cookie`];
    for (const secret of own) taken.set(secret, `stores.${name}`);
  }
  for (const name of Object.keys(system.tools)) taken.set(name, `tools.${name}`);
  for (const fixed of ['object-storage', 'edge-tls', 'edge-cdn-tls', 'backup'])
    taken.set(fixed, 'the edge, the object storage or the backups');
  for (const name of Object.keys(system.secrets)) {
    const owner = taken.get(name);
    if (owner !== undefined)
      problems.error(
        'duplicate-secret',
        `${at.system}.secrets.${name}`,
        `"${name}", the Secret of ${owner}`,
        'a name of its own',
      );
  }
}

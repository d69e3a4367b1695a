import { helperResources } from '../defaults';
import type { EnvPlan, Plan, SecretPlan, SecretsProvider, SecretValue } from '../plan';
import { backupSecrets } from './backup';
import type { Context } from './context';
import { secretsInPatches } from './patches';
import { generated, given } from './secret';
import { clientsOf, ofEncryption, ofStore } from './store-secrets';
import { workload } from './workload';

type Parts = Pick<Plan, 'services' | 'stores' | 'tools' | 'edge' | 'monitors' | 'backup'>;

/** What a tool logs in with: the role that owns the schema, never the superuser. */
function toolSecret(store: Parts['stores'][number] | undefined): string | undefined {
  if (store?.kind === 'postgres') return store.roles.find(({ owner }) => owner)?.secret;
  return store?.kind === 'redis' ? store.secret : undefined;
}

/** Who uses which Secret, read off the variables: the only place where it is said. */
function usersOf(context: Context, parts: Parts): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const [secret, who] of secretsInPatches(context)) users.set(secret, [...who]);
  const note = (who: string, env: readonly EnvPlan[]): void => {
    for (const item of env)
      if ('secret' in item) users.set(item.secret, [...new Set([...(users.get(item.secret) ?? []), who])]);
  };
  const stores = new Map(parts.stores.map((store) => [store.name, store]));
  for (const tool of parts.tools) {
    const secrets = tool.stores.flatMap((name) => toolSecret(stores.get(name)) ?? []);
    for (const secret of secrets) users.set(secret, [...(users.get(secret) ?? []), tool.name]);
  }
  for (const { secret, workload, of } of parts.monitors?.exporters ?? []) {
    const who = workload?.name ?? of;
    if (secret !== undefined) users.set(secret, [...new Set([...(users.get(secret) ?? []), who])]);
  }
  for (const { name, backup, restore } of parts.backup?.subjects ?? []) {
    const store = stores.get(name);
    const secret =
      store?.kind === 'postgres' ? store.superuserSecret : store?.kind === 'redis' ? store.secret : undefined;
    if (secret !== undefined) users.set(secret, [...(users.get(secret) ?? []), backup.name, restore.name]);
  }
  for (const service of parts.services) {
    note(service.name, service.env);
    for (const { env } of service.otherSchemas) note(service.name, env);
    if (service.migration) note(service.migration.name, service.migration.env);
  }
  return users;
}

function ofSystem(context: Context, users: ReadonlyMap<string, readonly string[]>): SecretPlan[] {
  return Object.entries(context.system.secrets).flatMap(([name, secret]): SecretPlan[] => {
    const usedBy = users.get(name);
    if (usedBy === undefined) return [];
    if (secret.class === 'generated')
      return [generated(name, secret.description, 'value', usedBy, { make: 'hex', bytes: secret.bytes })];
    return [given(name, secret.description, ['value'], usedBy, secret.optional)];
  });
}

function ofEdge(parts: Parts): SecretPlan[] {
  const { tls, proxy, kind, hosts, cdn } = parts.edge;
  if ((tls.by !== 'secret' && tls.by !== 'self-signed') || kind === 'none') return [];
  const end = kind === 'gateway' ? 'the Gateway' : 'the Ingress';
  const usedBy = kind === 'load-balancer' && proxy !== undefined ? [proxy] : [end];
  const named = given(tls.secret, 'Certificate and key of the public hosts', ['tls.crt', 'tls.key'], usedBy);
  const type = 'kubernetes.io/tls';
  if (tls.by === 'secret') return [{ ...named, type }];
  const made: SecretValue = { make: 'certificate', hosts: [...hosts, ...(cdn ? [cdn.host] : [])] };
  return [{ ...named, class: 'generated', type, keys: { 'tls.crt': made, 'tls.key': made } }];
}

function ofTools(parts: Parts): SecretPlan[] {
  return parts.tools
    .filter(({ kind }) => kind === 'pgadmin')
    .map(({ name }) => generated(name, `First log-in of ${name}`, 'password', [name]));
}

/** Log-in of Grafana, and what tells people. Alerts fire without a receiver's credential: then it is missing, and said. */
function ofMonitoring({ monitors }: Parts): SecretPlan[] {
  if (monitors === undefined) return [];
  const { servers, receivers, remoteWrite } = monitors;
  const teller = servers?.alertmanager.workload.name ?? "the operator's Alertmanager";
  const told = receivers.flatMap(({ name, by, secret }) =>
    secret === undefined
      ? []
      : [given(secret.name, `Receiver ${name} (${by}) of alerts`, [secret.key], [teller], true)],
  );
  if (servers === undefined) return told;
  const { grafana, prometheus } = servers;
  return [
    ...told,
    generated(grafana.secret, 'First log-in of Grafana, as admin', 'password', [grafana.workload.name]),
    ...(remoteWrite?.secret === undefined
      ? []
      : [given(remoteWrite.secret, 'Token of the long-term storage', ['token'], [prometheus.workload.name], true)]),
  ];
}

/** Every Secret that the cluster must hold, by name. No value is ever synthesized. */
export function resolveSecrets(context: Context, parts: Parts): SecretPlan[] {
  const users = usersOf(context, parts);
  const storage = users.get('object-storage');
  const pullSecret = context.environment.images.pullSecret;
  const all = [
    ...parts.stores.flatMap((store) => ofStore(store, users)),
    ...parts.stores.flatMap((store) => (store.kind === 'postgres' ? ofEncryption(store, clientsOf(store, parts)) : [])),
    ...ofSystem(context, users),
    ...ofTools(parts),
    ...ofMonitoring(parts),
    ...backupSecrets(parts.backup),
    ...ofEdge(parts),
    ...(storage === undefined
      ? []
      : [given('object-storage', 'Key of the object storage', ['access-key-id', 'secret-access-key'], storage)]),
    ...(pullSecret === undefined
      ? []
      : [
          {
            ...given(pullSecret, 'Credentials of the image registry', ['.dockerconfigjson'], ['every pod']),
            type: 'kubernetes.io/dockerconfigjson',
          } as const,
        ]),
  ];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Who makes the generated Secrets. */
export function resolveProvider(context: Context, secrets: readonly SecretPlan[]): SecretsProvider {
  const stated = context.environment.secrets;
  if (stated.provider === 'bootstrap') {
    if (secrets.every((secret) => secret.class === 'given')) return { provider: 'existing' };
    const image = context.images.get('helper') ?? '';
    const job = workload({
      name: 'bootstrap',
      description: 'Makes the missing Secrets',
      component: 'job',
      controller: 'Job',
      image,
      resources: helperResources,
      apiServer: true,
    });
    return { provider: 'bootstrap', job };
  }
  return stated.provider === 'sealed-secrets' ? { provider: 'sealed-secrets', sealed: context.own.sealed } : stated;
}

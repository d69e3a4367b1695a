import type { EnvPlan, RabbitmqPlan, StorePlan } from '../plan';
import type { ParsedService } from '../schema/system';
import { roleName } from './postgres';
import { accountSecret } from './stores';
import { fill } from './template';

type Arrow = ParsedService['arrows'][string];

/** What fills the placeholders of a connection variable. */
type Parts = Readonly<
  Record<'url' | 'host' | 'port' | 'user' | 'password' | 'database' | 'sslmode' | 'sslrootcert', string>
>;

const schemes = {
  postgres: { plain: 'postgresql', tls: 'postgresql' },
  redis: { plain: 'redis', tls: 'rediss' },
  rabbitmq: { plain: 'amqp', tls: 'amqps' },
} as const;

/** The variables an application gets of a store where its arrow names none. */
export const storeDefaults = {
  postgres: { DATABASE_URL: '{url}' },
  redis: { REDIS_URL: '{url}' },
  rabbitmq: { RABBITMQ_URL: '{url}' },
} as const;

/** `frontend-admin` → `FRONTEND_ADMIN`. */
export function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** The account of an application, by its image. A managed broker has one for all. */
function accountOf(store: RabbitmqPlan, image: string): { readonly user: string; readonly secret: string } {
  const found = store.external ? store.accounts[0] : store.accounts.find(({ name }) => name === image);
  return { user: found?.name ?? image, secret: found?.secret ?? accountSecret(store.name, image) };
}

/** A store's credentials for one application: who, and in which Secret the password is. */
export function credentials(
  store: StorePlan,
  service: ParsedService,
): { readonly user: string; readonly secret: string } {
  if (store.kind === 'postgres') return { user: roleName(service.image), secret: `${store.name}-${service.image}` };
  if (store.kind === 'redis') return { user: '', secret: store.secret };
  const { user, secret } = accountOf(store, service.image);
  return { user, secret };
}

/** libpq's parameters for TLS; of an unencrypted store there are none. */
function tlsOf(store: StorePlan): { readonly sslmode?: string; readonly sslrootcert?: string } {
  if (store.kind !== 'postgres' || store.tls === undefined) return {};
  const { sslmode, authority } = store.tls;
  return authority === undefined ? { sslmode } : { sslmode, sslrootcert: authority.file };
}

/** libpq knows no scheme for TLS, but parameters. @see https://www.postgresql.org/docs/current/libpq-ssl.html */
function queryOf(store: StorePlan, arrow: Arrow): string {
  // A slash may stand in a query as it is, and a path stays one that a person can read.
  const query = new URLSearchParams({ ...tlsOf(store), ...arrow.query }).toString().replaceAll('%2F', '/');
  return query === '' ? '' : `?${query}`;
}

/** Whether a pooler is passed by: it hands out connections for a transaction, and some programs need one for longer. */
export type Way = 'usual' | 'direct';

/** Where a client finds a store. */
export function placeOf(store: StorePlan, way: Way): { readonly host: string; readonly port: number } {
  const pooler = store.kind === 'postgres' && way === 'usual' ? store.pooler : undefined;
  return pooler ? { host: pooler.name, port: pooler.port } : { host: store.host, port: store.port };
}

/** Passwords are hex, so they stand in a URL as they are; the kubelet fills `$(VARIABLE)` in the pod. */
function storeParts(store: StorePlan, service: ParsedService, arrow: Arrow, passwordVariable: string, way: Way): Parts {
  const { host, port } = placeOf(store, way);
  const { user } = credentials(store, service);
  const database = store.kind === 'postgres' ? store.database : '';
  const password = `$(${passwordVariable})`;
  const path = database === '' ? '' : `/${database}`;
  const scheme = schemes[store.kind][store.external?.tls ? 'tls' : 'plain'];
  return {
    url: `${scheme}://${user}:${password}@${host}:${port}${path}${queryOf(store, arrow)}`,
    host,
    port: String(port),
    user,
    password,
    database,
    sslmode: 'disable',
    sslrootcert: '',
    ...tlsOf(store),
  };
}

/** The variables by which an application finds a store: the password first, because the others name it. */
export function storeEnv(store: StorePlan, service: ParsedService, arrow: Arrow, way: Way): EnvPlan[] {
  const passwordVariable = `${variableName(store.name)}_PASSWORD`;
  const parts = storeParts(store, service, arrow, passwordVariable, way);
  const templates = Object.entries(arrow.env ?? storeDefaults[store.kind]);
  // Who names it as it is called anyway has it once; another text under its name is a variable from two sources.
  const chosen = templates.filter(([name, template]) => name !== passwordVariable || template !== '{password}');
  return [
    { name: passwordVariable, secret: credentials(store, service).secret, key: 'password', optional: false },
    ...chosen.map(([name, template]) => ({ name, value: fill(template, parts) })),
  ];
}

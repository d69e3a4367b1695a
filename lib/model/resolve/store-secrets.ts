/** The Secrets of stores: log-ins, certificates. */
import type { Plan, PostgresPlan, SecretPlan, SecretValue } from '../plan';
import { generated, given } from './secret';

type Parts = Pick<Plan, 'services' | 'stores'>;

/** CloudNativePG reads who logs in from the same Secret. */
function named(store: PostgresPlan, secret: SecretPlan, username: string): SecretPlan {
  if (store.engine !== 'cloudnative-pg') return secret;
  return { ...secret, keys: { username: { make: 'literal', value: username }, ...secret.keys } };
}

/** The credentials of a store. What a managed store's operator hands out is given; what we make ourselves is generated. */
export function ofStore(store: Parts['stores'][number], users: ReadonlyMap<string, readonly string[]>): SecretPlan[] {
  const usedBy = (secret: string): readonly string[] => users.get(secret) ?? [];
  const outside = store.external !== undefined;
  const make = (name: string, text: string, key: string, by: readonly string[]): SecretPlan =>
    outside ? given(name, text, [key], by) : generated(name, text, key, by);
  if (store.kind === 'postgres') {
    const superuser = make(
      store.superuserSecret,
      `${outside ? 'Administrator' : 'Superuser'} of ${store.name}`,
      'password',
      [store.name, store.rolesJob.name, ...usedBy(store.superuserSecret)],
    );
    const replication = store.replication && [
      generated(store.replication.secret, `Replicas of ${store.name}`, 'password', [store.name, store.rolesJob.name]),
    ];
    return [
      // What an outside server calls its administrator is its own choice; postgres unless it is said.
      outside ? { ...superuser, optionalKeys: ['username'] } : named(store, superuser, 'postgres'),
      ...(replication ?? []),
      ...store.roles.map(({ name, secret, monitor, owner }) => {
        const role = generated(secret, `Role ${name} at ${store.name}`, 'password', [
          ...usedBy(secret),
          store.rolesJob.name,
          ...(store.pooler && !monitor ? [store.pooler.name] : []),
        ]);
        return owner ? named(store, role, name) : role;
      }),
    ];
  }
  const login = (secret: string, text: string): SecretPlan =>
    make(secret, text, 'password', [store.name, ...usedBy(secret)]);
  if (store.kind === 'redis') return [login(store.secret, `Password of ${store.name}`)];
  const accounts = store.accounts.map(({ name, secret }) => login(secret, `Account ${name} at ${store.name}`));
  // An operator makes the cookie itself.
  if (store.engine !== 'statefulset') return accounts;
  return [
    ...accounts,
    generated(store.cookieSecret, `Erlang cookie of ${store.name}`, 'cookie', [store.name], { make: 'hex', bytes: 32 }),
  ];
}

/** The keys of a certificate's Secret, as cert-manager names them. */
const certificateKeys = ['tls.crt', 'tls.key', 'ca.crt'] as const;

/**
 * What encrypted connections rest on: the certificate of a server of ours, or the authority of a managed one. What
 * cert-manager makes stands in no list: nobody else makes it.
 */
export function ofEncryption(store: PostgresPlan, clients: readonly string[]): SecretPlan[] {
  const authority = store.tls?.authority;
  if (authority === undefined) return [];
  const { certificate } = store;
  const own = [...(store.external ? [] : [store.name]), ...(store.pooler ? [store.pooler.name] : [])];
  const usedBy = [...own, store.rolesJob.name, ...clients];
  if (certificate === undefined)
    return store.external
      ? [given(authority.secret, `Authority of the provider of ${store.name}`, ['ca.crt'], usedBy)]
      : [];
  if (certificate.from.by === 'cert-manager') return [];
  const all = given(certificate.secret, `Certificate of ${store.name}`, certificateKeys, usedBy);
  const type = 'kubernetes.io/tls';
  if (certificate.from.by === 'secret') return [{ ...all, type }];
  const made: SecretValue = { make: 'certificate', hosts: certificate.hosts };
  return [{ ...all, class: 'generated', type, keys: Object.fromEntries(certificateKeys.map((key) => [key, made])) }];
}

/** Who reaches a store by encrypted connections, besides its own Jobs: applications, and who copies and puts back. */
export function clientsOf(store: PostgresPlan, { services, backup }: Pick<Plan, 'services' | 'backup'>): string[] {
  const clients = services.flatMap(({ name, authorities, migration }) =>
    authorities.some(({ of }) => of === store.name) ? [name, ...(migration ? [migration.name] : [])] : [],
  );
  const copies = (backup?.subjects ?? []).filter(({ name }) => name === store.name);
  return [...clients, ...copies.flatMap((subject) => [subject.backup.name, subject.restore.name])];
}

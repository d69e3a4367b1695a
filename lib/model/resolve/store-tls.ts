import { helperResources } from '../defaults';
import type { AuthorityPlan, CertificatePlan, ClientTlsPlan, StorePlan } from '../plan';
import type { Sidecar } from '../quota';
import type { ParsedStore } from '../schema/system';
import type { Context, Endpoint } from './context';
import { poolerName } from './pooler';

/** Where the authorities of stores are mounted, a folder for each. */
const authorities = '/run/authorities';

/** The Secret of a store's certificate, where the environment names none. */
export function certificateSecret(store: string): string {
  return `${store}-tls`;
}

/** Every name of a Service, from the shortest to the whole. */
function serviceNames(name: string, namespace: string): string[] {
  const inside = `${name}.${namespace}`;
  return [name, inside, `${inside}.svc`, `${inside}.svc.cluster.local`];
}

/**
 * The same whatever the tier, the number of members and the pooler: a certificate that was made once is not made again.
 * The members by one wildcard, which libpq takes for a single label.
 */
function hostsOf(store: string, namespace: string): string[] {
  const services = [store, `${store}-ro`, poolerName(store), `*.${store}-pods`];
  return services.flatMap((name) => serviceNames(name, namespace));
}

/** The certificate of a PostgreSQL of ours that encrypts; undefined for any other. */
export function certificateOf(
  context: Context,
  name: string,
  store: Extract<ParsedStore, { kind: 'postgres' }>,
  engine: string,
): CertificatePlan | undefined {
  if (store.tls === 'off' || engine === 'external') return undefined;
  const stated = context.own.stores[name]?.certificate ?? context.environment.storeCertificates;
  const common = { hosts: hostsOf(name, context.namespace), reload: helperResources };
  return stated.by === 'secret'
    ? { ...common, secret: stated.secret, from: { by: 'secret' } }
    : { ...common, secret: certificateSecret(name), from: stated };
}

function authority(store: string, secret: string): AuthorityPlan {
  const folder = `${authorities}/${store}`;
  return { of: store, secret, folder, file: `${folder}/ca.crt` };
}

/**
 * How clients encrypt. `verify-full` needs the authority: that of the certificate, or for a managed server its
 * provider's, which is given. A managed server that asks for encryption gets it in any case.
 */
export function clientTls(
  name: string,
  store: Extract<ParsedStore, { kind: 'postgres' }>,
  certificate: CertificatePlan | undefined,
  endpoint: Endpoint | undefined,
): ClientTlsPlan | undefined {
  if (store.tls === 'verify-full')
    return { sslmode: 'verify-full', authority: authority(name, certificate?.secret ?? certificateSecret(name)) };
  return endpoint?.tls ? { sslmode: 'require', authority: undefined } : undefined;
}

/** The containers that tell servers of a renewed certificate. */
export function storeSidecars(stores: readonly StorePlan[]): Sidecar[] {
  return stores.flatMap((store) =>
    store.kind === 'postgres' && store.certificate && store.engine === 'statefulset'
      ? [{ of: store.name, resources: store.certificate.reload }]
      : [],
  );
}

import { isRecord, mergePatch } from '../../lib/model/merge';
import type { Plan } from '../../lib/model/plan';

/** A change that a user can make in the files, as merge patches; undefined where a system has nothing to change. */
export interface Variant {
  title: string;
  /** Rules by which keelson may refuse it; any other refusal is a fault of the variant. */
  refusedBy?: readonly string[];
  environment?: (base: VariantBase) => unknown;
  system?: (base: VariantBase) => unknown;
  /** Releases, as `keelson image` writes them. */
  images?: (base: VariantBase) => unknown;
}

export interface VariantBase {
  plan: Plan;
  /** The system's file as it is written. */
  system: Readonly<Record<string, unknown>>;
}

const bucket = {
  endpoint: { host: 's3.example.com', cidrs: ['203.0.113.0/24'] },
  bucket: 'files',
  region: 'eu-central-1',
};
const managed = { host: '{store}.{system}.managed.example.com', cidrs: ['10.64.0.0/16'] };

/** The keys of the bucket, which only a bucket has. */
const noTarget = { endpoint: null, bucket: null };
const slack = { by: 'slack', channel: '#alerts' };
/** One of every kind. */
const receivers = {
  team: slack,
  mail: { by: 'mail', to: 'dba@example.com', from: 'alerts@example.com', host: 'smtp.example.com', user: 'alerts' },
  'on-call': { by: 'pagerduty', severities: ['critical'] },
  hook: { by: 'webhook', components: ['postgres', 'backup'] },
  heartbeat: { by: 'heartbeat' },
};

/** A Gateway of the platform's, in a namespace of its own. */
const parent = { name: 'public', namespace: 'gateways', sectionName: 'https', redirectSectionName: 'http' };
/** More than one HTTPRoute may have. */
const hosts = Array.from({ length: 20 }, (_, index) => `shop-${index}.example.com`);

/** What only this system sees of the environment. */
function here({ plan }: VariantBase, patch: unknown): unknown {
  return { systems: { [plan.system.id]: patch } };
}

/** Each PostgreSQL of the system, changed alike. */
function ofPostgres({ stores }: Plan, patch: unknown): unknown {
  const own = stores.filter(({ kind }) => kind === 'postgres').map(({ name }) => [name, patch] as const);
  return { stores: Object.fromEntries(own) };
}

/** Every provider, edge and engine that the documentation offers, and the daily changes. */
export const VARIANTS: readonly Variant[] = [
  { title: 'secrets that exist', environment: () => ({ secrets: { provider: 'existing' } }) },
  {
    title: 'External Secrets',
    environment: () => ({ secrets: { provider: 'external-secrets', store: 'vault' } }),
  },
  {
    title: 'Sealed Secrets',
    environment: (base) =>
      mergePatch({ secrets: { provider: 'sealed-secrets' } }, here(base, { sealed: sealed(base) })),
  },
  { title: 'edge: ingress', environment: (base) => here(base, { edge: 'ingress' }) },
  {
    title: 'edge: load balancer',
    refusedBy: ['load-balancer-without-proxy'],
    environment: (base) => here(base, { edge: 'load-balancer' }),
  },
  { title: 'edge: gateway', environment: (base) => here(base, { edge: 'gateway' }) },
  {
    title: "edge: somebody's gateway",
    environment: (base) => mergePatch({ gateway: { parent } }, here(base, { edge: 'gateway' })),
  },
  {
    title: "edge: a gateway whose pods have their nodes' addresses",
    environment: (base) =>
      mergePatch(
        { gateway: { peer: { cidrs: ['10.66.0.0/24', '2001:db8:66::/64'] } } },
        here(base, { edge: 'gateway' }),
      ),
  },
  {
    title: 'edge: a gateway with its own certificate, many hosts',
    environment: (base) =>
      mergePatch({ gateway: { parent }, tls: { by: 'gateway', issuer: null } }, here(base, { edge: 'gateway', hosts })),
  },
  {
    title: 'edge: gateway with a Certificate, many hosts',
    environment: (base) => mergePatch({ tls: { certificate: true } }, here(base, { edge: 'gateway', hosts })),
  },
  { title: 'TLS that is self-signed', environment: () => ({ tls: { by: 'self-signed', issuer: null } }) },
  {
    title: 'TLS from a Secret',
    environment: () => ({ tls: { by: 'secret', secret: 'own-certificate', issuer: null } }),
  },
  { title: 'TLS as a Certificate', environment: () => ({ tls: { certificate: true } }) },
  { title: 'no monitoring', environment: () => ({ monitoring: 'none' }) },
  { title: 'the Prometheus operator', environment: () => ({ monitoring: { mode: 'operator', receivers } }) },
  {
    title: 'the Prometheus operator, managed stores',
    environment: () => ({ monitoring: 'operator', managedStores: managed }),
  },
  {
    title: 'a changed alert, and somebody who gets it',
    environment: () => ({ monitoring: { mode: 'built-in', objective: 99.5, receivers: { team: slack } } }),
  },
  { title: 'no metrics of the kubelets', environment: () => ({ resourceMetrics: 'none' }) },
  { title: 'KEDA', environment: () => ({ keda: true }) },
  {
    title: 'CloudNativePG',
    environment: (base) => engine(base, 'postgres', 'cloudnative-pg'),
  },
  {
    title: 'a Redis Cluster',
    refusedBy: ['redis-engine'],
    system: (base) => ofClusters(base, { backup: null }),
    environment: (base) => {
      const stores = ofClusters(base, { engine: 'redis-cluster' });
      return stores === undefined ? undefined : here(base, stores);
    },
  },
  { title: 'a cache of its own', system: (base) => beside(base, { separateCache: true }) },
  {
    title: 'another primary',
    environment: (base) => {
      const stores = replicated(base, { primary: 1 });
      return stores && here(base, stores);
    },
  },
  {
    title: 'the RabbitMQ operator',
    environment: (base) => engine(base, 'rabbitmq', 'rabbitmq-cluster-operator'),
  },
  {
    title: 'encrypted databases with poolers',
    system: ({ plan }) => ofPostgres(plan, { tls: 'verify-full', pooler: 'pgbouncer' }),
  },
  {
    title: 'certificates of databases by cert-manager',
    system: ({ plan }) => ofPostgres(plan, { tls: 'verify-full' }),
    environment: () => ({ storeCertificates: { by: 'cert-manager', issuer: 'inside' } }),
  },
  {
    title: 'certificates of databases from Secrets',
    system: ({ plan }) => ofPostgres(plan, { tls: 'verify-full' }),
    environment: (base) => {
      const stores = ofPostgres(base.plan, { certificate: { by: 'secret', secret: 'database-certificate' } });
      return here(base, stores);
    },
  },
  { title: 'managed stores', environment: () => ({ managedStores: managed }) },
  {
    title: 'shared volumes: RWX',
    refusedBy: ['claim-class', 'claim-access-mode'],
    environment: () => ({ sharedVolumes: { by: 'rwx', className: 'nfs' } }),
  },
  {
    title: 'shared volumes: object storage',
    environment: () => ({ sharedVolumes: { by: 'object-storage', ...bucket } }),
  },
  { title: 'backups on a claim', environment: () => ({ backupTarget: { ...noTarget, to: 'claim', size: '50Gi' } }) },
  { title: 'no backups', environment: () => ({ backupTarget: { ...noTarget, to: 'none' } }) },
  { title: 'development tools', environment: () => ({ tools: true }) },
  { title: 'a registry mirror', environment: () => ({ images: { mirror: 'mirror.example.com' } }) },
  { title: 'another host', environment: (base) => here(base, { hosts: ['other.example.com'] }) },
  { title: 'HSTS', environment: () => ({ hsts: true }) },
  { title: 'a new image', images: release },
  { title: 'a new setting', environment: (base) => here(base, { settings: setting(base) }) },
  { title: 'a new route', system: route },
  {
    title: 'another storage class',
    refusedBy: ['claim-class'],
    environment: () => ({ storage: { className: 'fast' } }),
  },
  // The last one: a volume never becomes smaller again, so nothing goes back from here.
  { title: 'larger volumes', environment: (base) => here(base, { stores: larger(base) }) },
];

/** Each Redis that is drawn as a cluster, and whose clients speak it, changed alike. */
function ofClusters({ system, plan }: VariantBase, patch: unknown): unknown {
  const drawn = isRecord(system.stores) ? system.stores : {};
  const own = plan.stores.filter(({ name }) => {
    const store = drawn[name];
    return isRecord(store) && store.cluster === true;
  });
  return own.length > 0 ? { stores: Object.fromEntries(own.map(({ name }) => [name, patch])) } : undefined;
}

/** Each Redis that refuses writes when it is full, changed alike. */
function beside({ plan }: VariantBase, patch: unknown): unknown {
  const own = plan.stores.filter((store) => store.kind === 'redis' && store.use !== 'cache');
  return own.length > 0 ? { stores: Object.fromEntries(own.map(({ name }) => [name, patch])) } : undefined;
}

/** Each store of ours that has a second member to promote, changed alike. */
function replicated({ plan }: VariantBase, patch: unknown): unknown {
  const own = plan.stores.filter(
    ({ kind, engine, replicas }) => kind !== 'rabbitmq' && engine === 'statefulset' && replicas.max > 1,
  );
  return own.length > 0 ? { stores: Object.fromEntries(own.map(({ name }) => [name, patch])) } : undefined;
}

/** Every store of a kind by another engine. */
function engine(base: VariantBase, kind: string, name: string): unknown {
  const stores = base.plan.stores.filter((store) => store.kind === kind);
  return stores.length > 0
    ? here(base, { stores: Object.fromEntries(stores.map((store) => [store.name, { engine: name }])) })
    : undefined;
}

/** A value for each key: `kubeseal` is not asked, for no server here opens them. */
function sealed({ plan }: VariantBase): unknown {
  return Object.fromEntries(
    plan.secrets.map(({ name, keys }) => [
      name,
      Object.fromEntries(Object.keys(keys).map((key) => [key, 'AgB2ZXJpZnk='])),
    ]),
  );
}

function setting({ plan }: VariantBase): unknown {
  const [service] = plan.services.filter(({ proxy }) => proxy === undefined);
  return service && { [service.name]: { KEELSON_VERIFY: 'changed' } };
}

function route({ system }: VariantBase): unknown {
  const routes = Array.isArray(system['routes']) ? system['routes'] : [];
  const [first] = routes;
  return isRecord(first) ? { routes: [...routes, { path: '/verify/', to: first['to'] }] } : undefined;
}

function release({ plan, system }: VariantBase): unknown {
  const images = isRecord(system['images']) ? Object.entries(system['images']) : [];
  const own = images.find(([, image]) => isRecord(image));
  return own && { [plan.system.id]: { [own[0]]: 'registry.example.com/verify/released:9.9.9' } };
}

function larger({ plan }: VariantBase): unknown {
  return Object.fromEntries(plan.stores.map(({ name }) => [name, { size: '900Gi' }]));
}

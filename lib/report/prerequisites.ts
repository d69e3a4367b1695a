import type { ClaimPlan, EdgePlan, Plan, StorePlan } from '../model/plan';
import { createCommands } from '../secrets/commands';
import { type Prerequisite, prerequisite } from './prerequisite';
import { storeOperators } from './store-operators';

export type { Prerequisite };

/** Every claim of the Plan: of stores, of volumes, of tools, of the backups. */
export function claimsOf(plan: Plan): ClaimPlan[] {
  return [
    ...plan.stores.flatMap(({ claims }) => claims),
    ...plan.volumes.map(({ claim }) => claim),
    ...plan.tools.flatMap(({ claim }) => (claim ? [claim] : [])),
  ];
}

function cluster(plan: Plan): Prerequisite[] {
  const { cpu, memory } = plan.quota.largest;
  return [
    prerequisite('Kubernetes 1.28 or newer', 'the manifests use its fields', 'kubectl version'),
    prerequisite(
      'a network plugin that enforces NetworkPolicy',
      'every namespace denies by default; without enforcement the policies are silently inert',
    ),
    prerequisite(
      `a node with ${cpu / 1000} CPU and ${memory} MiB free`,
      'the largest container must fit on one',
      'kubectl describe nodes',
    ),
  ];
}

function storage(plan: Plan): Prerequisite[] {
  const classes = new Map<string, ClaimPlan[]>();
  for (const claim of claimsOf(plan)) {
    const key = claim.storageClass ?? '';
    classes.set(key, [...(classes.get(key) ?? []), claim]);
  }
  return [...classes].map(([name, claims]) => {
    const shared = claims.some(({ accessMode }) => accessMode === 'ReadWriteMany') ? ' with ReadWriteMany' : '';
    const what = name === '' ? `a default StorageClass${shared}` : `StorageClass ${name}${shared}`;
    const list = claims.map(({ name: claim, size }) => `${claim} (${size} MiB)`).join(', ');
    const check = name === '' ? 'kubectl get storageclass' : `kubectl get storageclass ${name}`;
    return prerequisite(what, `claims ${list}; growing them needs allowVolumeExpansion`, check);
  });
}

/** `from pods of the namespace traefik, from 10.0.0.0/8`. */
function comingFrom({ pods, cidrs }: EdgePlan['peer']): string {
  return [...(pods === undefined ? [] : [`pods of the namespace ${pods.namespace}`]), ...cidrs]
    .map((place) => `from ${place}`)
    .join(', ');
}

function gatewayWay({ gateway, peer, hosts, tls }: EdgePlan): Prerequisite {
  const api = 'the Gateway API 1.4 or newer, with a controller';
  if (gateway?.kind !== 'parent')
    return prerequisite(
      `${api} for the GatewayClass ${gateway?.className}, whose requests come ${comingFrom(peer)}`,
      'requests come in through a Gateway and HTTPRoutes',
      `kubectl get gatewayclass ${gateway?.className}`,
    );
  const certificate = tls.by === 'gateway' ? `, with a certificate for ${hosts.join(', ')}` : '';
  return prerequisite(
    `${api}, and its Gateway ${gateway.name}, which lets HTTPRoutes of this namespace attach${certificate}`,
    `requests come in through it, ${comingFrom(peer)}`,
    `kubectl -n ${gateway.namespace} get gateway ${gateway.name}`,
  );
}

/** Where the records of the public names lead. */
function names({ hosts, cdn }: EdgePlan): Prerequisite[] {
  return [
    prerequisite(`DNS records for ${hosts.join(', ')}`, 'the public addresses must lead to the edge'),
    ...(cdn === undefined
      ? []
      : [
          prerequisite(
            `a content delivery network at ${cdn.host}, or a DNS record to the edge until there is one`,
            `pages load ${cdn.routes.map(({ path }) => path).join(', ')} from there; it fetches them from the edge, by that name`,
          ),
        ]),
  ];
}

function edge(plan: Plan): Prerequisite[] {
  const { kind, ingressClass, peer, tls } = plan.edge;
  if (kind === 'none') return [];
  const ways = {
    ingress: prerequisite(
      `an Ingress controller whose requests come ${comingFrom(peer)}`,
      `requests come in through ${ingressClass === undefined ? 'the default IngressClass' : `the IngressClass ${ingressClass}`}`,
      `kubectl get ingressclass${ingressClass === undefined ? '' : ` ${ingressClass}`}`,
    ),
    gateway: gatewayWay(plan.edge),
    'load-balancer': prerequisite('load balancers for Services', 'requests come in through a Service of that type'),
  } as const;
  if (tls.by !== 'cert-manager') return [ways[kind], ...names(plan.edge)];
  const issuer =
    tls.issuerKind === 'ClusterIssuer' ? `clusterissuer ${tls.issuer}` : `-n ${plan.namespace} issuer ${tls.issuer}`;
  return [
    ways[kind],
    ...names(plan.edge),
    prerequisite(
      `cert-manager with the ${tls.issuerKind} ${tls.issuer}${plan.edge.gateway && !tls.certificate ? ' and its Gateway API support' : ''}`,
      `it makes the Secret ${tls.secret}; without it nothing happens, and nothing says so`,
      `kubectl get ${issuer}`,
    ),
  ];
}

/** cert-manager for the certificates of stores; that of the edge is asked for there. */
function storeIssuers(plan: Plan): Prerequisite[] {
  return plan.stores.flatMap((store) => {
    const from = store.kind === 'postgres' ? store.certificate?.from : undefined;
    if (from?.by !== 'cert-manager') return [];
    const namespaced = from.issuerKind === 'Issuer' ? `-n ${plan.namespace} ` : '';
    return [
      prerequisite(
        `cert-manager with the ${from.issuerKind} ${from.issuer}, of an authority of your own`,
        `it makes the Secret ${store.name}-tls, with ca.crt, for names inside the cluster; no public authority signs those`,
        `kubectl ${namespaced}get ${from.issuerKind.toLowerCase()} ${from.issuer}`,
      ),
    ];
  });
}

function addOns(plan: Plan): Prerequisite[] {
  const provider = plan.secretsProvider;
  const scaled = plan.services.filter(({ autoscaler }) => autoscaler !== undefined).map(({ name }) => name);
  const byQueue = plan.services.filter(({ autoscaler }) => autoscaler?.by === 'queue').map(({ name }) => name);
  return [
    ...(scaled.length
      ? [prerequisite('metrics-server', `autoscaling of ${scaled.join(', ')}`, 'kubectl top nodes')]
      : []),
    ...(byQueue.length
      ? [
          prerequisite(
            'KEDA',
            `${byQueue.join(', ')} scale by the length of a queue`,
            'kubectl get crd scaledobjects.keda.sh',
          ),
        ]
      : []),
    ...(plan.monitoring === 'operator'
      ? [
          prerequisite(
            'the Prometheus Operator',
            'monitoring is `operator`',
            'kubectl get crd servicemonitors.monitoring.coreos.com',
          ),
        ]
      : []),
    ...(provider.provider === 'external-secrets'
      ? [
          prerequisite(
            `External Secrets with the ${provider.storeKind} ${provider.store}`,
            'generated Secrets come from it',
            `kubectl get ${provider.storeKind.toLowerCase()} ${provider.store}`,
          ),
        ]
      : []),
    ...(provider.provider === 'sealed-secrets'
      ? [
          prerequisite(
            'the Sealed Secrets controller',
            'it opens the generated Secrets',
            'kubectl get crd sealedsecrets.bitnami.com',
          ),
        ]
      : []),
    ...storeOperators(plan),
  ];
}

/** What a managed broker must have: nothing of ours can import it there. */
function declaredAt(store: StorePlan): Prerequisite[] {
  if (store.kind !== 'rabbitmq') return [];
  const accounts = store.accounts.map(({ name }) => name).join(', ');
  const queues = store.queues.map(({ name, type }) => `${name} (${type})`).join(', ');
  const what = `the account ${accounts} at ${store.name}${queues === '' ? '' : `, and the queues ${queues}`}`;
  return [prerequisite(what, 'a managed broker imports no definitions; the limits of the file are its own to set')];
}

function outside(plan: Plan): Prerequisite[] {
  return plan.stores.flatMap((store) => {
    const { name, external } = store;
    if (external === undefined) return [];
    const where = `the managed store ${name} at ${external.host}:${external.port}`;
    return [prerequisite(where, `reachable at ${external.cidrs.join(', ')} only`), ...declaredAt(store)];
  });
}

function secrets(plan: Plan): Prerequisite[] {
  const names = createCommands(plan)
    .filter(({ optional }) => !optional)
    .map(({ secret }) => secret);
  if (names.length === 0) return [];
  return [
    prerequisite(
      `the Secrets ${names.join(', ')}`,
      'pods wait for them',
      `kubectl -n ${plan.namespace} get secret ${names.join(' ')}`,
    ),
  ];
}

/** What the cluster must have, from the most general to the most particular. */
export function prerequisitesOf(plan: Plan): Prerequisite[] {
  return [
    ...cluster(plan),
    ...storage(plan),
    ...edge(plan),
    ...storeIssuers(plan),
    ...addOns(plan),
    ...outside(plan),
    ...secrets(plan),
  ];
}

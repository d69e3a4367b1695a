/** What the documents draw, written down by hand: who may open a connection to whom, and nothing else may. */

export type EnvironmentName = 'development' | 'staging' | 'production' | 'cloud';
export type TierName = 'low' | 'medium' | 'high';

/** How the outside comes in: as the files say, by a Gateway's pods, or by one whose pods have their nodes' addresses. */
export type EdgeName = 'usual' | 'gateway' | 'gateway-nodes';

/**
 * Lines such as `backend celery → db:5432 redis:6379`, with container ports; some hold in some environments, tiers or edges
 * only. Besides workloads there are the ends of `world.ts`, `edge` for the one that brings the outside in, `anywhere` for
 * all of them, and `public` for the public addresses.
 */
export interface Lines {
  readonly edges?: readonly EdgeName[];
  readonly environments?: readonly EnvironmentName[];
  readonly tiers?: readonly TierName[];
  readonly open: readonly string[];
}

export interface Drawing {
  readonly system: string;
  readonly lines: readonly Lines[];
  /** What the document forbids in so many words: tested by name as well, although everything else is closed anyhow. */
  readonly never: readonly string[];
}

/** Where stores run in the cluster, and the bootstrap makes their passwords. */
export const ownStores = ['development', 'staging', 'production'] as const;
export const managedStores = ['cloud'] as const;
/** Where cert-manager gets the certificates. */
export const withCertManager = ['staging', 'production', 'cloud'] as const;

/** A Gateway is chosen, whatever the system's own way in is. */
export const byGateway = ['gateway', 'gateway-nodes'] as const;

/** Where metrics are collected, and what all five have of it. */
export const watched = ['staging', 'production', 'cloud'] as const;

const monitoring: readonly Lines[] = [
  {
    environments: watched,
    open: [
      'prometheus → alertmanager:9093 kube-state-metrics:8080 blackbox-exporter:9115',
      'grafana → prometheus:9090',
      'prometheus kube-state-metrics → anywhere:443,6443',
      // The public hosts are asked as a browser would; behind the edge's own port there is a pod's.
      'blackbox-exporter → anywhere:443,8443',
    ],
  },
  // The kubelets know CPU, memory and volumes; in the cloud the platform does.
  { environments: ['staging', 'production'], open: ['prometheus → anywhere:10250'] },
  { environments: managedStores, open: ['grafana → managed:443'] },
];

/** What holds for all five. */
export const common: readonly Lines[] = [
  ...monitoring,
  // The API server's address is the environment's to narrow; until then it may be any.
  { environments: ownStores, open: ['bootstrap → anywhere:443,6443'] },
];

const solver: Lines = { environments: withCertManager, open: ['edge → solver:8089'] };

/** Where a system is reachable by cert-manager's HTTP-01 solver. */
export const solvers: readonly Lines[] = [solver];

const backed = { environments: ['staging', 'production'] } as const;

/**
 * Where backups go: every Job of theirs to the object storage, and to a store only those that copy it or put it back. In
 * the cloud there is no volume of ours, and a managed Redis is copied by its provider.
 */
export function backups(stores: readonly string[], others: string, inTheCloud: string): Lines[] {
  const reaching = stores.map((store) => {
    const [name = ''] = store.split(':');
    return `${name}-backup ${name}-restore → ${store}`;
  });
  const jobs = stores.map((store) => store.replace(/^(.*):.*$/, '$1-backup $1-restore')).join(' ');
  const [database = ''] = (stores[0] ?? '').split(':');
  return [
    { ...backed, open: [...reaching, `${jobs} ${others} → storage:443`] },
    {
      environments: managedStores,
      open: [
        `${database}-backup ${database}-restore → managed:5432`,
        `${database}-backup ${database}-restore ${inTheCloud} → storage:443`,
      ],
    },
  ];
}

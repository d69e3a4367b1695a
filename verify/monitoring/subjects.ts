import { App } from 'cdk8s';
import { buildCharts } from '../../charts';
import { contributionsOf } from '../../charts/contributions';
import { mergePatch } from '../../lib/model/merge';
import type { Plan } from '../../lib/model/plan';
import { formatProblem } from '../../lib/model/problem';
import { resolvePlan } from '../../lib/model/resolve';
import type { Environment } from '../../lib/model/schema/environment';
import type { Contribution } from '../../lib/monitoring';
import { workspace } from '../manifests/sets';

/** Somebody of every kind who is told. */
export const receivers: NonNullable<Exclude<Environment['monitoring'], string | undefined>['receivers']> = {
  chat: { by: 'slack', channel: '#alerts', severities: ['critical', 'warning'] },
  'on-call': { by: 'pagerduty', severities: ['critical'] },
  dba: {
    by: 'mail',
    to: 'dba@example.com',
    from: 'alerts@example.com',
    host: 'smtp.example.com',
    user: 'alerts',
    components: ['postgres', 'backup'],
  },
  hook: { by: 'webhook', severities: ['critical', 'warning', 'info'] },
  heartbeat: { by: 'heartbeat' },
};

/** What is judged: a system as it would be in production, at the tier that has everything. */
export interface Subject {
  /** The system's, or that of a variety. */
  readonly name: string;
  readonly plan: Plan;
  readonly contributions: readonly Contribution[];
  readonly manifests: readonly Manifest[];
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}

/** What differs from production. */
export interface Variation {
  readonly mode?: 'built-in' | 'operator';
  /** Details of monitoring besides its receivers. */
  readonly monitoring?: Readonly<Record<string, unknown>>;
  /** What else of the environment, as a merge patch. */
  readonly environment?: Readonly<Record<string, unknown>>;
  /** Changes the system's file, in place. */
  readonly change?: (raw: Record<string, unknown>) => void;
}

function store(raw: Record<string, unknown>, name: string): Record<string, unknown> {
  const stores = raw['stores'];
  const found = isRecord(stores) ? stores[name] : undefined;
  if (!isRecord(found)) throw new Error(`No store ${name}`);
  return found;
}

/** What no system is as its file is written, and has alerts of its own. */
const varieties: Readonly<Record<string, Variation & { readonly system: string }>> = {
  'lms, pooler': {
    system: 'lms',
    change: (raw) => {
      store(raw, 'db')['pooler'] = 'pgbouncer';
    },
  },
  'django-react, managed': {
    system: 'django-react',
    environment: { managedStores: { host: '{store}.managed.example.com', cidrs: ['10.64.0.0/16'] } },
  },
  'microservices, Redis Cluster': {
    system: 'microservices',
    environment: { systems: { microservices: { stores: { redis: { engine: 'redis-cluster' } } } } },
    change: (raw) => {
      delete store(raw, 'redis')['backup'];
    },
  },
};

/** @throws Error with every problem */
export function planOf(
  system: string,
  { mode = 'built-in', monitoring, environment: other, change }: Variation = {},
): Plan {
  const raw = workspace.environment('production');
  const environment = mergePatch(raw, { ...other, monitoring: { mode, receivers, ...monitoring } });
  const own: unknown = structuredClone(workspace.system(system));
  if (isRecord(own)) change?.(own);
  const { plan, problems } = resolvePlan({
    system: { id: system, raw: own },
    environment: { name: 'production', raw: environment },
    tier: 'high',
    systems: workspace.systems(),
    environments: workspace.environments(),
    exists: (path) => workspace.exists(path),
  });
  if (plan === undefined) throw new Error(problems.map(formatProblem).join('\n'));
  return plan;
}

/** @throws Error with every problem */
export function subjectOf(name: string): Subject {
  const { system, ...variation } = varieties[name] ?? { system: name };
  const plan = planOf(system, variation);
  const app = new App({ outdir: '/nowhere' });
  buildCharts(app, plan);
  const manifests = app.charts.flatMap((chart) => chart.toJson() as Manifest[]);
  return { name, plan, contributions: contributionsOf(plan), manifests };
}

/** A file of a ConfigMap whose name begins so. */
export function filesOf({ manifests }: Subject, prefix: string): Record<string, string> {
  const found = manifests.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith(prefix));
  return Object.assign({}, ...found.map(({ data }) => data ?? {}));
}

export const subjects = [...workspace.systems(), ...Object.keys(varieties)];

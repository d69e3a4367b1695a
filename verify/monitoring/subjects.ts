import { App } from 'cdk8s';
import { buildCharts } from '../../charts';
import { contributionsOf } from '../../charts/contributions';
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
  readonly system: string;
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
  /** What else of the environment. */
  readonly environment?: Readonly<Record<string, unknown>>;
  /** Changes the system's file, in place. */
  readonly change?: (raw: Record<string, unknown>) => void;
}

/** @throws Error with every problem */
export function planOf(
  system: string,
  { mode = 'built-in', monitoring, environment: other, change }: Variation = {},
): Plan {
  const raw = workspace.environment('production');
  const environment = { ...(isRecord(raw) ? raw : {}), monitoring: { mode, receivers, ...monitoring }, ...other };
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
export function subjectOf(system: string, variation: Variation = {}): Subject {
  const plan = planOf(system, variation);
  const app = new App({ outdir: '/nowhere' });
  buildCharts(app, plan);
  const manifests = app.charts.flatMap((chart) => chart.toJson() as Manifest[]);
  return { system, plan, contributions: contributionsOf(plan), manifests };
}

/** A file of a ConfigMap whose name begins so. */
export function filesOf({ manifests }: Subject, prefix: string): Record<string, string> {
  const found = manifests.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith(prefix));
  return Object.assign({}, ...found.map(({ data }) => data ?? {}));
}

export const systems = workspace.systems();

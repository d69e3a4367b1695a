import { App } from 'cdk8s';
import { buildCharts } from '../../charts';
import { contributionsOf } from '../../charts/contributions';
import type { Plan } from '../../lib/model/plan';
import type { Contribution } from '../../lib/monitoring';
import { type Change, resolveShop } from '../model/shop';

/** An object as it is emitted; only what tests look at. */
export interface Emitted {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
  readonly spec?: Spec;
}

interface Spec {
  readonly template?: { readonly spec: Pod };
  readonly groups?: readonly { readonly rules: readonly { readonly alert?: string; readonly expr: string }[] }[];
}

interface Pod {
  readonly automountServiceAccountToken?: boolean;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  readonly volumes?: readonly { readonly name: string }[];
}

export interface Watched {
  readonly plan: Plan;
  readonly contributions: readonly Contribution[];
  readonly objects: readonly Emitted[];
}

/** The shop, with a change, and everything that is emitted for it. */
export function watched(change: Change = {}): Watched {
  const { plan, problems } = resolveShop(change);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  const app = new App({ outdir: '/nowhere' });
  buildCharts(app, plan);
  const objects = app.charts.flatMap((chart) => chart.toJson() as Emitted[]);
  return { plan, contributions: contributionsOf(plan), objects };
}

export function named({ objects }: Watched, kind: string, name: string): Emitted {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

export function alertsOf({ contributions }: Watched): string[] {
  return [...new Set(contributions.flatMap(({ alerts = [] }) => alerts.map(({ name }) => name)))].sort();
}

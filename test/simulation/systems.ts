/** The five systems' manifests, and the world around each. */
import { resolve } from 'node:path';
import { App } from 'cdk8s';
import { buildCharts } from '../../charts';
import { planOf } from '../../lib/choice';
import type { Plan } from '../../lib/model';
import { Workspace } from '../../lib/workspace';
import type { EnvironmentName, TierName } from './drawn';
import { type World, worldOf } from './world';

export const workspace = new Workspace(resolve(__dirname, '../..'));
export const environments: readonly EnvironmentName[] = ['cloud', 'development', 'production', 'staging'];
export const tiers: readonly TierName[] = ['low', 'medium', 'high'];

/** Where the environments' files say that the ingress controller runs. */
const traefik = { namespace: 'traefik', labels: { 'app.kubernetes.io/name': 'traefik' } };
const ingressOf: Readonly<Record<EnvironmentName, typeof traefik>> = {
  cloud: traefik,
  development: { ...traefik, namespace: 'kube-system' },
  production: traefik,
  staging: traefik,
};

/** A system's manifests, and how a world is made of them or of others in their place. */
export interface Emitted {
  readonly plan: Plan;
  readonly manifests: readonly unknown[];
  readonly world: (manifests: readonly unknown[]) => World;
}

/** @throws Error when the combination has a problem */
export function emit(system: string, environment: EnvironmentName, tier: TierName): Emitted {
  const { plan, problems } = planOf(workspace, { system, environment, tier });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  const app = new App();
  buildCharts(app, plan);
  const manifests = app.charts.flatMap((chart) => chart.toJson() as unknown[]);
  const surroundings = { namespace: plan.namespace, ingress: ingressOf[environment] };
  return {
    plan,
    manifests,
    world: (manifests) => worldOf(manifests, surroundings),
  };
}

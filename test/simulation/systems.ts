/** The five systems' manifests, and the world around each. */
import { resolve } from 'node:path';
import { App } from 'cdk8s';
import { buildCharts } from '../../charts';
import type { Plan } from '../../lib/model';
import { mergePatch } from '../../lib/model/merge';
import { Workspace } from '../../lib/workspace';
import { edgePatch, planWith } from '../edge/renderings';
import type { EdgeName, EnvironmentName, TierName } from './drawn';
import { gatewayPods, type World, worldOf } from './world';

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

/** What chooses an edge. */
function choosing(system: string, edge: EdgeName): unknown {
  if (edge === 'usual') return {};
  const { namespace, labels: podLabels } = gatewayPods;
  const peer = edge === 'gateway' ? { namespace, podLabels } : { cidrs: ['10.66.0.0/24'] };
  return mergePatch(edgePatch(system, 'gateway'), { gateway: { peer } });
}

/** @throws Error when the combination has a problem */
export function emit(system: string, environment: EnvironmentName, tier: TierName, edge: EdgeName = 'usual'): Emitted {
  const plan = planWith(system, environment, choosing(system, edge), tier);
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

/** The five systems and four environments as they are committed, resolved, and written the way SYSTEMS.md writes facts. */

import cloud from '../../environments/cloud';
import development from '../../environments/development';
import production from '../../environments/production';
import staging from '../../environments/staging';
import { formatProblem, type Plan, type PlanResult, resolvePlan, type Tier } from '../../lib/model';
import type { Resources, ServicePlan, StorePlan } from '../../lib/model/plan';
import djangoReact from '../../systems/django-react';
import lms from '../../systems/lms';
import microservices from '../../systems/microservices';
import nestjsApi from '../../systems/nestjs-api';
import realtimeGame from '../../systems/realtime-game';

export const systems = {
  'django-react': djangoReact,
  'realtime-game': realtimeGame,
  microservices,
  lms,
  'nestjs-api': nestjsApi,
};
export const environments = { development, staging, production, cloud };
export type SystemId = keyof typeof systems;
export type EnvironmentName = keyof typeof environments;
export const systemIds = Object.keys(systems) as SystemId[];
export const environmentNames = Object.keys(environments) as EnvironmentName[];

export function resolved(id: SystemId, name: EnvironmentName, tier?: Tier, raw: unknown = systems[id]): PlanResult {
  return resolvePlan({
    system: { id, raw },
    environment: { name, raw: environments[name] },
    tier,
    systems: systemIds,
    environments: environmentNames,
  });
}

export function planOf(id: SystemId, name: EnvironmentName, tier?: Tier): Plan {
  const { plan, problems } = resolved(id, name, tier);
  if (plan === undefined) throw new Error(problems.map(formatProblem).join('\n'));
  return plan;
}

export function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((item) => item.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${list.map((item) => item.name).join(', ')}`);
  return found;
}

/** `2 (0.5)`: limit and request in CPUs. */
export function cpu({ limits, requests }: Resources): string {
  return `${limits.cpu / 1000} (${requests.cpu / 1000})`;
}

/** `1024 (512)`: limit and request in MB. */
export function memory({ limits, requests }: Resources): string {
  return `${limits.memory} (${requests.memory})`;
}

/** `frontend → backend`, without the helpers' arrows. */
export function arrows(plan: Plan): string[] {
  return plan.arrows
    .filter(({ why }) => why === 'drawn' || why === 'tool')
    .map(({ from, to, port }) => `${from} → ${to.name}:${port}`)
    .sort();
}

/** `/api/ → backend`, with what is special about it. */
export function routes(plan: Plan): string[] {
  const all = plan.services.find(({ proxy }) => proxy)?.proxy?.routes ?? plan.edge.routes;
  return all
    .map(({ path, to, websocket, streaming }) =>
      [`${path} → ${to}`, websocket && 'websocket', streaming && 'streaming'].filter(Boolean).join(' '),
    )
    .sort();
}

/** `every 30 s, 3 tries, starts in 30 s`. */
export function checks({ health }: ServicePlan | StorePlan): string {
  return `every ${health.intervalSeconds} s, ${health.tries} tries, starts in ${health.startSeconds} s`;
}

/** Replicas before any metric, by part. */
export function figures(plan: Plan): Record<string, number> {
  return Object.fromEntries(plan.services.map(({ name, replicas }) => [name, replicas.min]));
}

/** Whom the start of a part waits for. */
export function waits(plan: Plan, name: string): string[] {
  return named(plan.services, name).waits.map((wait) => wait.name);
}

/** Plain settings and composed variables, as a process sees them; secrets by name. */
export function variables(plan: Plan, name: string): Record<string, string> {
  const { env, settings } = named(plan.services, name);
  return {
    ...settings,
    ...Object.fromEntries(
      env.map((item) => [item.name, 'value' in item ? item.value : `secret ${item.secret}/${item.key}`]),
    ),
  };
}

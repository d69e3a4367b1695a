import { backupMonitoring } from '../lib/backup';
import { edgeMonitoring } from '../lib/ingress';
import type { Plan } from '../lib/model/plan';
import { type Contribution, type Contributor, objectsMonitoring, ownMonitoring } from '../lib/monitoring';
import { postgresMonitoring } from '../lib/postgres';
import { proxyMonitoring } from '../lib/proxy';
import { rabbitmqMonitoring } from '../lib/rabbitmq';
import { redisMonitoring } from '../lib/redis';
import { webMonitoring } from '../lib/web';
import { workerMonitoring } from '../lib/worker';

/** Every component that brings something to be watched: a new one is a line here. */
const contributors: readonly Contributor[] = [
  objectsMonitoring,
  edgeMonitoring,
  proxyMonitoring,
  webMonitoring,
  workerMonitoring,
  postgresMonitoring,
  redisMonitoring,
  rabbitmqMonitoring,
  backupMonitoring,
];

/** What the parts of a Plan bring to be watched, in the order of the dashboard; nothing where monitoring is off. */
export function contributionsOf(plan: Plan): readonly Contribution[] {
  if (plan.monitors === undefined) return [];
  const parts = contributors.flatMap((contribute) => contribute(plan));
  return [...parts, ...ownMonitoring(parts)(plan)];
}

import { CronExpressionParser } from 'cron-parser';
import { looksLikeCredential } from '../credential';
import type { Context } from '../resolve/context';
import { settingParts } from '../resolve/env';
import { placeholdersIn } from '../resolve/template';
import { tiers } from '../schema/primitives';
import type { ParsedService } from '../schema/system';
import { checkHealth } from './health';
import { checkMigrations } from './migrations';
import type { Declared } from './names';
import { checkPaths } from './paths';
import { checkResources } from './resources';

type Check = (context: Context, name: string, service: ParsedService, path: string, declared: Declared) => void;

const checkKind: Check = ({ problems }, name, service, path, declared) => {
  const ports = Object.keys(service.ports ?? {}).length;
  if (service.kind === 'web' && ports === 0 && !declared.broken.has(name))
    problems.error('web-without-port', `${path}.ports`, 'no port', 'at least one port: a web service listens');
  if (service.kind !== 'web' && ports > 0 && !service.proxy)
    problems.error('port-on-worker', `${path}.ports`, `a ${service.kind} with a port`, 'kind "web", or no ports');
  if (service.kind === 'cron' && service.schedule === undefined)
    problems.error('cron-without-schedule', `${path}.schedule`, 'nothing', 'a schedule such as "0 3 * * *"');
  if (service.kind !== 'cron' && service.schedule !== undefined)
    problems.error(
      'schedule-without-cron',
      `${path}.schedule`,
      `a schedule on a ${service.kind}`,
      'kind "cron", or no schedule',
    );
  if (service.scaling !== undefined && (service.kind === 'singleton' || service.kind === 'cron'))
    problems.error('scaled-singleton', `${path}.scaling`, `scaling of a ${service.kind}`, 'none: there is exactly one');
};

/** What a schedule must be, in the words of every problem with one. */
export const scheduleWords =
  'a cron expression with minute, hour, day, month and weekday (0 to 6) in their ranges, as Kubernetes reads it';

/** What Kubernetes' own parser knows: no last day (`L`), no n-th one (`#`), no hash (`H`). */
const cronWords = /^[-\d*/,?\s]+$/;
const cronNames = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi;
/** Sunday is 0 there; 7, as other programs have it, is out of range. */
const seventhDay = /(^|[-,])7(?=$|[-,/])/;

/**
 * Whether a cron expression means something to Kubernetes; `@daily` and the like do.
 * @see https://pkg.go.dev/github.com/robfig/cron/v3
 */
export function isSchedule(schedule: string): boolean {
  const fields = schedule.split(/\s+/);
  if (fields.length === 5 && seventhDay.test(fields[4] ?? '')) return false;
  if (!schedule.startsWith('@') && !cronWords.test(schedule.replace(cronNames, '0'))) return false;
  try {
    CronExpressionParser.parse(schedule);
    return true;
  } catch {
    return false;
  }
}

const checkSchedule: Check = ({ problems }, _name, { schedule }, path) => {
  if (schedule !== undefined && !isSchedule(schedule))
    problems.error('invalid-schedule', `${path}.schedule`, `"${schedule}"`, scheduleWords);
};

const checkPorts: Check = ({ problems }, _name, service, path) => {
  const owners = new Map<number, string>();
  for (const [name, port] of Object.entries(service.ports ?? {})) {
    const owner = owners.get(port);
    if (owner !== undefined)
      problems.error('duplicate-port', `${path}.ports.${name}`, `${port}, which ${owner} has too`, 'a port of its own');
    if (port < 1024 && !service.proxy)
      problems.error(
        'privileged-port',
        `${path}.ports.${name}`,
        String(port),
        'a port from 1024: the container has no capability to bind a lower one',
      );
    owners.set(port, name);
  }
};

const checkScaling: Check = ({ problems }, name, { scaling }, path, declared) => {
  if (scaling === undefined) return;
  const stated = tiers.filter((tier) => scaling[tier] !== undefined);
  if (stated.length > 0 && !declared.broken.has(name)) {
    for (const tier of tiers)
      if (scaling[tier] === undefined)
        problems.error(
          'tier-without-replicas',
          `${path}.scaling.${tier}`,
          'nothing',
          `a replica count for tier ${tier}, because other tiers have one`,
        );
  }
  for (const [lower, upper] of [
    ['low', 'medium'],
    ['medium', 'high'],
  ] as const) {
    const [less, more] = [scaling[lower], scaling[upper]];
    if (less !== undefined && more !== undefined && less > more)
      problems.error(
        'scaling-order',
        `${path}.scaling.${upper}`,
        String(more),
        `at least ${less}, the figure of ${lower}`,
      );
  }
};

const checkSettings: Check = (context, name, service, path) => {
  const { problems, own, at, id } = context;
  const parts = settingParts(context);
  const places = [
    [`${path}.settings`, service.settings],
    [`${at.environment}.systems.${id}.settings.${name}`, own.settings[name] ?? {}],
  ] as const;
  for (const [place, settings] of places) {
    for (const [key, value] of Object.entries(settings)) {
      if (looksLikeCredential(key, value))
        problems.error(
          'credential-in-settings',
          `${place}.${key}`,
          'what looks like a credential',
          'a secret: settings are committed in plain text',
        );
      for (const word of placeholdersIn(value))
        problems.known('unknown-placeholder', `${place}.${key}`, word, 'a placeholder', Object.keys(parts));
    }
  }
};

const checks: readonly Check[] = [
  checkKind,
  checkSchedule,
  checkPorts,
  checkHealth,
  checkScaling,
  checkPaths,
  checkSettings,
  checkMigrations,
];

/** What each service must be by itself. */
export function checkServices(context: Context, declared: Declared): void {
  for (const [name, service] of Object.entries(context.system.services)) {
    const path = `${context.at.system}.services.${name}`;
    for (const check of checks) check(context, name, service, path, declared);
    checkResources(context, path, service.resources, service.highResources);
  }
}

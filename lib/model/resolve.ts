import { z } from 'zod';
import { runChecks } from './checks';
import { edgeLimits } from './checks/edge-limits';
import { resolvedProblems } from './checks/resolved';
import { sealedProblems } from './checks/sealed';
import { isRecord, mergePatch } from './merge';
import { parse } from './parse';
import type { Plan } from './plan';
import type { Problem } from './problem';
import { Problems } from './problems';
import { buildPlan } from './resolve/build';
import type { Chosen } from './resolve/context';
import { select } from './resolve/select';
import { environment as environmentSchema } from './schema/environment';
import { keysOf } from './schema/keys';
import { name as nameSchema, tiers } from './schema/primitives';
import { type ParsedSystem, system as systemSchema } from './schema/system';
import type { Selection } from './selection';
import { separated, withCacheEngines, withSeparateCaches } from './separate-cache';

/** The Plan where no error was found, and every problem, warnings included. */
export interface PlanResult {
  readonly plan: Plan | undefined;
  readonly problems: readonly Problem[];
}

const systemKeys = keysOf(systemSchema);
const environmentKeys = keysOf(environmentSchema);
const releases = z.record(nameSchema, z.record(nameSchema, z.string().min(1)));

/** The system as it is in development: what `development` says of a service is merged over it. */
function inDevelopment(raw: unknown): unknown {
  if (!isRecord(raw) || !isRecord(raw['services'])) return raw;
  const services = Object.entries(raw['services']).map(([name, service]) => {
    if (!isRecord(service) || service['development'] === undefined) return [name, service] as const;
    const { development, ...rest } = service;
    return [name, mergePatch(rest, development)] as const;
  });
  return { ...raw, services: Object.fromEntries(services) };
}

function parseSystem(id: string, raw: unknown, development: boolean, problems: Problems): ParsedSystem | undefined {
  const written = parse(systemSchema, raw, `systems/${id}`, systemKeys);
  problems.add(written.problems);
  if (!development || written.problems.length) return written.value;
  const merged = parse(systemSchema, inDevelopment(raw), `systems/${id}`, systemKeys);
  problems.add(merged.problems);
  return merged.value;
}

function byName<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The order of parts in a file says nothing, so it changes nothing: no object, and no Job's hash. */
function inOrder(system: ParsedSystem): ParsedSystem {
  return {
    ...system,
    images: byName(system.images),
    services: byName(system.services),
    stores: byName(system.stores),
    tools: byName(system.tools),
    volumes: byName(system.volumes),
    secrets: byName(system.secrets),
    outside: byName(system.outside),
    profiles: byName(system.profiles),
  };
}

function choose(selection: Selection, problems: Problems): Chosen | undefined {
  const { system: file, environment: place, tier } = selection;
  const named = parse(nameSchema, file.id, `systems/${file.id}`, () => []);
  problems.add(named.problems);
  const environment = parse(environmentSchema, place.raw, `environments/${place.name}`, environmentKeys);
  problems.add(environment.problems);
  const system = parseSystem(file.id, file.raw, environment.value?.mode === 'development', problems);
  const images = parse(releases, place.images ?? {}, `environments/${place.name}.images.json`, () => []);
  problems.add(images.problems);
  if (tier !== undefined) problems.known('unknown-tier', 'tier', tier, 'one of the tiers', tiers);
  if (system === undefined || environment.value === undefined) return undefined;
  const separateCaches = separated(system);
  return {
    id: file.id,
    system: inOrder(withSeparateCaches(system, separateCaches)),
    separateCaches,
    environmentName: place.name,
    environment: withCacheEngines(environment.value, file.id, separateCaches),
    images: images.value?.[file.id] ?? {},
    tier,
    problems,
  };
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}

/** parse → resolve → check. Pure: it reads nothing but its argument. */
export function resolvePlan(selection: Selection): PlanResult {
  const problems = new Problems();
  const chosen = choose(selection, problems);
  if (chosen === undefined) return { plan: undefined, problems: problems.all };
  const context = select(chosen);
  runChecks(context, selection);
  if (problems.hasErrors) return { plan: undefined, problems: problems.all };
  const plan = deepFreeze(buildPlan(context));
  problems.add([...resolvedProblems(plan), ...edgeLimits(plan), ...sealedProblems(plan)]);
  return { plan: problems.hasErrors ? undefined : plan, problems: problems.all };
}

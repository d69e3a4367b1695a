import type { Context } from '../resolve/context';
import { capacity } from '../resolve/workload';
import type { Selection } from '../selection';

/**
 * The named checks: the *Validation Checklist* of the `microservices` document, for every system. Other rules answer for a
 * line too, because references, ports and mounts must be right anyway; here stands what no other rule sees.
 */
interface NamedCheck {
  /** Also a rule of its own, unless all that can be wrong has a closer name in `rules`. */
  readonly name: string;
  /** The document's line, in its words. */
  readonly line: string;
  /** The other rules whose problems say that the line does not hold. */
  readonly rules: readonly string[];
  readonly run: (context: Context, selection: Selection) => void;
}

/** All names that a flow or a zone may speak of. */
function nodes({ system }: Context): Set<string> {
  return new Set([...Object.keys(system.services), ...Object.keys(system.stores), ...Object.keys(system.outside)]);
}

/** All to which an arrow or a route leads. */
function reachedBy({ system }: Context): Set<string> {
  return new Set([
    ...system.routes.map(({ to }) => to),
    ...Object.values(system.services).flatMap(({ arrows }) => Object.keys(arrows)),
  ]);
}

function isWithin(path: string, part: string): boolean {
  return path === part || path.startsWith(`${part}.`);
}

/** What no line of a drawing leads to or from: a web service is asked for by `connections-match`, a store must be used. */
function servicesDocumented(context: Context): void {
  const { system, problems, at } = context;
  const reached = reachedBy(context);
  for (const [name, { kind, arrows, mounts }] of Object.entries(system.services)) {
    const path = `${at.system}.services.${name}`;
    if (kind === 'web' || reached.has(name) || problems.all.some((problem) => isWithin(problem.path, path))) continue;
    if (Object.keys(arrows).length + Object.keys(mounts).length > 0) continue;
    problems.warning('services-documented', path, `a ${kind} that no arrow leads to or from`, 'whom it talks to');
  }
  totalsDocumented(context);
}

/** The totals that a document states are those of the parts that it names. */
function totalsDocumented({ system, problems, at }: Context): void {
  const stated = system.documented;
  if (stated === undefined) return;
  const all = { ...system.services, ...system.stores };
  for (const [index, name] of stated.services.entries())
    problems.known(
      'services-documented',
      `${at.system}.documented.services[${index}]`,
      name,
      'a service or store',
      Object.keys(all),
    );
  if (stated.services.some((name) => all[name] === undefined)) return;
  const known = stated.services.flatMap((name) => all[name]?.resources ?? []);
  for (const side of ['limits', 'requests'] as const) {
    const sum = known
      .map((resources) => capacity(resources[side]))
      .reduce((total, { cpu, memory }) => ({ cpu: total.cpu + cpu, memory: total.memory + memory }), {
        cpu: 0,
        memory: 0,
      });
    const want = capacity(stated[side]);
    if (sum.cpu !== want.cpu || sum.memory !== want.memory)
      problems.error(
        'documented-totals',
        `${at.system}.documented.${side}`,
        `${want.cpu}m CPU and ${want.memory}Mi`,
        `the sum of the services, ${sum.cpu}m CPU and ${sum.memory}Mi`,
      );
  }
}

function connectionsMatch(context: Context): void {
  const { system, problems, at } = context;
  const reached = reachedBy(context);
  for (const [name, { kind, proxy }] of Object.entries(system.services)) {
    if (kind === 'web' && !proxy && !reached.has(name))
      problems.error(
        'connections-match',
        `${at.system}.services.${name}`,
        'a web service that no arrow and no route reaches',
        'an arrow or a route to it',
      );
  }
}

function flowsReal(context: Context): void {
  const { system, problems, at } = context;
  const names = nodes(context);
  const proxy = Object.entries(system.services).find(([, service]) => service.proxy)?.[0];
  const entered = new Set([...(proxy === undefined ? system.routes.map(({ to }) => to) : [proxy])]);
  for (const [title, steps] of Object.entries(system.flows)) {
    for (const [index, step] of steps.entries()) {
      const path = `${at.system}.flows.${title}[${index}]`;
      const before = steps[index - 1];
      if (index === 0 && step === 'user') continue;
      if (
        !problems.known('flow-step', path, step, 'a service, a store or an outside end', names) ||
        before === undefined
      )
        continue;
      const drawn =
        before === 'user'
          ? entered.has(step)
          : step in (system.services[before]?.arrows ?? {}) || before in (system.services[step]?.arrows ?? {});
      if (!drawn)
        problems.error('flow-without-arrow', path, `${before} → ${step}`, 'an arrow or a route for each step');
    }
  }
}

function zonesMarked({ system, problems, at }: Context): void {
  if (system.zones.length === 0) return;
  const parts = { ...system.services, ...system.stores };
  for (const [name, { zone }] of Object.entries(parts))
    if (zone === undefined)
      problems.error(
        'zone-missing',
        `${at.system}.${name in system.stores ? 'stores' : 'services'}.${name}.zone`,
        'nothing',
        `one of the zones: ${system.zones.join(', ')}`,
      );
  for (const [from, service] of Object.entries(system.services)) {
    for (const target of Object.keys(service.arrows)) {
      const [outer, inner] = [
        system.zones.indexOf(service.zone ?? ''),
        system.zones.indexOf(parts[target]?.zone ?? ''),
      ];
      if (outer < 0 || inner < 0 || inner === outer || inner === outer + 1 || service.proxy) continue;
      problems.error(
        'zone-skipped',
        `${at.system}.services.${from}.arrows.${target}`,
        `an arrow from zone ${service.zone} to zone ${parts[target]?.zone}`,
        'an arrow within a zone or to the next one inward',
      );
    }
  }
}

function portsAccurate({ services, problems, at }: Context): void {
  for (const [name, { metrics, ports }] of services) {
    const path = `${at.system}.services.${name}`;
    if (metrics === undefined || problems.all.some((problem) => problem.path.startsWith(`${path}.ports`))) continue;
    if (!(metrics.port in (ports ?? {})))
      problems.known(
        'ports-accurate',
        `${path}.metrics.port`,
        metrics.port,
        'a port of the service',
        Object.keys(ports ?? {}),
      );
  }
}

function storageReal({ system, problems, at }: Context): void {
  for (const [name, volume] of Object.entries(system.volumes)) {
    const declared = Object.values(system.services).filter(({ mounts }) => name in mounts);
    if (volume.backup === undefined && declared.length > 0 && system.backups?.weekly)
      problems.warning(
        'storage-strategy',
        `${at.system}.volumes.${name}.backup`,
        'nothing',
        "a backup, as the system's weekly backup of all volumes promises",
      );
  }
}

function scalingFeasible({ system, problems, at }: Context): void {
  for (const [name, service] of Object.entries(system.services)) {
    const queue = service.scaling?.queue?.store;
    if (queue !== undefined && queue in system.stores && !(queue in service.arrows))
      problems.error(
        'scaling-feasible',
        `${at.system}.services.${name}.scaling.queue.store`,
        `${queue}, to which ${name} has no arrow`,
        'a store the service talks to',
      );
  }
}

function linksValid({ system, problems, at }: Context, { exists }: Selection): void {
  for (const [index, link] of system.links.entries()) {
    if (exists !== undefined && !exists(link))
      problems.error('links-valid', `${at.system}.links[${index}]`, `"${link}"`, 'a file below the root');
  }
}

export const checklist: readonly NamedCheck[] = [
  {
    name: 'services-documented',
    line: 'All services are documented in the diagram',
    rules: ['documented-totals', 'unused-store'],
    run: servicesDocumented,
  },
  {
    name: 'connections-match',
    line: 'Network connections match actual docker-compose configuration',
    rules: ['unknown-arrow', 'route-without-arrow', 'owner-without-arrow'],
    run: connectionsMatch,
  },
  {
    name: 'flows-real',
    line: 'Data flows reflect real request paths',
    rules: ['flow-step', 'flow-without-arrow'],
    run: flowsReal,
  },
  {
    name: 'zones-marked',
    line: 'Security boundaries are clearly marked',
    rules: ['unknown-zone', 'zone-missing', 'zone-skipped'],
    run: zonesMarked,
  },
  {
    name: 'ports-accurate',
    line: 'Port mappings are accurate',
    rules: ['arrow-to-portless', 'duplicate-port', 'route-to-portless', 'unknown-arrow-port', 'unknown-route-port'],
    run: portsAccurate,
  },
  {
    name: 'storage-strategy',
    line: 'Storage strategy matches actual volumes/mounts',
    rules: ['mount-clash', 'mount-path', 'no-backup', 'unknown-volume', 'unused-volume'],
    run: storageReal,
  },
  {
    name: 'scaling-feasible',
    line: 'Scaling strategy is feasible with current design',
    rules: ['connection-budget', 'scaled-singleton', 'scaling-order', 'tier-without-replicas', 'unknown-queue'],
    run: scalingFeasible,
  },
  { name: 'links-valid', line: 'Related documentation links are valid', rules: [], run: linksValid },
];

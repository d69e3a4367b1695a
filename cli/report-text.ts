/** The report for people. */

import type { Capacity } from '../lib/model/plan';
import { byteQuantity } from '../lib/model/quantities';
import { tiers } from '../lib/model/schema/primitives';
import type { Demand, Report } from '../lib/report';
import { table } from './table';
import type { Colors } from './terminal';

/** 2750 → `2.75`, 7000 → `7.0`: at least one digit, so that it reads as a measure. */
function cores(millis: number): string {
  const text = (millis / 1000).toFixed(3).replace(/0+$/, '');
  return text.endsWith('.') ? `${text}0` : text;
}

function capacity({ cpu, memory }: Capacity): string {
  return `${cores(cpu)} CPU, ${memory} MB`;
}

function demandCells({ pods, requests, limits }: Demand): string[] {
  return [String(pods), cores(requests.cpu), String(requests.memory), cores(limits.cpu), String(limits.memory)];
}

function demand({ requests, limits }: { readonly requests: Capacity; readonly limits: Capacity }): string {
  return `limits ${capacity(limits)}; requests ${capacity(requests)}`;
}

const demandHead = ['PODS', 'CPU', 'MB', 'CPU LIMIT', 'MB LIMIT'] as const;

function tierTable(report: Report, color: Colors): string {
  const rows = tiers.flatMap((tier) => {
    const needed = report.capacity.tiers[tier];
    const name = tier === report.tier ? color.bold(tier) : tier;
    if (needed === null) return [[name, 'has problems: see `keelson check`']];
    return [
      [name, 'at minimum', ...demandCells(needed.minimum)],
      ['', 'at maximum', ...demandCells(needed.maximum)],
    ];
  });
  return table(color, ['TIER', '', ...demandHead], rows, [2, 3, 4, 5, 6]);
}

function workloadTable(report: Report, color: Colors): string {
  const { lines, total, jobs } = report.capacity;
  const rows = lines.map(({ name, component, minimum, maximum, each }) => [
    name,
    component,
    minimum.pods === maximum.pods ? String(maximum.pods) : `${minimum.pods}–${maximum.pods}`,
    ...demandCells({ pods: 1, ...each }).slice(1),
  ]);
  const sums = [
    ['all, at minimum', '', ...demandCells(total.minimum)],
    ['all, at maximum', '', ...demandCells(total.maximum)],
    ['Jobs, at once', '', ...demandCells(jobs)],
  ].map((row) => row.map((cell) => color.bold(cell)));
  return table(color, ['WORKLOAD', 'COMPONENT', ...demandHead], [...rows, ...sums], [2, 3, 4, 5, 6]);
}

function documentedText({ capacity: { documented } }: Report): string {
  if (documented === null) return 'The document states no totals.';
  const planned = `one of each of ${documented.parts.join(', ')}: ${demand(documented.planned)}`;
  if (documented.reproduced) return `As the document states, ${planned}`;
  const absent = documented.absent.length ? ` (not here: ${documented.absent.join(', ')})` : '';
  return `Here ${planned}${absent}; the document states ${demand(documented.stated)}`;
}

function connectionText(report: Report): string[] {
  return Object.entries(report.connections).map(([store, { terms, helpers, reserved, total, maxConnections }]) => {
    const sum = terms.map(({ who, pods, processes, pool }) => `${who} ${pods} × ${processes} × ${pool}`);
    return `${store}: ${[...sum, `helpers ${helpers}`, `reserved ${reserved}`].join(' + ')} = ${total} of ${maxConnections} connections`;
  });
}

function prerequisiteText({ prerequisites }: Report, color: Colors): string {
  return prerequisites
    .map(({ what, why, check }) => `- ${what}: ${why}${check === null ? '' : `\n    ${color.dim(check)}`}`)
    .join('\n');
}

function more(key: string): string {
  return `; with --from-literal=${key}=… where the default does not hold`;
}

function secretText(report: Report, color: Colors): string {
  const rows = report.secrets.map(({ name, keys, optionalKeys, madeBy, optional, usedBy }) => [
    name,
    [...keys, ...optionalKeys.map((key) => `${key} (optional)`)].join(', '),
    madeBy + (optional ? ' (optional)' : ''),
    usedBy.join(', '),
  ]);
  const list = table(color, ['SECRET', 'KEYS', 'MADE BY', 'USED BY'], rows);
  const commands = report.secretCommands.flatMap(({ description, optional, optionalKeys, commands }) => [
    color.dim(`# ${description}${optional ? ', if you have one' : ''}${optionalKeys.map(more).join('')}`),
    ...commands,
  ]);
  return [list, ...(commands.length ? ['', ...commands] : [])].join('\n');
}

function exposedText({ exposed }: Report): string {
  if (exposed.length === 0) return 'Nothing.';
  return exposed
    .map(
      ({ scheme, host, port, routes }) =>
        `${scheme}://${host}:${port}  ${routes.map(({ path, to, port: inside }) => `${path} → ${to}:${inside}`).join(', ')}`,
    )
    .join('\n');
}

function sections(report: Report, color: Colors): readonly (readonly [string, string])[] {
  const { images, claims, exemptions, portForwards } = report;
  const claimRows = claims.map(({ name, size, storageClass, accessMode }) => [
    name,
    byteQuantity(size),
    storageClass ?? 'the default',
    accessMode,
  ]);
  const exemptionRows = exemptions.map(
    ({ tool, check, reason, objects }) => `- ${tool} ${check}: ${reason}\n    ${color.dim(objects.join(', '))}`,
  );
  return [
    ['Capacity by tier', tierTable(report, color)],
    [
      `Capacity at ${report.tier}, of one pod each`,
      [workloadTable(report, color), '', documentedText(report)].join('\n'),
    ],
    ['Database connections, at the maximum', connectionText(report).join('\n')],
    ['Volumes', table(color, ['CLAIM', 'SIZE', 'CLASS', 'ACCESS'], claimRows, [1])],
    ['What the cluster must have', prerequisiteText(report, color)],
    ['Secrets', secretText(report, color)],
    [
      'Images',
      table(
        color,
        ['IMAGE', 'REFERENCE', 'USED BY'],
        images.map(({ name, reference, usedBy }) => [name, reference, usedBy.join(', ')]),
      ),
    ],
    ['Reachable from outside', exposedText(report)],
    ["From a developer's machine", portForwards.map(({ command }) => command).join('\n')],
    ['Findings of analysers that are kept', exemptionRows.join('\n') || 'None.'],
    ['Apply, and delete what is no longer there', report.pruneCommand],
  ];
}

export function reportText(report: Report, color: Colors): string {
  const { system, environment, tier, namespace } = report;
  const title = `${system.title} in ${environment.name} (${tier}), namespace ${namespace}`;
  const parts = sections(report, color)
    .filter(([, text]) => text !== '')
    .map(([heading, text]) => `${color.bold(color.underline(heading))}\n${text}`);
  return [color.bold(title), system.description, ...parts].join('\n\n');
}

import { checksum } from '../kubernetes/checksum';
import type { Plan, Severity } from '../model/plan';
import type { Contribution, DashboardRow, Panel } from './contract';
import { type DashboardProps, dashboardJson } from './dashboard';

/** A dot for each part that says whether it works. */
function statusPanels(plan: Plan, contributions: readonly Contribution[]): Readonly<Record<string, Panel>> {
  const parts = contributions.filter(({ status }) => status !== undefined).map(({ part }) => part);
  return Object.fromEntries(
    parts.map((part): [string, Panel] => [
      part,
      {
        title: part,
        description: `Whether ${part} works: 1 while at least one of its pods does what it is for, 0 also when nothing is known.`,
        unit: 'short',
        shape: 'dot',
        queries: [{ expr: `max(service:up{namespace="${plan.namespace}",service="${part}"})`, legend: part }],
      },
    ]),
  );
}

/** Every panel that a document may draw, by its name there. */
function drawable(plan: Plan, contributions: readonly Contribution[]): Readonly<Record<string, Panel>> {
  const offered = contributions.flatMap(({ panels = {} }) => Object.entries(panels));
  return { ...statusPanels(plan, contributions), ...Object.fromEntries(offered) };
}

/** Drawn panels that this environment has no figures for: a row that would stay empty is left out. */
export function missingPanels(plan: Plan, contributions: readonly Contribution[]): string[] {
  const known = drawable(plan, contributions);
  return plan.system.dashboard.flatMap(({ panels }) => panels.filter((name) => known[name] === undefined));
}

function drawnRows(plan: Plan, contributions: readonly Contribution[]): DashboardRow[] {
  const known = drawable(plan, contributions);
  return plan.system.dashboard
    .map(({ row, panels }) => ({ title: row, panels: panels.flatMap((name) => known[name] ?? []) }))
    .filter(({ panels }) => panels.length > 0);
}

/** Dots that one looks over; of more there is one panel, which fills itself. */
const mostDots = 24;

function statusRow(plan: Plan, contributions: readonly Contribution[]): DashboardRow {
  const title = 'Service Status';
  const dots = Object.values(statusPanels(plan, contributions));
  if (dots.length <= mostDots) return { title, panels: dots };
  const all: Panel = {
    title: 'Services',
    description: 'Whether each part works: 1 while at least one of its pods does what it is for.',
    unit: 'short',
    shape: 'dot',
    queries: [{ expr: `service:up{namespace="${plan.namespace}"}`, legend: '{{service}}' }],
  };
  return { title, panels: [all] };
}

/** How many alerts there are now; Prometheus keeps them as a metric of its own. */
function alertsRow({ namespace }: Plan): DashboardRow {
  const firing = (severity: Severity, color: 'orange' | 'red', title: string): Panel => ({
    title,
    description: `Alerts of severity ${severity} that fire now, those that Alertmanager holds back included.`,
    unit: 'short',
    shape: 'stat',
    queries: [
      {
        expr: `count(ALERTS{namespace="${namespace}",alertstate="firing",severity="${severity}"}) or vector(0)`,
        legend: severity,
      },
    ],
    steps: [
      [null, 'green'],
      [1, color],
    ],
  });
  return { title: 'Alerts', panels: [firing('critical', 'red', 'Critical'), firing('warning', 'orange', 'Warnings')] };
}

function ownRows(plan: Plan, contributions: readonly Contribution[]): DashboardRow[] {
  const status = statusRow(plan, contributions);
  return [alertsRow(plan), ...(status.panels.length ? [status] : []), ...contributions.flatMap(({ row }) => row ?? [])];
}

/** Of a namespace's name; Grafana takes 40 characters, and the second dashboard has a suffix. */
const mostUid = 40 - '-components'.length;

/** By the namespace: environments may share a Grafana, where a uid and a file's name are there once. */
function uidOf({ namespace }: Plan): string {
  if (namespace.length <= mostUid) return namespace;
  return `${namespace.slice(0, mostUid - 9)}-${checksum(namespace, 8)}`;
}

/**
 * The dashboards of a system. Where its document draws one, that is the first, and exactly that; every row that the
 * components bring is in the one behind it. Otherwise there is one with all of them.
 */
function dashboards(plan: Plan, contributions: readonly Contribution[]): DashboardProps[] {
  const { id } = plan.system;
  const { name } = plan.environment;
  const title = `${plan.system.title}, ${name}`;
  const uid = uidOf(plan);
  const tags = [id, name];
  const rows = ownRows(plan, contributions);
  if (plan.system.dashboard.length === 0) return [{ uid, title, tags, rows }];
  return [
    { uid, title, tags, rows: drawnRows(plan, contributions) },
    { uid: `${uid}-components`, title: `${title}: components`, tags, rows },
  ];
}

/** By file name. */
export function dashboardFiles(plan: Plan, contributions: readonly Contribution[]): Record<string, string> {
  return Object.fromEntries(
    dashboards(plan, contributions).map((props) => [`${props.uid}.json`, dashboardJson(props)]),
  );
}

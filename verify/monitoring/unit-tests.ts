import { stringify } from 'yaml';
import { type Proof, proofs } from './proofs';
import type { Subject } from './subjects';

export interface Case {
  readonly alert: string;
  readonly proof: Proof;
}

/** The proofs for one system. */
export function casesOf(system: string): Case[] {
  return Object.entries(proofs).flatMap(([alert, list]) =>
    list.filter((proof) => (proof.system ?? 'lms') === system).map((proof) => ({ alert, proof })),
  );
}

/** `@db` stands for the namespace and the job. */
function series(namespace: string, written: string): { series: string; values: string } {
  const [, name = '', values = ''] = /^(\S+?\{.*\}) (.*)$/.exec(written) ?? [];
  return {
    series: name.replace(/@([\w-]+)/, (_, job: string) => `namespace="${namespace}",job="${job}"`),
    values,
  };
}

function test(namespace: string, { alert, proof }: Case, fires: boolean): object {
  const labels = proof.labels === undefined ? '' : `,${proof.labels}`;
  const expr = `count(ALERTS{alertname="${alert}",alertstate="firing"${labels}}) > 0`;
  return {
    name: `${alert} ${proof.labels ?? ''} ${fires ? 'fires' : 'stays silent'}`,
    interval: '1m',
    input_series: (fires ? proof.fires : proof.silent).map((written) => series(namespace, written)),
    promql_expr_test: [
      // Something must be there, or silence proves nothing.
      { expr: 'count(count({__name__!=""}) > bool 0)', eval_time: proof.at, exp_samples: [{ labels: '{}', value: 1 }] },
      {
        expr: `${expr} > bool 0`.replace(' > 0 > bool 0', ' > bool 0'),
        eval_time: proof.at,
        exp_samples: fires ? [{ labels: '{}', value: 1 }] : [],
      },
    ],
  };
}

/** Which component each alert is of: its rules are in the file of that name. */
function componentOf({ contributions }: Subject, alert: string): string | undefined {
  return contributions.find(({ alerts = [] }) => alerts.some(({ name }) => name === alert))?.component;
}

/** What takes a day to be wrong need not be looked at every minute: that is what makes these tests long. */
function evaluationInterval(component: string): string {
  return component === 'backup' ? '5m' : '1m';
}

/**
 * promtool's unit tests, by component: each alert once with the series under which it fires, once with its near miss.
 * Every rule of a file is evaluated for every minute of every test, so a test has its own component's file only.
 */
export function unitTests(subject: Subject, ruleFile: (component: string) => string): Map<string, string> {
  const { system, plan } = subject;
  const files = new Map<string, object[]>();
  for (const one of casesOf(system)) {
    const component = componentOf(subject, one.alert) ?? '';
    const tests = [test(plan.namespace, one, true), test(plan.namespace, one, false)];
    files.set(component, [...(files.get(component) ?? []), ...tests]);
  }
  return new Map(
    [...files].map(([component, tests]) => [
      component,
      stringify(
        { rule_files: [ruleFile(component)], evaluation_interval: evaluationInterval(component), tests },
        { lineWidth: 0, aliasDuplicateObjects: false },
      ),
    ]),
  );
}

import { stringify } from 'yaml';
import type { Contribution } from '../../lib/monitoring';
import { type Proof, proofs } from './proofs';
import type { Subject } from './subjects';

export interface Case {
  readonly alert: string;
  readonly proof: Proof;
}

/** The proofs for one subject. */
export function casesOf(subject: string): Case[] {
  return Object.entries(proofs).flatMap(([alert, list]) =>
    list.filter(({ of = 'lms' }) => of === subject).map((proof) => ({ alert, proof })),
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

/** The parts whose alert it is, of the service that the proof names or of all. */
function partsOf({ contributions }: Subject, { alert, proof }: Case): readonly Contribution[] {
  const service = /service="([^"]*)"/.exec(proof.labels ?? '')?.[1];
  return contributions.filter(({ alerts = [] }) =>
    alerts.some((one) => one.name === alert && (service === undefined || one.service === service)),
  );
}

/** What takes a day to be wrong need not be looked at every minute: that is what makes these tests long. */
function evaluationInterval(parts: readonly Contribution[]): string {
  return parts.some(({ component }) => component === 'backup') ? '5m' : '1m';
}

/**
 * promtool's unit tests, by part: each alert once with the series under which it fires, once with its near miss. Every
 * rule of a file is evaluated for every minute of every test, so a test has the groups of its own parts only.
 */
export function unitTests(subject: Subject, groupFile: (part: string) => string): Map<string, string> {
  const { name, plan } = subject;
  const files = new Map<string, { readonly parts: readonly Contribution[]; readonly tests: object[] }>();
  for (const one of casesOf(name)) {
    const parts = partsOf(subject, one);
    const key = parts.map(({ part }) => part).join(', ');
    const file = files.get(key) ?? { parts, tests: [] };
    file.tests.push(test(plan.namespace, one, true), test(plan.namespace, one, false));
    files.set(key, file);
  }
  return new Map(
    [...files].map(([key, { parts, tests }]) => {
      const rules = { rule_files: parts.map(({ part }) => groupFile(part)) };
      const text = { ...rules, evaluation_interval: evaluationInterval(parts), tests };
      return [key, stringify(text, { lineWidth: 0, aliasDuplicateObjects: false })];
    }),
  );
}

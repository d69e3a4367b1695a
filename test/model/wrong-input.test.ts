import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { formatProblem } from '../../lib/model/problem';
import { type Change, resolveShop } from './shop';

interface WrongInput {
  readonly title: string;
  readonly change: Change;
  readonly says: string;
}

const table = ['wrong-input.yaml', 'wrong-input-2.yaml', 'wrong-encryption.yaml'].flatMap(
  (file) => parse(readFileSync(join(__dirname, file), 'utf8')) as WrongInput[],
);

describe('wrong input', () => {
  it('has no fault before it is changed', () => {
    const { plan, problems } = resolveShop();
    expect(problems).toEqual([]);
    expect(plan).toBeDefined();
  });

  it.each(table)('$title is refused with its own problem and no other', ({ change, says }) => {
    const { plan, problems } = resolveShop(change);
    const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
    expect(errors).toEqual([`error: ${says}`]);
    expect(plan).toBeUndefined();
  });

  it.each(['/dev/shm', '/etc/shop', '/var/run/shop', '/tmp/shop'])('is none where scratch is at %s', (path) => {
    const { problems } = resolveShop({ system: { services: { worker: { scratch: { [path]: '16Mi' } } } } });
    expect(problems).toEqual([]);
  });

  it('covers a rule of its own with nearly every row', () => {
    const rules = new Set(table.map(({ says }) => /\[([a-z-]+)\]$/.exec(says)?.[1]));
    expect(rules.size).toBeGreaterThanOrEqual(95);
  });

  it('reports every problem of a run at once, of shape and of meaning, in both files', () => {
    const { problems } = resolveShop({
      system: {
        services: { web: { prots: {} }, worker: { arrows: { quue: {} } } },
        routes: [{ path: '/', to: 'wbe' }],
      },
      environment: { hsts: true, ingres: {} },
      images: { shop: { web: 'shop/web' } },
    });
    const rules = problems.map(({ rule }) => rule);
    expect(rules.sort()).toEqual([
      'hsts-without-tls',
      'image-reference',
      'unknown-arrow',
      'unknown-key',
      'unknown-key',
      'unknown-route-target',
    ]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { formatProblem } from '../../lib/model/problem';
import { type Change, resolveShop, shop } from './shop';

interface WrongInput {
  readonly title: string;
  readonly change: Change;
  /** One text, or one for each place of the same mistake. */
  readonly says: string | readonly string[];
}

const table = ['wrong-input.yaml', 'wrong-input-2.yaml', 'wrong-encryption.yaml', 'wrong-amounts.yaml'].flatMap(
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
    expect(errors).toEqual([says].flat().map((text) => `error: ${text}`));
    expect(plan).toBeUndefined();
  });

  it.each(['/dev/shm', '/etc/shop', '/var/run/shop', '/tmp/shop'])('is none where scratch is at %s', (path) => {
    const { problems } = resolveShop({ system: { services: { worker: { scratch: { [path]: '16Mi' } } } } });
    expect(problems).toEqual([]);
  });

  const itself: Record<string, unknown> = {};
  itself['again'] = itself;
  const webs = 'systems/shop.services.web';

  it.each<[what: string, web: Record<string, unknown>, says: string]>([
    [
      'a bigint',
      { ports: { http: 8000n } },
      `${webs}.ports.http: found a bigint, wanted a port number from 1 to 65535 [wrong-type]`,
    ],
    ['a symbol', { image: Symbol('web') }, `${webs}.image: found a symbol, wanted a text [wrong-type]`],
    ['no number', { processes: Number.NaN }, `${webs}.processes: found NaN, wanted a whole number [wrong-type]`],
    ['a map', { scaling: new Map([['low', 1]]) }, `${webs}.scaling: found a Map, wanted PLAIN [plain-data]`],
    [
      'a promise',
      { development: Promise.resolve({}) },
      `${webs}.development: found a Promise, wanted PLAIN [plain-data]`,
    ],
    ['itself', { development: itself }, `${webs}.development.again: found the key "again", wanted one of`],
    [
      'NUL',
      { settings: { A: 'a\0b' } },
      `${webs}.settings.A: found a text with the character NUL, wanted a text without it`,
    ],
  ])('is %s, which no file can hold', (_, change, says) => {
    const web = { ...shop.services.web, metrics: undefined, ...change };
    const { plan, problems } = resolveShop({}, { ...shop, services: { ...shop.services, web } });
    const words = says.replace('PLAIN', 'plain data: texts, numbers, true, false, lists and objects');
    expect(problems.map(formatProblem)).toContainEqual(expect.stringContaining(words));
    expect(plan).toBeUndefined();
  });

  it.each<[what: string, merge: unknown, found: string]>([
    ['contains itself', itself, 'merge.again: found an object that contains itself'],
    ['has a function', { spec: { replicas: () => 2 } }, 'merge.spec.replicas: found a function'],
    ['has a date', { metadata: { annotations: { at: new Date(0) } } }, 'merge.metadata.annotations.at: found a Date'],
  ])('is a patch that %s', (_, merge, found) => {
    const patches = [{ kind: 'Deployment', name: 'web', merge, reason: 'x' }];
    const { plan, problems } = resolveShop({}, { ...shop, patches });
    const wanted = 'plain data: texts, numbers, true, false, lists and objects';
    expect(problems.map(formatProblem)).toEqual([
      `error: systems/shop.patches[0].${found}, wanted ${wanted} [plain-data]`,
    ]);
    expect(plan).toBeUndefined();
  });

  it('is a domain below which a name is too long', () => {
    const domain = Array.from({ length: 5 }, () => 'd'.repeat(49)).join('.');
    const { problems } = resolveShop({ environment: { domain } });
    expect(problems.map(formatProblem)).toEqual([
      `error: environments/prod.domain: found 254 characters of "shop.${'d'.repeat(35)}…", wanted at most 253 [host-length]`,
    ]);
  });

  it('covers a rule of its own with nearly every row', () => {
    const rules = new Set(table.map(({ says }) => /\[([a-z-]+)\]$/.exec([says].flat().join())?.[1]));
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

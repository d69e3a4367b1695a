import { written } from './answer';
import { answerByIngress } from './ingress';

type Path = readonly ['Exact' | 'Prefix', string, string];

function ingress(paths: readonly Path[], host?: string): unknown {
  const http = {
    paths: paths.map(([pathType, path, name]) => ({
      pathType,
      path,
      backend: { service: { name, port: { number: 80 } } },
    })),
  };
  return { kind: 'Ingress', spec: { rules: [host === undefined ? { http } : { host, http }] } };
}

const asked = (manifest: unknown, path: string, host = 'a.example'): string =>
  written(answerByIngress(manifest, { host, path }));

/** The table of the documentation, in its order; each path leads to a service of its own name. */
const examples: readonly (readonly [kinds: string, paths: string, request: string, answer: string])[] = [
  ['Prefix', '/', '/any', '/'],
  ['Exact', '/foo', '/foo', '/foo'],
  ['Exact', '/foo', '/bar', 'nobody'],
  ['Exact', '/foo', '/foo/', 'nobody'],
  ['Exact', '/foo/', '/foo', 'nobody'],
  ['Prefix', '/foo', '/foo', '/foo'],
  ['Prefix', '/foo', '/foo/', '/foo'],
  ['Prefix', '/foo/', '/foo', '/foo/'],
  ['Prefix', '/foo/', '/foo/', '/foo/'],
  ['Prefix', '/aaa/bb', '/aaa/bbb', 'nobody'],
  ['Prefix', '/aaa/bbb', '/aaa/bbb', '/aaa/bbb'],
  ['Prefix', '/aaa/bbb/', '/aaa/bbb', '/aaa/bbb/'],
  ['Prefix', '/aaa/bbb', '/aaa/bbb/', '/aaa/bbb'],
  ['Prefix', '/aaa/bbb', '/aaa/bbb/ccc', '/aaa/bbb'],
  ['Prefix', '/aaa/bbb', '/aaa/bbbxyz', 'nobody'],
  ['Prefix', '/ /aaa', '/aaa/ccc', '/aaa'],
  ['Prefix', '/ /aaa /aaa/bbb', '/aaa/bbb', '/aaa/bbb'],
  ['Prefix', '/ /aaa /aaa/bbb', '/ccc', '/'],
  ['Prefix', '/aaa', '/ccc', 'nobody'],
];

describe("the Ingress specification's examples", () => {
  test.each(examples)('%s %s: %s is answered by %s', (kind, paths, request, answer) => {
    const list = paths.split(' ').map((path): Path => [kind as Path[0], path, path]);
    expect(asked(ingress(list), request)).toBe(answer);
    expect(asked(ingress([...list].reverse()), request)).toBe(answer);
  });

  test('of two equal paths the exact one is preferred', () => {
    const both = ingress([
      ['Prefix', '/foo', 'prefix'],
      ['Exact', '/foo', 'exact'],
    ]);
    expect([asked(both, '/foo'), asked(both, '/foo/')]).toEqual(['exact', 'prefix']);
  });

  test.each([
    ['bar.foo.com', 'it'],
    ['baz.bar.foo.com', 'nobody'],
    ['foo.com', 'nobody'],
  ])('*.foo.com: %s is answered by %s', (host, answer) => {
    expect(asked(ingress([['Prefix', '/', 'it']], '*.foo.com'), '/', host)).toBe(answer);
  });

  test('a field that matching does not know is refused', () => {
    const manifest = ingress([['Prefix', '/', 'it']]) as { spec: Record<string, unknown> };
    manifest.spec['rewrite'] = '/';
    expect(() => asked(manifest, '/')).toThrow('rewrite');
  });
});

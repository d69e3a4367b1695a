import { written } from './answer';
import { answerByGateway } from './http-route';

const infra = 'gateway-conformance-infra';

function gateway(listeners: readonly unknown[] = [{ name: 'http', port: 80, protocol: 'HTTP' }]): unknown {
  const metadata = { name: 'same-namespace', namespace: infra };
  return { kind: 'Gateway', metadata, spec: { gatewayClassName: 'any', listeners } };
}

interface Route {
  readonly name?: string;
  readonly namespace?: string;
  readonly hostnames?: readonly string[];
  readonly sectionName?: string;
  readonly paths?: readonly (readonly ['Exact' | 'PathPrefix', string, string])[];
  readonly rules?: readonly unknown[];
}

function route({ name = 'route', namespace = infra, hostnames, sectionName, paths = [], rules }: Route): unknown {
  const parentRefs = [{ name: 'same-namespace', namespace: infra, ...(sectionName ? { sectionName } : {}) }];
  const made = paths.map(([type, value, to]) => ({
    matches: [{ path: { type, value } }],
    backendRefs: [{ name: to, port: 8080 }],
  }));
  const spec = { parentRefs, ...(hostnames ? { hostnames } : {}), rules: rules ?? made };
  return { kind: 'HTTPRoute', metadata: { name, namespace }, spec };
}

const asked = (manifests: readonly unknown[], path: string, host = 'example.com', port = 80): string =>
  written(answerByGateway(manifests, { host, path, port }));

/** The conformance tests of gateway-api v1.4.1, as far as paths, hosts, listeners and redirects go. */
describe("the Gateway API's examples", () => {
  test.each([
    ['/one', 'v1'],
    ['/two', 'v2'],
    ['/', 'nobody'],
    ['/one/example', 'nobody'],
    ['/two/', 'nobody'],
    ['/Two', 'nobody'],
  ])('exact paths: %s is answered by %s', (path, answer) => {
    const paths: Route['paths'] = [
      ['Exact', '/one', 'v1'],
      ['Exact', '/two', 'v2'],
    ];
    expect(asked([gateway(), route({ paths })], path)).toBe(answer);
  });

  test.each([
    ['/', 'v1'],
    ['/example', 'v1'],
    ['/v2', 'v2'],
    ['/v2/example', 'v2'],
    ['/v2/', 'v2'],
    ['/v2example', 'v1'],
    ['/foo/v2/example', 'v1'],
  ])('prefixes: %s is answered by %s', (path, answer) => {
    const paths: Route['paths'] = [
      ['PathPrefix', '/', 'v1'],
      ['PathPrefix', '/v2', 'v2'],
    ];
    expect(asked([gateway(), route({ paths })], path)).toBe(answer);
    const apart = paths.map((each, index) => route({ name: `part-${index}`, paths: [each] }));
    expect(asked([gateway(), ...apart], path)).toBe(answer);
  });

  test.each([
    ['example.com', '/', 'v1'],
    ['example.net', '/example', 'v1'],
    ['example.com', '/v2', 'v2'],
    ['example.net', '/v2', 'v1'],
    ['example.com', '/v2/example', 'v2'],
  ])('across routes: %s%s is answered by %s', (host, path, answer) => {
    const parts = [
      route({ name: 'part1', hostnames: ['example.com', 'example.net'], paths: [['PathPrefix', '/', 'v1']] }),
      route({ name: 'part2', hostnames: ['example.com'], paths: [['PathPrefix', '/v2', 'v2']] }),
    ];
    expect(asked([gateway(), ...parts], path, host)).toBe(answer);
    expect(asked([...parts.reverse(), gateway()], path, host)).toBe(answer);
  });

  test.each([
    ['/match/exact/one', 'v3'],
    ['/match/exact', 'v2'],
    ['/match', 'v1'],
    ['/match/prefix/one/any', 'v2'],
    ['/match/prefix/any', 'v1'],
    ['/match/any', 'v3'],
  ])('order: %s is answered by %s', (path, answer) => {
    const paths: Route['paths'] = [
      ['Exact', '/match', 'v1'],
      ['Exact', '/match/exact', 'v2'],
      ['Exact', '/match/exact/one', 'v3'],
      ['PathPrefix', '/match/', 'v3'],
      ['PathPrefix', '/match/prefix/', 'v1'],
      ['PathPrefix', '/match/prefix/one', 'v2'],
    ];
    expect(asked([gateway(), route({ paths })], path)).toBe(answer);
    expect(asked([gateway(), route({ paths: [...paths].reverse() })], path)).toBe(answer);
  });

  const listeners = [
    { name: 'listener-1', hostname: 'very.specific.com', port: 80, protocol: 'HTTP' },
    { name: 'listener-2', hostname: '*.wildcard.io', port: 80, protocol: 'HTTP' },
    { name: 'listener-3', hostname: '*.anotherwildcard.io', port: 80, protocol: 'HTTP' },
  ];
  const intersecting = [
    route({ name: 'a', hostnames: ['non.matching.com', 'very.specific.com'], paths: [['PathPrefix', '/s1', 'v1']] }),
    route({
      name: 'b',
      hostnames: ['non.matching.com', 'wildcard.io', 'foo.wildcard.io', 'bar.wildcard.io', 'foo.bar.wildcard.io'],
      paths: [['PathPrefix', '/s2', 'v2']],
    }),
    route({ name: 'c', hostnames: ['non.matching.com', '*.specific.com'], paths: [['PathPrefix', '/s3', 'v3']] }),
    route({ name: 'd', hostnames: ['*.anotherwildcard.io'], paths: [['PathPrefix', '/s4', 'v1']] }),
    route({ name: 'e', hostnames: ['specific.but.wrong.com', 'wildcard.io'], paths: [['PathPrefix', '/s5', 'v2']] }),
  ];
  test.each([
    ['very.specific.com', '/s1', 'v1'],
    ['non.matching.com', '/s1', 'nobody'],
    ['foo.wildcard.io', '/s1', 'nobody'],
    ['very.specific.com', '/non-matching-prefix', 'nobody'],
    ['foo.wildcard.io', '/s2', 'v2'],
    ['foo.bar.wildcard.io', '/s2', 'v2'],
    ['wildcard.io', '/s2', 'nobody'],
    ['very.specific.com', '/s3', 'v3'],
    ['foo.specific.com', '/s3', 'nobody'],
    ['foo.bar.anotherwildcard.io', '/s4', 'v1'],
    ['anotherwildcard.io', '/s4', 'nobody'],
    ['specific.but.wrong.com', '/s5', 'nobody'],
    ['wildcard.io', '/s5', 'nobody'],
  ])('hosts of listeners and routes: %s%s is answered by %s', (host, path, answer) => {
    expect(asked([gateway(listeners), ...intersecting], path, host)).toBe(answer);
  });

  test('a section takes what comes in there, and a route of another namespace only where it is let', () => {
    const two = [
      { name: 'http', port: 80, protocol: 'HTTP' },
      { name: 'https', port: 443, protocol: 'HTTPS' },
    ];
    const secure = route({ sectionName: 'https', paths: [['PathPrefix', '/', 'v1']] });
    expect([asked([gateway(two), secure], '/'), asked([gateway(two), secure], '/', 'a.b', 443)]).toEqual([
      'nobody',
      'v1',
    ]);
    const foreign = route({ namespace: 'web', paths: [['PathPrefix', '/', 'v1']] });
    const open = [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }];
    expect([asked([gateway(), foreign], '/'), asked([gateway(open), foreign], '/')]).toEqual(['nobody', 'v1']);
  });

  test.each([
    [{ hostname: 'example.org' }, '302 http://example.org/x'],
    [{ hostname: 'example.org', port: 80 }, '302 http://example.org/x'],
    [{ hostname: 'example.org', port: 8080 }, '302 http://example.org:8080/x'],
    [{ scheme: 'https', hostname: 'example.org' }, '302 https://example.org/x'],
    [{ scheme: 'https', hostname: 'example.org', port: 8443 }, '302 https://example.org:8443/x'],
    [{ scheme: 'https', statusCode: 301 }, '301 https://example.com/x'],
  ])('redirects: %j leads to %s', (requestRedirect, answer) => {
    const rules = [{ filters: [{ type: 'RequestRedirect', requestRedirect }] }];
    expect(asked([gateway(), route({ rules })], '/x')).toBe(answer);
  });

  test('a field that matching does not know is refused', () => {
    const rules = [{ matches: [{ path: { type: 'PathPrefix', value: '/' }, method: 'GET' }] }];
    expect(() => asked([gateway(), route({ rules })], '/')).toThrow('method');
  });
});

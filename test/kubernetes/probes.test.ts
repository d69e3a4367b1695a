import { probes } from '../../lib/kubernetes/probes';
import type { HealthPlan } from '../../lib/model/plan';

const health: HealthPlan = {
  path: '/health/',
  livePath: undefined,
  command: undefined,
  intervalSeconds: 30,
  timeoutSeconds: 5,
  tries: 3,
  startSeconds: 30,
};

/** kube-score's own comparison: the same kind of question about the same thing. */
function identical(one: unknown, other: unknown): boolean {
  const question = ({ httpGet, tcpSocket, exec }: Record<string, unknown>) =>
    JSON.stringify({ httpGet, tcpSocket, exec });
  return question(one as Record<string, unknown>) === question(other as Record<string, unknown>);
}

describe('Probes', () => {
  test('of a documented URL: it drives readiness; startup and liveness are a connection, because it may ask a dependency', () => {
    const { startupProbe, readinessProbe, livenessProbe } = probes(health, 'backend', 'http');
    expect(startupProbe?.tcpSocket?.port.value).toBe('http');
    expect(startupProbe?.httpGet).toBeUndefined();
    expect(readinessProbe?.httpGet?.path).toBe('/health/');
    expect(livenessProbe?.tcpSocket?.port.value).toBe('http');
    expect(livenessProbe?.httpGet).toBeUndefined();
  });

  test('have the document’s interval and tries for readiness and liveness', () => {
    const { readinessProbe, livenessProbe } = probes(health, 'backend', 'http');
    const timing = { periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 };
    expect(readinessProbe).toMatchObject(timing);
    expect(livenessProbe).toMatchObject(timing);
  });

  test.each([1, 5, 30, 90])('tolerate a start of four times %i seconds', (startSeconds) => {
    const { startupProbe } = probes({ ...health, startSeconds }, 'backend', 'http');
    expect(startupProbe?.periodSeconds).toBe(2);
    expect((startupProbe?.failureThreshold ?? 0) * 2).toBe(4 * startSeconds);
  });

  test.each([
    { later: 30, patience: 3, atTheStart: 5 },
    { later: 2, patience: 1, atTheStart: 2 },
    { later: 30, patience: 10, atTheStart: 10 },
  ])('ask a command $later s apart later, with $patience s for it, $atTheStart s apart at the start', (seconds) => {
    const { later: intervalSeconds, patience: timeoutSeconds, atTheStart: period } = seconds;
    const { startupProbe } = probes(
      { ...health, command: ['ping'], startSeconds: 30, intervalSeconds, timeoutSeconds },
      'worker',
      undefined,
    );
    expect(startupProbe).toMatchObject({ periodSeconds: period, failureThreshold: 120 / period });
  });

  test('send the service’s name as Host, and no httpGet.host, which Pod Security forbids', () => {
    const { readinessProbe } = probes(health, 'backend', 'http');
    expect(readinessProbe?.httpGet?.httpHeaders).toEqual([{ name: 'Host', value: 'backend' }]);
    expect(readinessProbe?.httpGet).not.toHaveProperty('host');
  });

  test('ask livePath for liveness where there is one', () => {
    const { livenessProbe } = probes({ ...health, livePath: '/live' }, 'backend', 'http');
    expect(livenessProbe?.httpGet?.path).toBe('/live');
  });

  test.each<[string, Partial<HealthPlan>]>([
    ['a path', {}],
    ['the same path for both', { livePath: '/health/' }],
    ['two paths', { livePath: '/live' }],
    ['a live path alone', { path: undefined, livePath: '/live' }],
    ['a port alone', { path: undefined }],
    ['a port and a command', { path: undefined, command: ['true'] }],
  ])('of one container never ask the same thing twice: %s', (_, change) => {
    const { readinessProbe, livenessProbe } = probes({ ...health, ...change }, 'backend', 'http');
    expect(readinessProbe).toBeDefined();
    if (livenessProbe) expect(identical(readinessProbe, livenessProbe)).toBe(false);
    expect(identical(readinessProbe, readinessProbe)).toBe(true);
  });

  test('are none where there is nothing to ask', () => {
    expect(probes({ ...health, path: undefined }, 'worker', undefined)).toEqual({});
  });
});

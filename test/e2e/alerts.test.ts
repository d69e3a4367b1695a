import { type Alert, type DownAlert, downAlerts, haveFired, isOf, silenced, titleOf } from '../../e2e/alerts';
import type { KubernetesObject } from '../../verify/manifests/objects';
import { synthesized } from '../synthesis/combinations';

function rules(...lines: readonly string[]): KubernetesObject {
  const head = ['groups:', '  - name: one', '    rules:'];
  const text = [...head, ...lines.map((line) => `      - ${line}`)].join('\n');
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rules' }, data: { 'one.yml': text } };
}

function rule(expr: string, labels: string, pending = '2m'): string {
  return `{ alert: Gone, expr: '${expr}', for: ${pending}, labels: { ${labels} } }`;
}

const ofBack = 'severity: critical, component: application, service: back';

describe('The emitted rules', () => {
  test('tell of outages, each with its time', () => {
    const { objects } = synthesized({ system: 'django-react', environment: 'cloud', tier: 'medium' });
    const found = downAlerts(objects.manifests as unknown as KubernetesObject[]);
    const seconds = Object.fromEntries(found.map(({ name, service, seconds }) => [`${name} ${service}`, seconds]));
    expect(seconds).toMatchObject({ 'PostgresDown db': 60, 'ServiceDown backend': 120, 'WorkerDown celery': 300 });
  });

  test('tell of no outage by a warning, by another figure, or without a service', () => {
    const objects = [
      rules(
        rule('service:up{service="back"} == 0', ofBack, '1m30s'),
        rule('service:up{service="back"} == 0', ofBack.replace('critical', 'warning')),
        rule('errors > 0.5', ofBack),
        rule('last_saved == 0', ofBack),
        rule('service:up{service="back"} == 0', 'severity: critical'),
        '{ record: up, expr: "up == 0" }',
      ),
    ];
    expect(downAlerts(objects)).toEqual([{ name: 'Gone', service: 'back', component: 'application', seconds: 90 }]);
  });

  test('have times that Prometheus would read', () => {
    expect(() => downAlerts([rules(rule('service:up{} == 0', ofBack, 'soon'))])).toThrow('soon is no duration');
  });
});

describe("A lost store's clients", () => {
  const services = new Set(['back', 'work']);
  const required: DownAlert[] = [{ name: 'Gone', service: 'back', component: 'application', seconds: 120 }];
  const alert = (service: string, state: Alert['status']['state'], component = 'application'): Alert => ({
    labels: { alertname: 'Gone', service, component },
    status: { state },
  });

  test('are waited for until each alert that must fire has fired', () => {
    expect(haveFired([alert('work', 'suppressed')], required)).toBe(false);
    expect(haveFired([alert('back', 'suppressed')], required)).toBe(true);
  });

  test('are named as they were seen, and no others', () => {
    const all = [alert('back', 'suppressed'), alert('front', 'active'), alert('db', 'active', 'postgres')];
    expect(titleOf(silenced(all, services))).toBe('Gone of back');
    expect(titleOf(silenced([...all, alert('work', 'suppressed')], services))).toBe('Gone of back, work');
  });

  test.each(['active', 'unprocessed'] as const)('are not silenced while one alert is %s', (state) => {
    const all = [alert('back', 'suppressed'), alert('work', state)];
    expect(() => silenced(all, services)).toThrow('Alerts of clients are not silenced: Gone of work');
  });

  test('are known by component and service', () => {
    expect(isOf(alert('back', 'active'), services)).toBe(true);
    expect(isOf(alert('back', 'active', 'proxy'), services)).toBe(false);
    expect(isOf(alert('front', 'active'), services)).toBe(false);
  });
});

import { parse } from 'yaml';
import { resolveShop } from '../model/shop';
import { alertsOf, named, type Watched, watched } from './fixture';

const built = watched();
const off = watched({ environment: { monitoring: 'none' } });
const operator = watched({ environment: { monitoring: { mode: 'operator' } } });

function containers(of: Watched, kind: string, name: string): string[] {
  return named(of, kind, name).spec?.template?.spec.containers.map((container) => container.name) ?? [];
}

function monitoringObjects({ objects }: Watched): string[] {
  return objects
    .filter(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'monitoring')
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

describe('monitoring none', () => {
  test('emits nothing of it, and no exporter in any pod', () => {
    expect(monitoringObjects(off)).toEqual([]);
    const names = off.objects.flatMap(({ spec }) => spec?.template?.spec.containers.map(({ name }) => name) ?? []);
    expect(names.filter((name) => /exporter|prometheus|grafana/.test(name))).toEqual([]);
    expect(off.plan.arrows.filter(({ why }) => why === 'monitoring')).toEqual([]);
    expect(off.plan.secrets.map(({ name }) => name)).not.toContain('db-monitoring');
  });
});

describe('built in', () => {
  test('exporters stand beside their servers, each with what it logs in with', () => {
    expect(containers(built, 'StatefulSet', 'db')).toEqual(['postgres', 'exporter']);
    expect(containers(built, 'StatefulSet', 'cache')).toEqual(['redis', 'exporter']);
    expect(containers(built, 'Deployment', 'gateway')).toEqual(['gateway', 'exporter']);
    expect(containers(built, 'StatefulSet', 'queue')).toEqual(['rabbitmq']);
    expect(JSON.stringify(named(built, 'StatefulSet', 'db').spec)).toContain('"secretName":"db-monitoring"');
  });

  test('only Prometheus and kube-state-metrics have a token', () => {
    const pods = built.objects.filter(
      ({ metadata, spec }) =>
        metadata.labels['app.kubernetes.io/component'] === 'monitoring' &&
        spec?.template?.spec.automountServiceAccountToken === true,
    );
    expect(pods.map(({ metadata }) => metadata.name).sort()).toEqual(['kube-state-metrics', 'prometheus']);
  });

  test('Prometheus reads pods in the namespace, and of nodes their metrics alone', () => {
    expect(named(built, 'Role', 'prometheus').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ]);
    const resources = named(built, 'ClusterRole', 'shop-prod-prometheus').rules?.flatMap((rule) => rule.resources);
    expect(resources).toEqual(['nodes', 'nodes/metrics']);
    const none = watched({ environment: { resourceMetrics: 'none' } });
    expect(none.objects.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
  });

  test('exactly the scraped ports are opened to Prometheus', () => {
    const opened = built.plan.arrows
      .filter(({ from, to }) => from === 'prometheus' && to.kind === 'workload')
      .map(({ to, port }) => `${to.name}:${port}`);
    expect(opened.sort()).toEqual([
      'alertmanager:9093',
      'blackbox-exporter:9115',
      'cache:9121',
      'db:9187',
      'gateway:9113',
      'kube-state-metrics:8080',
      'queue:15692',
      'web:8000',
    ]);
  });

  test('what is scraped is what is open', () => {
    const { scrape_configs: jobs } = parse(
      named(built, 'ConfigMap', 'prometheus-config').data?.['prometheus.yml'] ?? '',
    ) as {
      scrape_configs: { relabel_configs?: { regex?: string }[] }[];
    };
    const targets = jobs.flatMap(({ relabel_configs = [] }) =>
      relabel_configs.flatMap(({ regex }) => (regex?.includes(';') ? [regex.replace(';', ':')] : [])),
    );
    const open = new Set(
      built.plan.arrows.filter(({ from }) => from === 'prometheus').map(({ to, port }) => `${to.name}:${port}`),
    );
    expect([...new Set(targets)].filter((target) => !open.has(target))).toEqual([]);
  });

  test('an exporter’s role reads statistics and no table', () => {
    const roles = built.plan.stores.flatMap((store) => (store.kind === 'postgres' ? store.roles : []));
    expect(roles).toContainEqual({ name: 'monitoring', secret: 'db-monitoring', owner: false, monitor: true });
    const scripts = named(built, 'ConfigMap', 'db-roles-config').data ?? {};
    expect(scripts['monitor.sql']).toContain('GRANT pg_monitor');
    expect(scripts['monitor.sql']).not.toMatch(/TABLE|SCHEMA|WRITE/);
  });

  test('without a source, figures of CPU and volumes and their alerts are not there, and check says so', () => {
    const blind = watched({ environment: { resourceMetrics: 'none' } });
    expect(alertsOf(built)).toContain('VolumeFull');
    expect(alertsOf(blind)).not.toContain('VolumeFull');
    expect(blind.contributions.some(({ row }) => row?.title === 'System Overview')).toBe(false);
  });
});

describe('an operator', () => {
  test('gets the same rules, and none of our servers', () => {
    const kinds = new Set(operator.objects.map(({ kind }) => kind));
    for (const kind of ['PodMonitor', 'Probe', 'PrometheusRule', 'AlertmanagerConfig']) expect(kinds).toContain(kind);
    const rules = operator.objects.flatMap(({ spec }) => spec?.groups?.flatMap((group) => group.rules) ?? []);
    const own = built.objects
      .filter(({ metadata }) => metadata.name.startsWith('prometheus-rules-'))
      .flatMap(({ data = {} }) => Object.values(data))
      .flatMap((text) => (parse(text) as { groups: { rules: typeof rules }[] }).groups.flatMap((group) => group.rules));
    const exprs = (list: typeof rules, alert: string) =>
      list.filter((rule) => rule.alert === alert).map(({ expr }) => expr);
    for (const alert of ['PostgresDown', 'RedisMemoryHigh', 'RabbitmqQueueBacklog', 'ErrorBudgetBurn', 'ServiceDown'])
      expect([alert, exprs(rules, alert)]).toEqual([alert, exprs(own, alert)]);
    expect(operator.objects.filter(({ metadata }) => metadata.name === 'grafana')).toEqual([]);
  });

  test('finds the objects by its labels, and reaches in from its own namespace', () => {
    expect(named(operator, 'PrometheusRule', 'postgres').metadata.labels['release']).toBe('kube-prometheus-stack');
    expect(operator.plan.network.visitors).toContainEqual({
      peer: { namespace: 'monitoring', podLabels: { 'app.kubernetes.io/name': 'prometheus' } },
      to: 'db',
      port: 9187,
    });
  });

  test('is told of receivers by Secret', () => {
    const told = watched({ environment: { monitoring: { mode: 'operator' } } });
    const config = JSON.stringify(named(told, 'AlertmanagerConfig', 'alerts').spec);
    expect(config).toContain('"apiURL":{"key":"url","name":"alertmanager-chat"}');
    // What is urgent is told again every hour, as with our own Alertmanager.
    expect(config).toMatch(
      /"routes":\[\{"groupWait":"10s","matchers":\[[^\]]*"critical"\}\],"repeatInterval":"1h"\}\]/,
    );
    expect(told.plan.secrets.map(({ name }) => name)).toContain('alertmanager-chat');
  });
});

test('who is told needs a page to read: a link to nowhere is warned of', () => {
  const warned = (monitoring: object): boolean =>
    resolveShop({ environment: { monitoring } }).problems.some(({ rule }) => rule === 'runbooks-nowhere');
  expect(warned({})).toBe(false);
  expect(warned({ runbooks: null })).toBe(true);
  // Nobody follows a link that nobody is sent.
  expect(warned({ runbooks: null, receivers: null })).toBe(false);
});

describe('request metrics', () => {
  const rules = ({ contributions }: Watched): string[] =>
    contributions.flatMap(({ recordings = [] }) => recordings.map(({ record }) => record));
  const warnings = (change: Parameters<typeof resolveShop>[0]): string[] =>
    resolveShop(change)
      .problems.filter(({ rule }) => rule === 'no-request-metrics')
      .map(({ severity }) => severity);

  test('come from services that count; without one there are none, and check says so', () => {
    expect(rules(built)).toContain('service:http_requests:rate5m');
    expect(warnings({})).toEqual([]);
    const change = { system: { services: { web: { metrics: null } } } };
    const blind = watched(change);
    expect(rules(blind)).toEqual([]);
    expect(blind.contributions.map(({ row }) => row?.title)).not.toContain('Request Metrics');
    expect(alertsOf(blind)).not.toContain('ErrorBudgetBurn');
    // What is asked from outside needs nobody's help.
    expect(alertsOf(blind)).toContain('PublicErrorBudgetBurn');
    expect(warnings(change)).toEqual(['warning']);
  });

  test('a service is up while its health page answers, whatever became of its metrics', () => {
    const web = built.contributions.find(({ part }) => part === 'web');
    expect(web?.status).toContain('kube_deployment_status_replicas_available');
  });
});

describe('how often', () => {
  test('is the environment’s to say, in both modes', () => {
    const monitoring = { intervalSeconds: 5 };
    const text = named(watched({ environment: { monitoring } }), 'ConfigMap', 'prometheus-config').data?.[
      'prometheus.yml'
    ];
    const global = { scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '5s' };
    expect(parse(text ?? '')).toMatchObject({ global });
    const operated = watched({ environment: { monitoring: { mode: 'operator', ...monitoring } } });
    expect(JSON.stringify(named(operated, 'PodMonitor', 'db').spec)).toContain('"interval":"5s"');
    expect(JSON.stringify(named(built, 'ConfigMap', 'grafana-datasources').data)).toContain('timeInterval: 30s');
  });
});

describe('thresholds', () => {
  function expr(of: Watched, alert: string): string {
    return of.contributions.flatMap(({ alerts = [] }) => alerts).find(({ name }) => name === alert)?.expr ?? '';
  }

  test('follow from the Plan', () => {
    const more = watched({ system: { stores: { db: { maxConnections: 300 } } } });
    expect(expr(built, 'PostgresConnectionsExhausted')).toMatch(/> 90$/);
    expect(expr(more, 'PostgresConnectionsExhausted')).toMatch(/> 280$/);
    const larger = watched({ system: { stores: { cache: { maxMemory: '150Mi' } } } });
    expect(expr(larger, 'RedisMemoryHigh')).toContain('> 0.9 * 150 * 1024 * 1024');
    const strict = watched({ environment: { monitoring: { objective: 99 } } });
    expect(expr(built, 'PublicErrorBudgetBurn')).toContain('14.4 * 0.001');
    expect(expr(strict, 'PublicErrorBudgetBurn')).toContain('14.4 * 0.01 ');
  });
});

describe('alerts', () => {
  test('of a lost store silence those of its clients, and no others', () => {
    const text = named(built, 'ConfigMap', 'alertmanager-config').data?.['alertmanager.yml'] ?? '';
    const { inhibit_rules: rules } = parse(text) as {
      inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
    };
    expect(rules).toContainEqual({
      source_matchers: ['alertname="PostgresDown"', 'service="db"'],
      target_matchers: ['component="application"', 'service=~"nightly|web"'],
      equal: ['namespace'],
    });
  });

  test('name no credential, only files', () => {
    const text = named(built, 'ConfigMap', 'alertmanager-config').data?.['alertmanager.yml'] ?? '';
    expect(text).toContain('api_url_file: /run/secrets/receivers/chat/url');
    expect(text).not.toMatch(/^\s*(api_url|url|routing_key|auth_password):/m);
  });
});

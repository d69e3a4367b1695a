import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesOf, untaken } from '../../verify/monitoring/live/logs';
import { root, synthesized, workspace } from '../synthesis/combinations';

const page = readFileSync(join(root, 'docs/logs.md'), 'utf8');

/** What makes a program write JSON: an argument, or lines of a ConfigMap. */
type Wanted = { readonly argument: string } | { readonly lines: string };

/** By its image; none for those that write text. */
const programs: Readonly<Record<string, Wanted | 'text'>> = {
  'prom/prometheus': { argument: '--log.format=json' },
  'prom/alertmanager': { argument: '--log.format=json' },
  'prom/blackbox-exporter': { argument: '--log.format=json' },
  'prometheuscommunity/postgres-exporter': { argument: '--log.format=json' },
  'nginx/nginx-prometheus-exporter': { argument: '--log.format=json' },
  'oliver006/redis_exporter': { argument: '--log-format=json' },
  rabbitmq: { lines: '\nlog.console.formatter = json\n' },
  'grafana/grafana': { lines: '\n[log.console]\nformat = json\n' },
  'nginxinc/nginx-unprivileged': { lines: 'log_format json escape=json' },
  postgres: 'text',
  redis: 'text',
  'registry.k8s.io/kube-state-metrics/kube-state-metrics': 'text',
  'restic/restic': 'text',
  'curlimages/curl': 'text',
};

const sets = workspace.systems().map((system) => synthesized({ system, environment: 'production', tier: 'high' }));

/** A program's image, without its version; those of the system itself are told apart by their registry. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

test('a program that can write JSON is told to, and no other is there than those of the page', () => {
  const seen = new Set<string>();
  for (const { objects } of sets) {
    const files = objects.ofKind('ConfigMap').flatMap(({ data = {} }) => Object.values(data as Record<string, string>));
    for (const { container, at } of objects.containers) {
      const repository = repositoryOf(container.image);
      if (repository.startsWith('registry.example.com/')) continue;
      seen.add(repository);
      const wanted = programs[repository];
      expect([at, repository, wanted !== undefined]).toEqual([at, repository, true]);
      // An image's own shell runs here and there: what writes is its program.
      if (wanted === undefined || wanted === 'text' || container.command !== undefined) continue;
      if ('argument' in wanted) expect([at, container.args]).toEqual([at, expect.arrayContaining([wanted.argument])]);
      else expect([at, files.some((text) => text.includes(wanted.lines))]).toEqual([at, true]);
    }
  }
  expect([...seen].sort()).toEqual(Object.keys(programs).sort());
});

test('RabbitMQ says so in its own file', () => {
  const files = sets.flatMap(({ objects }) =>
    objects.ofKind('ConfigMap').flatMap(({ data = {} }) => Object.entries(data as Record<string, string>)),
  );
  const own = files.filter(([name]) => name === 'rabbitmq.conf');
  expect(own.length).toBeGreaterThan(0);
  for (const [, text] of own) expect(text).toContain('\nlog.console.formatter = json\n');
});

describe('the rules of the page', () => {
  const rule = (name: string) => {
    const found = rulesOf(page).find(({ container, component }) => name === container || name === component);
    if (found === undefined) throw new Error(`no rule for ${name}`);
    return found;
  };

  test.each([
    [
      'postgres',
      '2026-11-21 14:25:03.511 UTC [465] LOG:  listening on IPv4 address "0.0.0.0", port 5432',
      { level: 'LOG', pid: '465', message: 'listening on IPv4 address "0.0.0.0", port 5432' },
    ],
    [
      'postgres',
      '2026-11-21 14:25:03.511 UTC [465] api@shop ERROR:  no such table\n2026-11-21 14:25:03.511 UTC [465] api@shop STATEMENT:  SELECT\n\t1',
      { level: 'ERROR', user: 'api', database: 'shop' },
    ],
    ['redis', '429:M 21 Nov 2026 14:24:59.532 * Ready', { level: '*', role: 'M', message: 'Ready' }],
    [
      'pooler',
      '2026-11-21 14:24:59.532 UTC [7] LOG kernel file descriptor limit: 1024',
      { level: 'LOG', message: 'kernel file descriptor limit: 1024' },
    ],
    [
      'kube-state-metrics',
      'W1121 14:25:06.414052     727 client_config.go:682] Neither was specified.',
      { level: 'W', source: 'client_config.go:682', message: 'Neither was specified.' },
    ],
    [
      'proxy',
      '2026/11/21 14:24:59 [alert] 522#522: setrlimit(RLIMIT_NOFILE, 65536) failed',
      { level: 'alert', pid: '522' },
    ],
  ])('%s: %s', (name, line, parts) => {
    expect(rule(name).expression.exec(line)?.groups).toMatchObject(parts);
    expect(untaken(line, rule(name))).toEqual([]);
    expect(untaken('no line of any program', rule(name))).toEqual(['no line of any program']);
  });

  test('what should be JSON has none', () => {
    expect(untaken('{"level":"info"}\nlevel=info msg=text', undefined)).toEqual(['level=info msg=text']);
  });
});

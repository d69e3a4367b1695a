import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { ToolsChart } from '../../charts/tools';
import { type Plan, resolvePlan, type ToolPlan } from '../../lib/model';
import { passFileScript } from '../../lib/tools/pgadmin';
import { connectionsScript } from '../../lib/tools/redis-commander';
import type { Rendered } from '../secrets/fixture';
import { laboratory, laptop } from './fixture';

function planOf(): Plan {
  const { plan, problems } = resolvePlan({
    system: { id: 'lab', raw: laboratory },
    environment: { name: 'laptop', raw: laptop },
  });
  if (plan === undefined) throw new Error(problems.map(({ path, found }) => `${path}: ${found}`).join('\n'));
  return plan;
}

const plan = planOf();
const objects = new ToolsChart(new App(), plan).toJson() as Rendered[];

function find(kind: string, name: string): Rendered {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`No ${kind} ${name}`);
  return found;
}

const container = (index: number): string => `spec.template.spec.containers.${index}`;

describe('Every tool', () => {
  test.each([
    ['pgadmin', 5050, 8080],
    ['redis-commander', 8081, 8081],
    ['ollama', 11434, 11434],
  ])('%s is served on the drawn port %i', (name, port, containerPort) => {
    expect(find('Service', name)).toHaveProperty('spec.ports.0', {
      name: 'http',
      port,
      targetPort: 'http',
      protocol: 'TCP',
    });
    expect(find('Service', name)).toHaveProperty('spec.type', 'ClusterIP');
    const ports = [{ name: 'http', containerPort, protocol: 'TCP' }];
    expect(find('Deployment', name)).toHaveProperty(`${container(0)}.ports`, ports);
  });

  test('asks readiness over HTTP and liveness by TCP', () => {
    const paths = { pgadmin: '/misc/ping', 'redis-commander': '/healthcheck', ollama: '/' };
    for (const [name, path] of Object.entries(paths)) {
      const deployment = find('Deployment', name);
      expect(deployment).toHaveProperty(`${container(0)}.readinessProbe.httpGet.path`, path);
      expect(deployment).toHaveProperty(`${container(0)}.livenessProbe.tcpSocket.port`, 'http');
    }
  });

  test('is one pod that stops first where it keeps data, after its claim', () => {
    for (const name of ['pgadmin', 'ollama']) {
      expect(find('Deployment', name)).toHaveProperty('spec.strategy', { type: 'Recreate' });
      const claim = objects.indexOf(find('PersistentVolumeClaim', `data-${name}`));
      expect(claim).toBeLessThan(objects.indexOf(find('Deployment', name)));
    }
    expect(find('Deployment', 'redis-commander')).toHaveProperty('spec.strategy.type', 'RollingUpdate');
  });

  test('has a read-only root and no token', () => {
    for (const deployment of objects.filter(({ kind }) => kind === 'Deployment')) {
      expect(deployment).toHaveProperty('spec.template.spec.automountServiceAccountToken', false);
      expect(deployment).toHaveProperty(`${container(0)}.securityContext.readOnlyRootFilesystem`, true);
    }
  });

  test('runs as the user who may read the files of its image', () => {
    const users = { pgadmin: 5050, 'redis-commander': 10000, ollama: 10001 };
    for (const [name, user] of Object.entries(users)) {
      const security = { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user };
      const { spec } = find('Deployment', name);
      expect(spec).toHaveProperty('template.spec.securityContext', expect.objectContaining(security));
    }
  });

  test('is absent where the environment has none', () => {
    const none = new ToolsChart(new App(), { ...plan, tools: [] });
    expect(none.toJson()).toEqual([]);
  });

  test('is refused without a port, which resolve rules out', () => {
    const tools: ToolPlan[] = plan.tools.map((tool) => ({ ...tool, ports: [] }));
    expect(() => new ToolsChart(new App(), { ...plan, tools })).toThrow('as it has no port');
  });
});

describe('pgAdmin', () => {
  test('lists its databases as the role that owns the schema, never as the superuser', () => {
    const { Servers: servers } = JSON.parse(find('ConfigMap', 'pgadmin').data?.['servers.json'] ?? '') as {
      Servers: Record<string, unknown>;
    };
    expect(servers).toEqual({
      '1': {
        Name: 'db (as backend)',
        Group: 'Servers',
        Host: 'db',
        Port: 5432,
        MaintenanceDB: 'lab',
        Username: 'backend',
        ConnectionParameters: { sslmode: 'prefer', passfile: '/.pgpass' },
      },
    });
    expect(JSON.stringify(find('Deployment', 'pgadmin'))).not.toContain('superuser');
  });

  test('gets its own password and the role’s as files, from Secrets of the Plan', () => {
    const names = plan.secrets.map(({ name }) => name);
    const text = JSON.stringify(find('Deployment', 'pgadmin'));
    const mounted = [...text.matchAll(/"secretName":"([^"]+)"/g)].map(([, name]) => name);
    expect(mounted).toEqual(['pgadmin', 'db-backend']);
    expect(names).toEqual(expect.arrayContaining(mounted));
    expect(text).not.toContain('secretKeyRef');
  });

  test('rolls when its list changes', () => {
    const other = { ...plan, stores: plan.stores.map((store) => ({ ...store, host: 'elsewhere' })) };
    const again = new ToolsChart(new App(), other).toJson() as Rendered[];
    const path = 'spec.template.metadata.annotations';
    const deployment = again.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'pgadmin');
    expect(deployment).toHaveProperty(path);
    expect(JSON.stringify(deployment)).not.toBe(JSON.stringify(find('Deployment', 'pgadmin')));
  });
});

describe('Redis Commander', () => {
  test('has no password among its variables or arguments', () => {
    const text = JSON.stringify(find('Deployment', 'redis-commander'));
    expect(text).toContain('"cache","6379","/run/stores/cache/password"');
    expect(text).not.toContain('secretKeyRef');
    expect(text).not.toContain('REDIS_PASSWORD');
  });
});

describe('Ollama', () => {
  test('keeps its models on its claim', () => {
    const deployment = find('Deployment', 'ollama');
    const variables = [
      { name: 'HOME', value: '/ollama' },
      { name: 'OLLAMA_MODELS', value: '/ollama/models' },
      { name: 'OLLAMA_HOST', value: '0.0.0.0:11434' },
    ];
    expect(deployment).toHaveProperty(`${container(0)}.env`, variables);
    expect(deployment).toHaveProperty('spec.template.spec.volumes.0.persistentVolumeClaim.claimName', 'data-ollama');
  });
});

describe('The scripts that write passwords', () => {
  let folder: string;
  const password = 'p:a"s\\s';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-tools-'));
    writeFileSync(join(folder, 'password'), password);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function run(script: string, ...parameters: string[]): void {
    const { status, stderr } = spawnSync('sh', ['-c', script, 'test', ...parameters], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }

  test('write a password file that only its owner reads, with what libpq wants escaped', () => {
    const file = join(folder, 'storage/admin/.pgpass');
    run(passFileScript, file, 'db:5432:lab:backend', join(folder, 'password'), 'b:1:c:d', join(folder, 'password'));
    expect(readFileSync(file, 'utf8')).toBe('db:5432:lab:backend:p\\:a"s\\\\s\nb:1:c:d:p\\:a"s\\\\s\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('write an empty password file where there is no database', () => {
    const file = join(folder, '.pgpass');
    run(passFileScript, file);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('write connections as JSON beside the settings of the image', () => {
    const [image, target] = [join(folder, 'image'), join(folder, 'config')];
    for (const path of [image, target]) mkdirSync(path);
    writeFileSync(join(image, 'default.json'), '{}');
    const script = connectionsScript
      .replaceAll('/redis-commander/config', image)
      .replaceAll(/(?<=[ =])\/config/g, target);
    const file = join(folder, 'password');
    run(script, 'cache', 'cache', '6379', file, 'b', 'h', '1', file);
    const connection = { label: 'cache', host: 'cache', port: '6379', dbIndex: 0, password };
    expect(JSON.parse(readFileSync(join(folder, 'config/local-production.json'), 'utf8'))).toEqual({
      connections: [connection, { ...connection, label: 'b', host: 'h', port: '1' }],
    });
    expect(readFileSync(join(folder, 'config/default.json'), 'utf8')).toBe('{}');
  });
});

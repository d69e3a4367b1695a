import { planOf } from '../../lib/choice';
import { tiers } from '../../lib/model';
import type { Plan, Tier } from '../../lib/model/plan';
import { reportOf } from '../../lib/report';
import { Workspace } from '../../lib/workspace';
import { keelson, project } from '../cli/harness';
import type { ObjectSet } from '../invariants/objects';
import { type Combination, combinations as everywhere, objectsOf, synthesized, title } from '../synthesis/combinations';

const workspace = new Workspace(project);

function plan(system: string, environment: string, tier?: Tier): Plan {
  const { plan: found, problems } = planOf(workspace, { system, environment, ...(tier ? { tier } : {}) });
  if (found === undefined) throw new Error(problems.map(({ path, found: what }) => `${path} ${what}`).join('\n'));
  return found;
}

function manifestsOf(of: Plan): Record<string, unknown>[] {
  return objectsOf(of).manifests.map(({ file: _, ...manifest }) => manifest);
}

function report(system: string, environment: string, manifests: Record<string, unknown>[] = []) {
  const byTier = new Map(tiers.map((tier) => [tier, plan(system, environment, tier)]));
  return reportOf(plan(system, environment), { byTier, manifests });
}

const combinations = workspace
  .systems()
  .flatMap((system) => workspace.environments().map((environment) => [system, environment] as const));

describe('capacity', () => {
  test('reproduces the totals that the document of django-react states', () => {
    const { documented } = report('django-react', 'production').capacity;
    expect(documented).toEqual({
      parts: ['proxy', 'frontend', 'backend', 'db', 'redis', 'celery'],
      absent: [],
      stated: { limits: { cpu: 7000, memory: 4608 }, requests: { cpu: 2750, memory: 1792 } },
      planned: { limits: { cpu: 7000, memory: 4608 }, requests: { cpu: 2750, memory: 1792 } },
      reproduced: true,
    });
  });

  test('says so where the environment leaves a documented part out', () => {
    const { documented } = report('django-react', 'development').capacity;
    expect(documented).toMatchObject({ absent: ['celery'], reproduced: false });
  });

  test('has a line of its own for Jobs and for beat, outside the documented totals', () => {
    const { lines } = report('django-react', 'production').capacity;
    const own = lines.filter(({ documented }) => !documented).map(({ name }) => name);
    expect(own).toEqual(expect.arrayContaining(['bootstrap', 'db-roles', 'backend-migrate', 'celery-beat']));
    expect(lines.find(({ name }) => name === 'backend-migrate')?.minimum.pods).toBe(0);
  });

  test('adds the lines up, at minimum and at the autoscalers’ maximum', () => {
    const { lines, total } = report('django-react', 'production').capacity;
    const running = lines.filter(({ controller }) => controller === 'Deployment' || controller === 'StatefulSet');
    // Exporters run in pods that are counted already.
    const limits = running.reduce(
      (sum, { name, each, maximum, component }) =>
        sum +
        each.limits.memory *
          (component === 'monitoring' && maximum.pods === 0
            ? (running.find((host) => `${host.name} exporter` === name)?.maximum.pods ?? 0)
            : maximum.pods),
      0,
    );
    expect(total.maximum.limits.memory).toBe(limits);
    expect(total.maximum.pods).toBeGreaterThan(total.minimum.pods);
  });

  test('shows every tier, and null for one that has problems', () => {
    const { tiers: all } = report('lms', 'production').capacity;
    expect(all.low?.minimum.pods).toBeLessThan(all.high?.minimum.pods ?? 0);
    const alone = reportOf(plan('lms', 'production'), { byTier: new Map(), manifests: [] });
    expect(alone.capacity.tiers).toEqual({ low: null, medium: null, high: null });
  });
});

describe('prerequisites', () => {
  const what = (system: string, environment: string): string[] =>
    report(system, environment).prerequisites.map((item) => item.what);

  test('of production name classes, cert-manager, metrics and the given Secrets', () => {
    const list = what('microservices', 'production').join('\n');
    for (const wanted of [
      'NetworkPolicy',
      'StorageClass encrypted',
      'Ingress controller whose requests come from pods of the namespace traefik',
      'ClusterIssuer letsencrypt',
      'metrics-server',
    ])
      expect(list).toContain(wanted);
  });

  test('name the Secrets that a person makes, with their commands', () => {
    const own = { ...plan('django-react', 'production'), secretsProvider: { provider: 'existing' } as const };
    const { prerequisites, secretCommands, secrets } = reportOf(own, { byTier: new Map(), manifests: [] });
    const wanted = prerequisites.find((item) => item.what.startsWith('the Secrets '));
    for (const { secret, commands, optional } of secretCommands) {
      if (!optional) expect(wanted?.what).toContain(secret);
      expect(commands[0]).toContain(`kubectl create secret generic ${secret} --namespace django-react-production`);
    }
    expect(secretCommands.map(({ secret }) => secret)).toEqual(secrets.map(({ name }) => name));
    expect(new Set(secrets.map(({ madeBy }) => madeBy))).toEqual(new Set(['you']));
  });

  test('list the keys that a Secret may have besides, and how they are given', async () => {
    const superuser = report('microservices', 'cloud').secrets.find(({ name }) => name === 'postgres-superuser');
    expect(superuser).toMatchObject({ keys: ['password'], optionalKeys: ['username'] });
    const { out } = await keelson(['report', 'microservices', 'cloud'], project);
    expect(out).toMatch(/^postgres-superuser +password, username \(optional\) /m);
    const inside = report('microservices', 'production').secrets.find(({ name }) => name === 'postgres-superuser');
    expect(inside?.optionalKeys).toEqual([]);
  });

  test('of cloud name the managed stores and the secrets manager, and no class', () => {
    const list = what('microservices', 'cloud').join('\n');
    expect(list).toContain('the managed store postgres at postgres.microservices.managed.example.com:5432');
    expect(list).toContain('External Secrets with the ClusterSecretStore secrets-manager');
    expect(list).not.toContain('StorageClass');
  });

  test('of development name neither cert-manager nor metrics-server', () => {
    const list = what('django-react', 'development').join('\n');
    expect(list).not.toContain('cert-manager');
    expect(list).not.toContain('metrics-server');
  });
});

describe.each(combinations)('%s in %s', (system, environment) => {
  const found = report(system, environment);
  const { manifests: objects } = synthesized({ system, environment, tier: 'medium' }).objects;

  test('lists every image that its manifests run', () => {
    const listed = new Set(found.images.map(({ reference }) => reference));
    const used = new Set(JSON.stringify(objects).match(/(?<="image":")[^"]+/g));
    expect([...used].filter((image) => !listed.has(image))).toEqual([]);
  });

  test('lists every Secret and key that its pods ask for', () => {
    const listed = new Set(found.secrets.flatMap(({ name, keys }) => keys.map((key) => `${name}/${key}`)));
    const text = JSON.stringify(objects);
    const asked = [...text.matchAll(/"secretKeyRef":(\{[^}]*\})/g)].map(
      ([, body = '{}']) => JSON.parse(body) as { name: string; key: string },
    );
    expect(asked.map(({ name, key }) => `${name}/${key}`).filter((entry) => !listed.has(entry))).toEqual([]);
  });

  test('prunes every kind that it emits but claims, the namespace and Secrets', () => {
    const emitted = objects.map(
      ({ apiVersion, kind }) => `${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}/${kind}`,
    );
    const never = [
      'core/v1/PersistentVolumeClaim',
      'core/v1/Namespace',
      'core/v1/Secret',
      'external-secrets.io/v1/ExternalSecret',
      'bitnami.com/v1alpha1/SealedSecret',
    ];
    for (const kind of never) expect(found.prune.kinds).not.toContain(kind);
    expect([...new Set(emitted)].filter((kind) => !never.includes(kind) && !found.prune.kinds.includes(kind))).toEqual(
      [],
    );
  });

  test('has port-forward lines to Services that exist, each on a port of its own', () => {
    const services = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
    for (const { name, command } of found.portForwards) {
      expect(services).toContain(name);
      expect(command).toContain(`-n ${found.namespace} port-forward service/${name} `);
    }
    const ports = found.portForwards.map(({ localPort }) => localPort);
    expect(new Set(ports).size).toBe(ports.length);
    expect(ports.every((port) => port >= 1024)).toBe(true);
  });

  test('holds no value of a Secret', () => {
    expect(JSON.stringify(found)).not.toMatch(/[0-9a-f]{48}/);
  });
});

describe('the prune command', () => {
  test('selects this namespace’s own objects, kind by kind', () => {
    const { prune, pruneCommand } = report('lms', 'staging');
    expect(pruneCommand).toBe(prune.command);
    expect(pruneCommand).toMatch(
      /^kubectl apply --prune -f dist\/ -l app\.kubernetes\.io\/instance=lms-staging,app\.kubernetes\.io\/managed-by=keelson --prune-allowlist=core\/v1\/ConfigMap /,
    );
  });

  test('has custom kinds only where they are opted into', () => {
    const base = plan('django-react', 'development');
    const custom = (changed: Partial<Plan>): string[] =>
      reportOf({ ...base, ...changed }, { byTier: new Map(), manifests: [] }).prune.kinds.filter(
        (kind) => /^[^/]+\.(sh|com|io)\//.test(kind) && !kind.includes('.k8s.io/'),
      );
    expect(custom({})).toEqual([]);
    expect(custom({ keda: true })).toEqual(['keda.sh/v1alpha1/ScaledObject', 'keda.sh/v1alpha1/TriggerAuthentication']);
    expect(custom({ monitoring: 'operator' })).toContain('monitoring.coreos.com/v1/PrometheusRule');
  });
});

describe('what is reachable from outside', () => {
  /** Who answers from outside, by the objects: every host of an Ingress or an HTTPRoute; TLS at the pod has its certificate's. */
  function hostsIn({ manifests }: ObjectSet): unknown[] {
    const given = manifests.flatMap(({ kind, spec }) => {
      if (kind === 'Ingress') return spec?.rules?.map(({ host }) => host) ?? [];
      return kind === 'HTTPRoute' ? (spec?.['hostnames'] as string[]) : [];
    });
    const balanced = manifests.some(({ spec }) => spec?.type === 'LoadBalancer');
    const certified = manifests.flatMap(({ kind, spec }) =>
      balanced && kind === 'Certificate' ? (spec?.['dnsNames'] as string[]) : [],
    );
    return [...new Set([...given, ...certified])].sort();
  }

  const hostsOf = (combination: Combination): unknown[] => {
    const { exposed } = reportOf(synthesized(combination).plan, { byTier: new Map() });
    return [...new Set(exposed.map(({ host }) => host))].sort();
  };

  test.each(everywhere.map((combination) => [title(combination), combination] as const))(
    'is each host of the objects, and no other: %s',
    (_, combination) => {
      expect(hostsOf(combination)).toEqual(hostsIn(synthesized(combination).objects));
    },
  );

  test('has the host of static files with its own paths', () => {
    const { exposed } = reportOf(plan('lms', 'production', 'high'), { byTier: new Map() });
    const files = exposed.filter(({ host }) => host === 'static.lms.example.com');
    expect(files.map(({ scheme, port, routes }) => [scheme, port, routes.map(({ path }) => path)])).toEqual([
      ['http', 80, ['/static/']],
      ['https', 443, ['/static/']],
    ]);
  });

  test('is 80 and 443 of each host with TLS', () => {
    const { exposed } = report('django-react', 'production');
    expect(exposed.map(({ scheme, host, port }) => `${scheme}://${host}:${port}`)).toEqual([
      'http://django-react.example.com:80',
      'https://django-react.example.com:443',
    ]);
  });

  test('is handed on by a load balancer as it is, because TLS ends at the pod', () => {
    const { exposed } = report('realtime-game', 'production');
    expect(exposed.map(({ scheme, routes }) => [scheme, routes])).toEqual([
      ['http', [{ path: '/', to: 'front-end', port: 80 }]],
      ['https', [{ path: '/', to: 'front-end', port: 443 }]],
    ]);
  });

  test('is 80 alone without TLS, and nothing where the application runs on the developer’s machine', () => {
    expect(report('django-react', 'development').exposed.map(({ port }) => port)).toEqual([80]);
    expect(report('nestjs-api', 'development').exposed).toEqual([]);
  });
});

describe('findings of analysers that are kept', () => {
  test('name the objects that keep them, and are those annotated in the manifests', () => {
    const manifests = manifestsOf(plan('django-react', 'production'));
    const { exemptions } = report('django-react', 'production', manifests);
    const skipped = manifests.filter((object) => JSON.stringify(object).includes('kube-score/ignore'));
    const named = new Set(exemptions.filter(({ tool }) => tool === 'kube-score').flatMap(({ objects }) => objects));
    expect([...named].sort()).toEqual(
      skipped.map(({ kind, metadata }) => `${kind}/${(metadata as { name: string }).name}`).sort(),
    );
    expect(exemptions.every(({ reason }) => reason.length > 0)).toBe(true);
  });

  test('are none without objects', () => {
    expect(reportOf(plan('lms', 'production'), { byTier: new Map(), manifests: [] }).exemptions).toEqual([]);
  });
});

describe('keelson report', () => {
  test('shows the documented totals, every section and the prune command to people', async () => {
    const { status, out } = await keelson(['report'], project);
    expect(status).toBe(0);
    expect(out).toContain('limits 7.0 CPU, 4608 MB; requests 2.75 CPU, 1792 MB');
    for (const heading of [
      'Capacity by tier',
      'Volumes',
      'What the cluster must have',
      'Secrets',
      'Images',
      'Reachable from outside',
    ])
      expect(out).toContain(heading);
    expect(out).toContain('kubectl apply --prune');
  });

  test('has stable keys for programs', async () => {
    const { out } = await keelson(['report', 'nestjs-api', 'cloud', '--format', 'json'], project);
    expect(Object.keys(JSON.parse(out))).toEqual([
      'system',
      'environment',
      'tier',
      'namespace',
      'capacity',
      'claims',
      'connections',
      'prerequisites',
      'secrets',
      'secretCommands',
      'images',
      'exposed',
      'portForwards',
      'exemptions',
      'prune',
      'pruneCommand',
    ]);
  });
});

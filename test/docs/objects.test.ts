import { synthesized } from '../synthesis/combinations';
import { blocks, commands, readPage } from './page';

const pages = [
  'README.md',
  'docs/deploy.md',
  'docs/development.md',
  'docs/procedures.md',
  'docs/secrets.md',
  'docs/uninstall.md',
];

/** `Kind/name` of everything in a namespace, with the Secrets that it must hold. */
function objectsOf(system: string, environment: string): Set<string> {
  const { plan, objects } = synthesized({ system, environment, tier: 'medium' });
  const emitted = objects.manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  return new Set([...emitted, ...plan.secrets.map(({ name }) => `Secret/${name}`)]);
}

const kinds: Readonly<Record<string, string>> = {
  cronjob: 'CronJob',
  deployment: 'Deployment',
  persistentvolumeclaim: 'PersistentVolumeClaim',
  secret: 'Secret',
  service: 'Service',
  statefulset: 'StatefulSet',
};

/** The objects that a kubectl line names, as `Kind/name`: `kind/name`, or `kind name name …`. Names in capitals are the reader's. */
function named(line: string): string[] {
  const words = line.split(/\s+/);
  const found: string[] = [];
  words.forEach((word, index) => {
    const slash = /^(?:--from=)?([a-z]+)\/([a-z0-9-]+)$/.exec(word);
    if (slash?.[1] !== undefined && kinds[slash[1]] !== undefined) found.push(`${kinds[slash[1]]}/${slash[2]}`);
    const kind = kinds[word];
    for (
      let next = index + 1;
      kind !== undefined && /^[a-z0-9-]+$/.test(words[next] ?? '') && !words[next]?.startsWith('-');
      next++
    )
      found.push(`${kind}/${words[next]}`);
  });
  return found;
}

test('a line names its objects', () => {
  expect(named('kubectl -n NS delete secret redis --wait')).toEqual(['Secret/redis']);
  expect(named('kubectl -n NS create job again --from=cronjob/db-roles')).toEqual(['CronJob/db-roles']);
  expect(named('kubectl -n NS rollout restart deployment backend celery')).toEqual([
    'Deployment/backend',
    'Deployment/celery',
  ]);
  expect(named('kubectl -n NS delete service NAME')).toEqual([]);
});

test.each(pages)('%s names objects that exist', (page) => {
  const namespaces: Readonly<Record<string, () => Set<string>>> = {
    NS: () => objectsOf('django-react', 'production'),
    'django-react-production': () => objectsOf('django-react', 'production'),
    'django-react-development': () => objectsOf('django-react', 'development'),
    'nestjs-api-development': () => objectsOf('nestjs-api', 'development'),
  };
  const text = readPage(page);
  const shown = blocks(text).flatMap((block) => (block.language === 'sh' ? commands(block) : []));
  const inline = [...text.matchAll(/`(kubectl -n [^`]+)`/g)].map(([, command = '']) => command);
  for (const line of [...shown, ...inline]) {
    const namespace = /^kubectl -n (\S+) /.exec(line)?.[1];
    const wanted = named(line);
    if (namespace === undefined || wanted.length === 0 || namespace === 'NAMESPACE') continue;
    const objects = namespaces[namespace]?.() ?? new Set();
    expect({ line, missing: wanted.filter((object) => !objects.has(object)) }).toEqual({ line, missing: [] });
  }
});

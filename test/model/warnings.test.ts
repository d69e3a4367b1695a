import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { formatProblem } from '../../lib/model/problem';
import { type Change, resolveShop } from './shop';

/** What is said of a change that is accepted. */
function warnings(change: Change): string[] {
  const { plan, problems } = resolveShop(change);
  expect(plan).toBeDefined();
  return problems.map(formatProblem);
}

interface Warned {
  readonly title: string;
  readonly change: Change;
  readonly says: string | readonly string[];
}

const table = parse(readFileSync(join(__dirname, 'warnings.yaml'), 'utf8')) as Warned[];

test.each(table)('$title is warned of', ({ change, says }) => {
  expect(warnings(change)).toEqual([says].flat().map((text) => `warning: ${text}`));
});

test('a sealed value that is not there is asked for, with the command that makes it', () => {
  const { plan, problems } = resolveShop({ environment: { secrets: { provider: 'sealed-secrets' } } });
  expect(plan).toBeUndefined();
  expect(problems.map(formatProblem)).toContainEqual(
    expect.stringMatching(
      /^error: environments\/prod\.systems\.shop\.sealed\.signing\.value: found nothing, wanted what this prints: .*kubeseal .*\[sealed-missing\]$/,
    ),
  );
});

test('a problem of a part silences no warning of one whose name is the beginning of its own', () => {
  const idle = { kind: 'worker', description: 'x', image: 'jobs' };
  const services = { idle, 'idle-mail': { ...idle, arrows: { nowhere: {} } } };
  const { problems } = resolveShop({ system: { services } });
  expect(problems.map(({ rule, path }) => [rule, path])).toContainEqual([
    'services-documented',
    'systems/shop.services.idle',
  ]);
});

describe('volumes that share a node', () => {
  const shared = { services: { worker: { profile: null, mounts: { media: '/media' } } }, profiles: { mailing: null } };

  test('name the room that the node must have: the most pods of all that mount them, and those that roll', () => {
    // web: 4 pods at most and one that rolls, and the same of worker; 100m and 256Mi each.
    expect(warnings({ system: shared, tier: 'medium' }).filter((text) => text.includes('one-node-volume'))).toEqual(
      ['web', 'worker'].map(
        (name) =>
          `warning: environments/prod.sharedVolumes: found one-node, while ${name} mounts media in several pods, wanted { by: "rwx", className } or object storage; or a node that has 1 CPU and 2560Mi for the pods of web, worker, which all fall with it [one-node-volume]`,
      ),
    );
  });

  test('need no words where there is one pod of each', () => {
    expect(warnings({ system: shared, tier: 'low' })).toEqual([]);
  });
});

test('a namespace that other systems would have too is warned of: the environment may serve this one alone', () => {
  expect(warnings({ environment: { namespace: 'prod' } })).toEqual([
    'warning: environments/prod.namespace: found "prod", which depot has too, wanted a namespace for each system, such as "{system}-{environment}": their objects have the same names [shared-namespace]',
  ]);
});

describe('encryption at rest', () => {
  const volumes = { media: { encrypted: true } };
  const said = (environment: Record<string, unknown>): string[] =>
    warnings({ system: { volumes }, environment }).filter((text) => text.includes('encrypt'));

  test('of a volume wants a class that encrypts, as that of a store does', () => {
    expect(said({})).toEqual([
      'warning: environments/prod.storage.encryptedClassName: found nothing, wanted a storage class that encrypts, for media; the claim uses the default class [encrypted-class]',
    ]);
    expect(said({ storage: { encryptedClassName: 'luks' } })).toEqual([]);
    expect(said({ systems: { shop: { volumes: { media: { storageClass: 'luks' } } } } })).toEqual([]);
  });

  test('of a shared volume is up to the class of all shared ones, unless it has one of its own', () => {
    const shared = { storage: { encryptedClassName: 'luks' }, sharedVolumes: { by: 'rwx', className: 'nfs' } };
    expect(said(shared)).toEqual([
      'warning: environments/prod.sharedVolumes.className: found "nfs", which media gets though it is to be encrypted, wanted a class that encrypts as well; named as storage.encryptedClassName, too, it is known to [encrypted-shared]',
    ]);
    expect(said({ ...shared, sharedVolumes: { by: 'rwx', className: 'luks' } })).toEqual([]);
    const own = { ...shared, systems: { shop: { volumes: { media: { storageClass: 'sealed' } } } } };
    expect(said(own)).toEqual([]);
    const { plan } = resolveShop({ system: { volumes }, environment: own });
    expect(plan?.volumes[0]?.claim).toMatchObject({ storageClass: 'sealed', accessMode: 'ReadWriteMany' });
  });
});

test('queues of a managed RabbitMQ are for somebody else to make', () => {
  const endpoint = { host: 'mq.example.com', cidrs: ['203.0.113.0/24'] };
  const found = warnings({
    system: { stores: { queue: { engine: 'external' } } },
    environment: { systems: { shop: { stores: { queue: { endpoint } } } } },
  });
  expect(found).toContain(
    'warning: systems/shop.stores.queue: found mail of a managed RabbitMQ, wanted the same queues and limits declared there: nobody of ours makes them [external-queues]',
  );
});

test('a setting may hold braces of its own', () => {
  const settings = { LOG_FORMAT: '{{level}} {{message}} at {host}, {not one} and {}' };
  const { plan, problems } = resolveShop({ system: { services: { web: { settings } } } });
  expect(problems).toEqual([]);
  expect(plan?.services.find(({ name }) => name === 'web')?.settings['LOG_FORMAT']).toBe(
    '{level} {message} at shop.example.com, {not one} and {}',
  );
});

test('a release may set every image that pods run, Keelson’s own included', () => {
  const images = {
    shop: {
      helper: 'registry.example.com/curl:8.18.0',
      restic: 'registry.example.com/restic:0.19.2',
      grafana: 'registry.example.com/grafana:13.1.4',
    },
  };
  const { plan, problems } = resolveShop({ images });
  expect(problems).toEqual([]);
  const all = new Map(plan?.images.all.map(({ name, reference }) => [name, reference]));
  expect(Object.fromEntries(Object.keys(images.shop).map((name) => [name, all.get(name)]))).toEqual(images.shop);
});

test('a misspelt one of them is told from the nearest', () => {
  const { problems } = resolveShop({ images: { shop: { restik: 'a:1.0.0', 'kube-state-metric': 'a:1.0.0' } } });
  expect(problems.map(({ rule, nearest }) => [rule, nearest])).toEqual([
    ['unknown-image', 'restic'],
    ['unknown-image', 'kube-state-metrics'],
  ]);
});

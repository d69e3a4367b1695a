/** What stands in for a published image keeps that one's contract, or no manifest relies on the difference. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contract, contracts } from '../../e2e/images/contracts';
import type { Recipe } from '../../e2e/images/recipe';
import { recipes } from '../../e2e/images/recipes';
import { otherVersions } from '../../e2e/images/references';
import type { Container, PodSpec } from '../invariants/manifest';
import { root, synthesized } from '../synthesis/combinations';

const fields = ['env', 'entrypoint', 'cmd', 'user', 'workingDir', 'stopSignal'] as const;
const defaults = { env: {}, entrypoint: [], cmd: [], user: '', workingDir: '/', stopSignal: 'SIGTERM' };
/** Of the cluster itself, or a team's own. */
const unpublished = ['pause', 'coredns', 'metrics-server', 'django-react/backend', 'django-react/frontend'];

/** The value of a field; of the variables, those that the contract names. */
function value(config: Recipe['config'], field: (typeof fields)[number], { config: published }: Contract): unknown {
  const own = config[field] ?? defaults[field];
  if (field !== 'env') return own;
  const names = new Set(Object.keys(published.env ?? {}));
  return Object.entries(own)
    .filter(([name]) => names.has(name))
    .sort();
}

/** The texts of ours that an image has: its entrypoint among them. */
function texts({ files = {} }: Recipe): string {
  const paths = Object.values(files).map((path) => join(root, 'e2e', path));
  return paths.map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')).join('\n');
}

function unread(recipe: Recipe, { reads = [] }: Contract): string[] {
  const text = texts(recipe);
  return reads.filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
}

/** What a recipe and a contract say differently, by field. */
function differences(recipe: Recipe, contract: Contract): string[] {
  const other = fields.filter(
    (field) =>
      JSON.stringify(value(recipe.config, field, contract)) !== JSON.stringify(value(contract.config, field, contract)),
  );
  const made = [...Object.keys(recipe.files ?? {}), ...(recipe.commands ?? [])].join(' ');
  const missing = (contract.paths ?? []).filter((path) => !made.split(/[\s;]+/).includes(path));
  return [...other, ...(unread(recipe, contract).length > 0 ? ['reads'] : []), ...missing];
}

function recipeOf(repository: string): Recipe {
  const recipe = recipes[repository];
  if (recipe === undefined) throw new Error(`No recipe of ${repository}`);
  return recipe;
}

function contractOf(repository: string): Contract {
  const contract = contracts[repository];
  if (contract === undefined) throw new Error(`No contract of ${repository}`);
  return contract;
}

interface Use {
  readonly pod: PodSpec;
  readonly container: Container;
  readonly at: string;
}

const { objects } = synthesized({ system: 'django-react', environment: 'production', tier: 'medium' });

/** The containers of an image in the manifests. */
function uses(repository: string): Use[] {
  const short = repository.replace(/^library\//, '');
  return objects.containers
    .filter(({ container: { image } }) => image.replace(/:[^:/]*$/, '').replace('registry.k8s.io/', '') === short)
    .map(({ workload, container, at }) => ({ pod: workload.pod, container, at }));
}

/** Containers that would meet a difference. */
function relying(used: readonly Use[], field: string, published: Contract): string[] {
  const meets = ({ pod, container }: Use): boolean => {
    if (field === 'user') return (container.securityContext?.runAsUser ?? pod.securityContext?.runAsUser) === undefined;
    if (field === 'entrypoint') return published.differs?.entrypoint?.includes('command') ? !container.command : false;
    return field === 'cmd' && !container.command && (container.args ?? []).length === 0;
  };
  return used.filter(meets).map(({ at }) => at);
}

const published = Object.keys(recipes).filter((name) => !unpublished.includes(name));

test('Every image that stands in for a published one has a contract', () => {
  expect(Object.keys(contracts).sort()).toEqual(published.sort());
});

describe.each(published)('%s', (repository) => {
  const contract = contractOf(repository);

  test('is as published, but for what is said to differ', () => {
    expect(differences(recipeOf(repository), contract).sort()).toEqual(Object.keys(contract.differs ?? {}).sort());
  });

  test('is used, and nobody relies on what differs', () => {
    const used = uses(repository);
    expect(used).not.toHaveLength(0);
    expect(Object.keys(contract.differs ?? {}).flatMap((field) => relying(used, field, contract))).toEqual([]);
  });

  test('is given no variable that its entrypoint would read there and not here', () => {
    const missing = unread(recipeOf(repository), contract);
    const given = uses(repository).flatMap(({ container: { env = [] } }) => env.map(({ name }) => name));
    const own = given.filter((name) => /^(POSTGRES|GF|NGINX|REDIS_(?!ADDR|PASSWORD))_/.test(name));
    const known = new Set((contract.reads ?? []).filter((name) => !missing.includes(name)));
    expect(own.filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, '')))).toEqual([]);
  });
});

describe('A stand-in that breaks its contract is found:', () => {
  const postgres = recipeOf('library/postgres');
  const spoilt = (config: Partial<Recipe['config']>): string[] =>
    differences({ ...postgres, config: { ...postgres.config, ...config } }, contractOf('library/postgres'));

  test('by its signal, user, entrypoint or a variable', () => {
    expect(spoilt({ stopSignal: 'SIGTERM' })).toContain('stopSignal');
    expect(spoilt({ user: '10001' })).toContain('user');
    expect(spoilt({ entrypoint: ['postgres'] })).toContain('entrypoint');
    expect(spoilt({ env: { ...postgres.config.env, PGDATA: '/data' } })).toContain('env');
  });

  test('by a folder that is not made', () => {
    const recipe = { ...postgres, commands: ['mkdir -p /docker-entrypoint-initdb.d'] };
    expect(differences(recipe, contractOf('library/postgres'))).toContain('/var/lib/postgresql/data');
  });

  test('by an entrypoint that does not read its variables', () => {
    expect(unread({ ...postgres, files: {} }, contractOf('library/postgres'))).toContain('POSTGRES_PASSWORD');
  });

  test('by a container that relies on it', () => {
    const [use] = uses('nginxinc/nginx-unprivileged');
    if (use === undefined) throw new Error('The proxy is not there');
    const { command: _command, ...container } = use.container;
    const bare: Use = { ...use, container, pod: { ...use.pod, securityContext: {} } };
    expect(relying([bare], 'entrypoint', contractOf('nginxinc/nginx-unprivileged'))).toEqual([use.at]);
    expect(relying([bare], 'user', contractOf('curlimages/curl'))).toEqual([use.at]);
    expect(relying([bare], 'cmd', contractOf('prom/prometheus'))).toEqual([use.at]);
  });
});

test('A program of another version than its tag is named', () => {
  const reference = (image: string): string => `docker.io/library/${image}`;
  expect(
    otherVersions([
      { reference: reference('postgres:15.19-bookworm'), version: '15.18' },
      { reference: reference('redis:7.4.11-alpine'), version: '7.4.11' },
      { reference: reference('prometheus:v3.5.3'), version: '3.5.3' },
      { reference: reference('pause:1'), version: '' },
    ]),
  ).toEqual(['postgres:15.19-bookworm is 15.18']);
});

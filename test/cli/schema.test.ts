import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import { environments, systems } from '../systems/shown';
import { keelson, project } from './harness';

interface Schema {
  readonly description?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** What the command prints. */
async function printed(args: readonly string[]): Promise<Schema> {
  return JSON.parse((await keelson(['schema', ...args], project)).out) as Schema;
}

const made = new Map<string, Promise<ValidateFunction>>();

/** What an editor makes of it. */
function editor(args: readonly string[]): Promise<ValidateFunction> {
  const key = args.join();
  const known =
    made.get(key) ?? printed(args).then((schema) => new Ajv({ allErrors: true, strict: true }).compile(schema));
  made.set(key, known);
  return known;
}

/** Fields that an editor shows without a word about them. One with a single value says itself. */
function undescribed(
  { properties = {}, items, additionalProperties, anyOf = [], oneOf = [] }: Schema,
  at: string,
): string[] {
  const below = [items, additionalProperties, ...anyOf, ...oneOf].filter((part) => typeof part === 'object');
  return [
    ...below.flatMap((part) => undescribed(part, at)),
    ...Object.entries(properties).flatMap(([name, field]) => [
      ...(field.description === undefined && field.const === undefined ? [`${at}.${name}`] : []),
      ...undescribed(field, `${at}.${name}`),
    ]),
  ];
}

test.each([
  ['system', [], 300],
  ['environment', ['--environment'], 150],
] as const)('Every field of the %s has a description', async (name, args, atLeast) => {
  const schema = await printed(args);
  expect(JSON.stringify(schema).split('"description":').length).toBeGreaterThan(atLeast);
  expect(undescribed(schema, name)).toEqual([]);
});

/** As a `.yaml` file holds it. */
function plain(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value));
}

/** Where the editor underlines, and why. */
function underlined(validate: ValidateFunction, value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

test.each(Object.entries(systems))('An editor takes the system %s', async (_, system) => {
  expect(underlined(await editor([]), plain(system))).toEqual([]);
});

test.each(Object.entries(environments))('An editor takes the environment %s', async (_, environment) => {
  expect(underlined(await editor(['--environment']), plain(environment))).toEqual([]);
});

test.each<[string, (system: Record<string, unknown>) => void, string]>([
  ['a misspelt key', (system) => Object.assign(system, { sevices: {} }), ' additionalProperties'],
  [
    'a misspelt key of a service',
    ({ services }) => Object.assign((services as { app: object }).app, { imgae: 'app' }),
    '/services/app additionalProperties',
  ],
  [
    'a number as text',
    ({ services }) => Object.assign((services as { app: { ports: object } }).app.ports, { http: '3001' }),
    '/services/app/ports/http type',
  ],
  ['nothing where something is wanted', (system) => delete system['images'], ' required'],
])('An editor underlines %s', async (_, spoil, found) => {
  const system = plain(systems['nestjs-api']);
  spoil(system);
  expect(underlined(await editor([]), system)).toContain(found);
});

test('An editor underlines a misspelt key of an environment', async () => {
  const environment = { ...plain(environments.production), ingres: {} };
  expect(underlined(await editor(['--environment']), environment)).toEqual([' additionalProperties']);
});

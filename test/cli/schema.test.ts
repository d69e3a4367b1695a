import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import { environments, systems } from '../systems/shown';
import { keelson, project } from './harness';

/** What an editor makes of the schema that the command prints. */
async function editor(args: readonly string[]): Promise<ValidateFunction> {
  const { out } = await keelson(['schema', ...args], project);
  return new Ajv({ allErrors: true, strict: true }).compile(JSON.parse(out));
}

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

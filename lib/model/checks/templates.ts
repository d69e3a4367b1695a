import type { Context } from '../resolve/context';
import { settingParts } from '../resolve/env';
import { placeholdersIn } from '../resolve/template';

const ofOutside = ['host', 'port'] as const;
const ofService = ['url', 'host', 'port'] as const;
const ofStore = ['url', 'host', 'port', 'user', 'password', 'database', 'sslmode', 'sslrootcert'] as const;
const ofBucket = ['endpoint', 'region', 'bucket', 'system', 'volume', 'accessKeyId', 'secretAccessKey'] as const;

type Templates = Readonly<Record<string, string>>;

/** What stands in braces must be there to be filled in; otherwise the braces themselves would reach the application. */
export function checkTemplates(context: Context): void {
  const { problems, at, system, environment } = context;
  const check = (path: string, templates: Templates, what: string, parts: readonly string[]): void => {
    for (const [variable, template] of Object.entries(templates))
      for (const word of placeholdersIn(template))
        problems.known('unknown-placeholder', `${path}.${variable}`, word, what, parts);
  };
  for (const [name, { arrows }] of Object.entries(system.services))
    for (const [target, { env = {} }] of Object.entries(arrows)) {
      const others = Object.hasOwn(system.outside, target) ? ofOutside : ofService;
      const parts = Object.hasOwn(system.stores, target) ? ofStore : others;
      check(`${at.system}.services.${name}.arrows.${target}.env`, env, 'a part of the connection', parts);
    }
  for (const [name, { proxy }] of Object.entries(system.services)) {
    if (!proxy) continue;
    const { contentSecurityPolicy, cors } = proxy;
    const texts = { contentSecurityPolicy, ...(cors && { 'cors.origins': cors.origins.join(' ') }) };
    check(`${at.system}.services.${name}.proxy`, texts, 'a placeholder', Object.keys(settingParts(context)));
  }
  const managed = environment.managedStores;
  if (managed !== undefined)
    check(`${at.environment}.managedStores`, { host: managed.host }, 'a placeholder', ['store', 'system']);
  for (const [name, { env }] of Object.entries(system.outside))
    check(`${at.system}.outside.${name}.env`, env, 'a part of the connection', ofOutside);
  for (const [name, { objectStorage }] of Object.entries(system.volumes))
    check(`${at.system}.volumes.${name}.objectStorage`, objectStorage, 'a part of the bucket', ofBucket);
}

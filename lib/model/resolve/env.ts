import type { EnvPlan, StorePlan } from '../plan';
import type { ParsedService } from '../schema/system';
import { storeEnv, variableName, type Way } from './connection';
import type { Context } from './context';
import { cdnOf } from './edge';
import { fill } from './template';

function serviceEnv(
  context: Context,
  target: string,
  portName: string | undefined,
  templates: Readonly<Record<string, string>> | undefined,
): EnvPlan[] {
  const ports = context.services.get(target)?.ports ?? {};
  const port = String(portName === undefined ? Object.values(ports)[0] : ports[portName]);
  const parts = { url: `http://${target}:${port}`, host: target, port };
  return Object.entries(templates ?? { [`${variableName(target)}_URL`]: '{url}' }).map(([name, template]) => ({
    name,
    value: fill(template, parts),
  }));
}

/** The variables of a volume that lives in object storage instead. */
function objectStorageEnv(context: Context, service: ParsedService): EnvPlan[] {
  const shared = context.environment.sharedVolumes;
  if (shared.by !== 'object-storage') return [];
  const { host, port = 443 } = shared.endpoint;
  const parts = {
    endpoint: `https://${host}:${port}`,
    region: shared.region,
    bucket: shared.bucket,
    system: context.id,
  };
  const keys: Readonly<Record<string, string>> = {
    '{accessKeyId}': 'access-key-id',
    '{secretAccessKey}': 'secret-access-key',
  };
  return Object.keys(service.mounts).flatMap((volume) =>
    Object.entries(context.system.volumes[volume]?.objectStorage ?? {}).map(([name, template]): EnvPlan => {
      const key = keys[template];
      return key === undefined
        ? { name, value: fill(template, { ...parts, volume }) }
        : { name, secret: 'object-storage', key, optional: false };
    }),
  );
}

/** Every variable of a service that is no plain setting: secrets first, because later values name them. */
export function envOf(
  context: Context,
  service: ParsedService,
  stores: ReadonlyMap<string, StorePlan>,
  way: Way = 'usual',
): EnvPlan[] {
  const secrets = Object.entries(service.secrets).map(([name, secret]): EnvPlan => {
    const declared = context.system.secrets[secret];
    return { name, secret, key: 'value', optional: declared?.class === 'given' && declared.optional };
  });
  // A proxy reaches its upstreams by its own configuration.
  const arrows = Object.entries(service.arrows).flatMap(([target, arrow]) => {
    const store = stores.get(target);
    if (store !== undefined) return storeEnv(store, service, arrow, way);
    const end = context.outside.get(target);
    if (end !== undefined)
      return Object.entries(arrow.env ?? end.env).map(([name, template]) => ({
        name,
        value: fill(template, { host: end.host ?? '', port: String(end.port) }),
      }));
    return context.services.has(target) && !service.proxy ? serviceEnv(context, target, arrow.port, arrow.env) : [];
  });
  return [...secrets, ...arrows, ...objectStorageEnv(context, service)];
}

/** What `{…}` in a setting may stand for. */
export function settingParts(context: Context): Readonly<Record<string, string>> {
  const scheme = context.environment.tls.by === 'none' ? 'http' : 'https';
  const origins = context.hosts.map((host) => `${scheme}://${host}`);
  const [host = '', origin = ''] = [context.hosts[0], origins[0]];
  const cdn = cdnOf(context);
  return {
    host,
    hosts: context.hosts.join(','),
    origin,
    origins: origins.join(','),
    static: cdn === undefined ? '' : `${scheme}://${cdn.host}`,
    namespace: context.namespace,
    environment: context.environmentName,
  };
}

/** The plain settings of a service, with the environment's own on top. */
export function settingsOf(context: Context, name: string, service: ParsedService): Record<string, string> {
  const parts = settingParts(context);
  const merged = { ...service.settings, ...context.own.settings[name] };
  return Object.fromEntries(Object.entries(merged).map(([key, value]) => [key, fill(value, parts)]));
}

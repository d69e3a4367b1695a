import { isRecord } from '../merge';
import type { Context } from '../resolve/context';
import type { Selection } from '../selection';

type Target = 'postgres' | 'redis' | 'rabbitmq' | 'service' | 'outside end';

/** What an arrow may say by what it leads to. A wrong `port` is told by the rule about ports. */
const fields: Readonly<Record<Target, readonly string[]>> = {
  postgres: ['port', 'env', 'query', 'pool', 'wait'],
  redis: ['port', 'env', 'query', 'wait', 'clusterAware'],
  rabbitmq: ['port', 'env', 'query', 'wait'],
  service: ['port', 'env', 'wait'],
  'outside end': ['port', 'env'],
};
const known: ReadonlySet<string> = new Set(Object.values(fields).flat());
/** nginx has its upstreams in its configuration, and reads no variables. */
const ofProxy = ['port', 'wait'] as const;

function kindOf({ system }: Context, target: string): Target | undefined {
  if (Object.hasOwn(system.services, target)) return 'service';
  if (Object.hasOwn(system.outside, target)) return 'outside end';
  return Object.hasOwn(system.stores, target) ? system.stores[target]?.kind : undefined;
}

/** What an arrow says and nobody would read. Of the file as written: what was parsed has every default. */
export function checkArrowFields(context: Context, { system }: Selection): void {
  const { problems, at } = context;
  const services = isRecord(system.raw) && isRecord(system.raw['services']) ? system.raw['services'] : {};
  for (const [from, service] of Object.entries(services)) {
    if (!isRecord(service) || !isRecord(service['arrows'])) continue;
    for (const [target, arrow] of Object.entries(service['arrows'])) {
      const kind = kindOf(context, target);
      if (kind === undefined || !isRecord(arrow)) continue;
      const proxied = isRecord(service['proxy']);
      const read = proxied ? fields[kind].filter((field) => ofProxy.some((own) => own === field)) : fields[kind];
      for (const field of Object.keys(arrow))
        if (known.has(field) && !read.includes(field))
          problems.error(
            'arrow-field',
            `${at.system}.services.${from}.arrows.${target}.${field}`,
            `${field} of an arrow ${proxied ? 'of a proxy' : `to ${kind === 'outside end' ? 'an' : 'a'} ${kind}`}`,
            `nothing but ${read.join(', ')}`,
          );
    }
  }
}

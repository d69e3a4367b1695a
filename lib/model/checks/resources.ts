import { helperResources } from '../defaults';
import { mib, millicores } from '../quantities';
import type { Context } from '../resolve/context';
import type { ParsedService, ParsedStore } from '../schema/system';

const read = { cpu: millicores, memory: mib } as const;

/** What a store cannot start below, MiB: the server itself, before it holds anything. */
const leastMemory: Readonly<Record<ParsedStore['kind'], number>> = { postgres: 128, redis: 64, rabbitmq: 256 };

type Stated = NonNullable<ParsedService['resources']>;

/** What no container may be below: its pod's init containers have as much, and the quota counts the main one alone. */
function least(part: 'requests' | 'limits', unit: 'cpu' | 'memory', kind: ParsedStore['kind'] | undefined): number {
  const helper = helperResources[part][unit];
  return kind !== undefined && part === 'limits' && unit === 'memory' ? Math.max(helper, leastMemory[kind]) : helper;
}

function checkLeast({ problems }: Context, path: string, stated: Stated, kind: ParsedStore['kind'] | undefined): void {
  for (const unit of ['cpu', 'memory'] as const)
    for (const part of ['requests', 'limits'] as const) {
      const figure = least(part, unit, kind);
      if (read[unit](stated[part][unit]) < figure)
        problems.error(
          'resources-too-small',
          `${path}.${part}.${unit}`,
          `"${stated[part][unit]}"`,
          `at least ${figure}${unit === 'cpu' ? 'm' : 'Mi'}: with less it does not start`,
        );
    }
}

/**
 * A request above its limit is refused by the API server; `highResources` only ever raise; and less than a program needs to
 * start is a slip.
 * @param kind of a store
 */
export function checkResources(
  context: Context,
  path: string,
  stated: Stated | undefined,
  high: Stated | undefined,
  kind?: ParsedStore['kind'],
): void {
  const { problems } = context;
  const all: ['resources' | 'highResources', Stated | undefined][] = [
    ['resources', stated],
    ['highResources', high],
  ];
  for (const [key, resources] of all) {
    if (resources === undefined) continue;
    checkLeast(context, `${path}.${key}`, resources, kind);
    for (const unit of ['cpu', 'memory'] as const) {
      const [request, limit] = [resources.requests[unit], resources.limits[unit]];
      if (read[unit](request) > read[unit](limit))
        problems.error(
          'request-above-limit',
          `${path}.${key}.requests.${unit}`,
          `"${request}"`,
          `at most the limit of ${limit}`,
        );
      if (key === 'highResources' && stated !== undefined && read[unit](limit) < read[unit](stated.limits[unit]))
        problems.error(
          'high-below-medium',
          `${path}.highResources.limits.${unit}`,
          `"${limit}"`,
          `at least ${stated.limits[unit]}: tier high only raises`,
        );
    }
  }
}

import { mib, millicores } from '../quantities';
import type { Context } from '../resolve/context';
import type { ParsedService } from '../schema/system';

type Stated = NonNullable<ParsedService['resources']>;

/** A request above its limit is refused by the API server; `highResources` only ever raise. */
export function checkResources(
  { problems }: Context,
  path: string,
  stated: Stated | undefined,
  high: Stated | undefined,
): void {
  const read = { cpu: millicores, memory: mib } as const;
  for (const [key, resources] of [
    ['resources', stated],
    ['highResources', high],
  ] as const) {
    for (const unit of ['cpu', 'memory'] as const) {
      if (resources === undefined) continue;
      const [request, limit] = [resources.requests[unit], resources.limits[unit]];
      if (read[unit](request) > read[unit](limit))
        problems.error(
          'request-above-limit',
          `${path}.${key}.requests.${unit}`,
          `"${request}"`,
          `at most the limit of ${limit}`,
        );
      if (key === 'highResources' && stated !== undefined && read[unit](limit) < read[unit](stated.limits[unit])) {
        problems.error(
          'high-below-medium',
          `${path}.highResources.limits.${unit}`,
          `"${limit}"`,
          `at least ${stated.limits[unit]}: tier high only raises`,
        );
      }
    }
  }
}

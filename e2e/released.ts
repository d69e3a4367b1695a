/** Whether a release or a restart has replaced every pod. */
import type { ServicePlan } from '../lib/model/plan';
import { type Pod, workloadOf } from './stage';

/** A service that was released, or only restarted. */
interface Changed extends Pick<ServicePlan, 'name' | 'image'> {
  readonly released: boolean;
}

/**
 * What is wrong after a release or a restart of these services: a pod of before, or one without the image that is wanted;
 * and where an image was released, one that ran before.
 */
export function unreleased(before: readonly Pod[], after: readonly Pod[], services: readonly Changed[]): string[] {
  const old = new Set(before.map(({ metadata }) => metadata.uid));
  const imagesOf = ({ spec }: Pod): (string | undefined)[] => spec.containers.map(({ image }) => image);
  return services.flatMap(({ name, image, released }) => {
    const pods = after.filter((pod) => workloadOf(pod) === name);
    const stale = pods.filter(({ metadata }) => old.has(metadata.uid));
    const other = pods.filter((pod) => !imagesOf(pod).includes(image));
    const same = before.filter((pod) => workloadOf(pod) === name && imagesOf(pod).includes(image));
    return [
      ...(pods.length === 0 ? [`${name} has no pod`] : []),
      ...stale.map(({ metadata }) => `${metadata.name} is of before`),
      ...other.map(({ metadata }) => `${metadata.name} does not run ${image}`),
      ...(released && same.length > 0 ? [`${name} ran ${image} before`] : []),
    ];
  });
}

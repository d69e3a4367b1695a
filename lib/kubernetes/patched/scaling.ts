import type { Problem } from '../../model/problem';
import { at, ofPatches, type Patched, text } from './objects';

/** What scales a Deployment, by the Deployment's name. */
export function scalers(objects: readonly Patched[]): ReadonlyMap<string, Patched> {
  const all = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject');
  return new Map(
    all.flatMap((scaler): [string, Patched][] => {
      const target = text(scaler.after, 'spec', 'scaleTargetRef', 'name');
      return target === undefined ? [] : [[target, scaler]];
    }),
  );
}

/** Between which counts a scaler moves. */
export function range(scaler: Patched): readonly [min: unknown, max: unknown] {
  const { after } = scaler;
  return scaler.kind === 'ScaledObject'
    ? [at(after, 'spec', 'minReplicaCount'), at(after, 'spec', 'maxReplicaCount')]
    : [at(after, 'spec', 'minReplicas'), at(after, 'spec', 'maxReplicas')];
}

/** A count beside an autoscaler is set back at every apply; one that may go nowhere is refused by the API server. */
export function scalingProblems(objects: readonly Patched[]): Problem[] {
  const byTarget = scalers(objects);
  const counted = objects.filter(({ kind, patches }) => kind === 'Deployment' && patches.length > 0);
  return [
    ...counted.flatMap((deployment) => {
      const [scaler, replicas] = [byTarget.get(deployment.name), at(deployment.after, 'spec', 'replicas')];
      if (scaler === undefined || replicas === undefined) return [];
      const found = `replicas ${JSON.stringify(replicas)} of Deployment/${deployment.name}, which ${scaler.kind}/${scaler.name} scales`;
      return [
        ofPatches(deployment, 'patch-replicas', found, `no replicas, or a patch of ${scaler.kind}/${scaler.name}`),
      ];
    }),
    ...[...byTarget.values()].flatMap((scaler) => {
      const [min, max] = range(scaler);
      if (typeof min !== 'number' || typeof max !== 'number' || min <= max || scaler.patches.length === 0) return [];
      const found = `at least ${min} and at most ${max} pods in ${scaler.kind}/${scaler.name}`;
      return [ofPatches(scaler, 'patch-range', found, 'a minimum that is not above the maximum')];
    }),
  ];
}
